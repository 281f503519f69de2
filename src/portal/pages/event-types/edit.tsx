import { EventTypeView } from "../../../api/event-types/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { JsonText } from "../../../api/route.ts";
import { Page } from "../../frame.tsx";
import { formFields, inWorkspace, type PageContext, pathParam, queryParam } from "../../page-context.ts";
import { action, formPage, type PageRoute, page, redirect } from "../../page-route.ts";
import { type FieldData, Fields } from "../../parts/fields.tsx";
import { Confirm, ErrorSummary, FormCard } from "../../parts/form.tsx";
import { parseJson, prettyJson, problemWithForm, withWays } from "../../parts/json-field.ts";
import { allWebhooks } from "../webhook/load.ts";
import { type CatalogueType, catalogueOf, NEW_TYPE, typePath } from "./catalogue.ts";

/** To add an event type, to change it, to delete it. */

const NAMES = ["name", "title", "description", "schema", "sample"] as const;

/** What stands in the form of a type, as text. */
type FormValues = Record<(typeof NAMES)[number], string>;

const LIST = "/event-types";
const CATALOGUE = { name: "Event catalogue", path: LIST };

const read = (context: PageContext): FormValues => formFields(context, NAMES);

const FIELDS: readonly FieldData[] = [
  {
    ...{ name: "name", label: "Name", required: true, maxlength: 200, spellcheck: false },
    hint: "What your product publishes it as: words of letters, digits, _ and -, joined by dots, such as invoice.paid. It cannot be changed later.",
  },
  { name: "title", label: "Title (optional)", hint: "A few words, such as Invoice paid.", maxlength: 200 },
  {
    ...{ name: "description", label: "Description (optional)", hint: "A sentence: when it happens." },
    ...{ kind: "textarea", class: "prose", rows: 2, maxlength: 1000 },
  },
  {
    ...{ name: "sample", label: "Sample (optional)", kind: "json", rows: 6 },
    hint: "Any JSON: what a test of a webhook sends. If there is a schema, the sample must satisfy it.",
  },
  {
    ...{ name: "schema", label: "JSON Schema (optional)", kind: "json", rows: 6 },
    hint: "Payloads that do not satisfy it are refused when they are published. Draft 2020-12, or the one that its $schema names; at most 16,384 characters.",
  },
];

/**
 * Sends a type, its JSON as it was typed: what was left empty is null, which clears it.
 * @param more what else the request says
 * @returns what is wrong with it
 */
async function send(
  { api }: PageContext,
  [method, path]: ["POST" | "PATCH", string],
  { title, description, ...values }: FormValues,
  more: { name?: string } = {},
): Promise<Problem | null> {
  const [schema, sample] = [parseJson(values.schema), parseJson(values.sample)];
  if (!schema.ok || !sample.ok) {
    const errors = Object.entries({ schema, sample }).flatMap(([name, json]) =>
      json.ok ? [] : [{ path: name, message: json.message }],
    );
    return problemWithForm(errors);
  }
  const texts = JSON.stringify({ ...more, title: title || null, description: description || null });
  const body = new JsonText(`${texts.slice(0, -1)},"schema":${schema.text},"sample":${sample.text}}`);
  const outcome = await api.send(method, path, body, EventTypeView);
  return outcome.ok ? null : outcome.problem;
}

/** The form of a type; `named` is its name where it keeps it. */
function TypeForm({ named, values, problem }: { named?: string; values: FormValues; problem: Problem | null }) {
  const fields = named === undefined ? FIELDS : FIELDS.slice(1);
  const verb = named === undefined ? "Add event type" : "Save";
  const form = {
    to: named === undefined ? NEW_TYPE : typePath(named, "/edit"),
    back: named === undefined ? LIST : typePath(named),
  };
  const told = withWays(problem, NAMES);
  return (
    <div class="form-width">
      <div>
        <ErrorSummary problem={told} shown={fields.map(({ name }) => name)} />
        <FormCard {...form} label={verb} verb={verb}>
          <Fields of={fields} values={values} problem={told} />
        </FormCard>
      </div>
    </div>
  );
}

const addType = formPage(
  { path: `/portal/{workspace}${NEW_TYPE}`, scope: "manage" },
  {
    initial: (context) => ({
      ...{ name: queryParam(context, "name"), title: "", description: "", schema: "", sample: "" },
    }),
    read,
    async submit(context, values) {
      const problem = await send(context, ["POST", LIST], values, { name: values.name });
      return problem ? { problem } : redirect(inWorkspace(context, typePath(values.name)), "saved");
    },
    view: (_, values, problem) => (
      <Page
        title="Add event type"
        lead="For what your product publishes beyond the built-in types. Webhooks can then subscribe to it by name, and its payloads can be checked."
        crumbs={[CATALOGUE]}
      >
        <TypeForm values={values} problem={problem} />
      </Page>
    ),
  },
);

const nameOf = (context: PageContext): string => pathParam(context, "name");
const crumbs = (context: PageContext) => [CATALOGUE, { name: nameOf(context), path: typePath(nameOf(context)) }];
const toType = (context: PageContext, done?: "saved") =>
  redirect(inWorkspace(context, typePath(nameOf(context))), done);

/** The workspace's own type that the address names. */
const ownType = async (context: PageContext): Promise<CatalogueType | undefined> =>
  (await catalogueOf(context)).find(({ name, built_in }) => name === nameOf(context) && !built_in);

const editType = formPage(
  { path: "/portal/{workspace}/event-types/{name}/edit", scope: "manage" },
  {
    async initial(context) {
      const type = await ownType(context);
      if (!type) return toType(context);
      const { name, title, description, schema, sample } = type;
      const json = { schema: prettyJson(schema), sample: prettyJson(sample) };
      return { name, title: title ?? "", description: description ?? "", ...json };
    },
    read,
    async submit(context, values) {
      const problem = await send(context, ["PATCH", typePath(nameOf(context))], values);
      return problem ? { problem } : toType(context, "saved");
    },
    view: (context, values, problem) => (
      <Page title="Edit event type" lead={<code>{nameOf(context)}</code>} crumbs={crumbs(context)}>
        <TypeForm named={nameOf(context)} values={values} problem={problem} />
      </Page>
    ),
  },
);

const remove = { path: "/portal/{workspace}/event-types/{name}/delete", scope: "manage" } as const;

const askToDelete = page(remove, async (context) => {
  const [type, webhooks] = await Promise.all([ownType(context), allWebhooks(context)]);
  if (!type) return toType(context);
  const named = webhooks.filter(({ events }) => events.includes(type.name)).length;
  return (
    <Page title={`Delete ${type.name}?`} crumbs={crumbs(context)}>
      <div class="form-width">
        <Confirm to={typePath(type.name, "/delete")} back={typePath(type.name)} verb="Delete event type">
          <p>
            Its description, sample and schema go, and cannot be brought back. Events of it can still be published;
            their payloads are not checked any more.
          </p>
          <p>
            {named === 0
              ? "No webhook subscribes to it by name."
              : `${named} ${named === 1 ? "webhook subscribes" : "webhooks subscribe"} to it by name, and will go on getting its events.`}
          </p>
        </Confirm>
      </div>
    </Page>
  );
});

const deleteType = action(remove, async (context) => {
  await context.api.delete(typePath(nameOf(context)));
  return redirect(inWorkspace(context, LIST), "deleted");
});

export const eventTypeFormPages: readonly PageRoute[] = [...addType, ...editType, askToDelete, deleteType];
