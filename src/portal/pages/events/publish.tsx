import { PublishedView } from "../../../api/events/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { JsonText } from "../../../api/route.ts";
import { Page } from "../../frame.tsx";
import { formFields, inWorkspace, type PageContext, queryParam, useHref } from "../../page-context.ts";
import { formPage, redirect } from "../../page-route.ts";
import { Card } from "../../parts/card.tsx";
import { Code } from "../../parts/code.tsx";
import { type FieldData, Fields, OptionList } from "../../parts/fields.tsx";
import { ErrorSummary, FormCard } from "../../parts/form.tsx";
import { parseJson, prettyJson, problemWithForm, withWays } from "../../parts/json-field.ts";
import { type CatalogueType, catalogueOf, grouped, isPublishable } from "../event-types/catalogue.ts";

const NEW = "/events/new";
const NAMES = ["event", "data", "channels"] as const;

/** What stands in the form. */
type FormValues = Record<(typeof NAMES)[number], string>;

export const publishPages = formPage(
  { path: `/portal/{workspace}${NEW}`, scope: "publish" },
  {
    async initial(context): Promise<FormValues> {
      const asks = queryParam(context, "type");
      const chosen = chosenOf(await publishable(context), asks);
      return { event: chosen?.name ?? asks, data: prettyJson(chosen?.sample), channels: "" };
    },
    read: (context) => formFields(context, NAMES),
    submit: publish,
    async view(context, values, problem) {
      const types = await publishable(context);
      const asks = queryParam(context, "type");
      const chosen = problem ? types.find(({ name }) => name === values.event) : chosenOf(types, asks);
      return (
        <Page
          title="Publish an event"
          lead="To try out how webhooks take it. It is a real event: every webhook that subscribes to its type gets it, and it counts towards the month's quota."
          crumbs={[{ name: "Events", path: "/events" }]}
        >
          <div class="columns">
            <div class="stack">
              {types.length > 0 && <Samples types={types} chosen={chosen} />}
              <EventForm types={types} values={values} problem={problem} />
            </div>
            <Card id="by-api" title="From your product">
              <p>Your product does the same with one request, and a token with the scope publish.</p>
              <Code text={publishCommand(context)} label="the command" wrap />
            </Card>
          </div>
        </Page>
      );
    },
  },
);

/** A command that publishes an event to the workspace, to be pasted into a shell. */
export const publishCommand = ({ url, api }: Pick<PageContext, "url" | "api">): string =>
  [
    // Its lines may break: an indented address would leave a line empty.
    `curl -X POST ${url.origin}${api.pathOf("/events")} \\`,
    '  -H "Authorization: Bearer $TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"event": "ticket.created", "data": {"id": 42, "status": "open"}}'`,
  ].join("\n");

/** Names a type among those of all systems: two may have one of the same name. */
const keyOf = ({ system, name }: CatalogueType): string => `${system}/${name}`;

const chosenOf = (types: readonly CatalogueType[], asks: string): CatalogueType | undefined =>
  types.find((type) => keyOf(type) === asks) ?? types.find(({ name }) => name === asks);

/** Leads on to the event, or says what is wrong. */
async function publish(context: PageContext, values: FormValues): Promise<Response | { problem: Problem }> {
  const data = parseJson(values.data);
  if (!data.ok) {
    const unnamed = values.event === "" ? [{ path: "event", message: "Give the event a type." }] : [];
    return { problem: problemWithForm([...unnamed, { path: "data", message: data.message }]) };
  }
  const channels = values.channels.split(",").map((each) => each.trim());
  const rest = JSON.stringify({ event: values.event, channels: channels.filter((each) => each !== "") });
  // The payload goes as it was typed: to read it would round long numbers.
  const payload = values.data === "" ? "" : `,"data":${values.data}`;
  const body = new JsonText(`${rest.slice(0, -1)}${payload}}`);
  const outcome = await context.api.send("POST", "/events", body, PublishedView);
  if (!outcome.ok) return { problem: withWays(outcome.problem, NAMES) ?? outcome.problem };
  // Who may publish and not read is told here that it was done.
  return redirect(inWorkspace(context, context.can("read") ? `/events/${outcome.data.id}` : NEW), "published");
}

const publishable = async (context: PageContext): Promise<CatalogueType[]> =>
  context.can("read") ? (await catalogueOf(context)).filter(isPublishable) : [];

type FormProps = { types: readonly CatalogueType[]; values: FormValues; problem: Problem | null };

function EventForm({ types, values, problem }: FormProps) {
  const suggestions = [...new Set(types.map(({ name }) => name))];
  const [type, ...others] = FIELDS;
  return (
    <div>
      <ErrorSummary problem={problem} shown={NAMES} />
      <FormCard to={NEW} label="Publish an event" verb="Publish event" back="/events">
        <Fields of={[{ ...type, suggestions }, ...others]} values={values} problem={problem} />
      </FormCard>
    </div>
  );
}

const FIELDS: readonly [FieldData, ...FieldData[]] = [
  {
    ...{ name: "event", label: "Event type", list: "event-types", required: true, maxlength: 200, spellcheck: false },
    hint: "Words joined by dots. One that is not in the catalogue can be published as well.",
  },
  {
    ...{ name: "data", label: "Payload", kind: "json", rows: 14, required: true },
    hint: "JSON. Webhooks get it digit for digit.",
  },
  {
    ...{ name: "channels", label: "Channels (optional)", spellcheck: false },
    hint: "Separated by commas. Webhooks that listen to channels get only what is published to one of them.",
  },
];

/** Fills the form with a type's sample, by a request of its own: it works without script. */
function Samples({ types, chosen }: { types: readonly CatalogueType[]; chosen: CatalogueType | undefined }) {
  const groups = grouped(types)
    .filter(({ types }) => types.length > 0)
    .map(({ name, types }) => ({
      group: name,
      options: types.map((type) => ({ value: keyOf(type), name: type.name })),
    }));
  return (
    <form method="get" action={useHref(NEW)} class="card" aria-label="Begin with a sample">
      <div class="card-body filters">
        <div class="field grow">
          <label for="type">Begin with the sample of</label>
          <select id="type" name="type">
            <option value="">A type of the catalogue</option>
            <OptionList of={groups} chosen={chosen ? keyOf(chosen) : ""} />
          </select>
        </div>
        <button type="submit">Fill in</button>
      </div>
    </form>
  );
}
