import { EventTypeView } from "../../../api/event-types/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, usePageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { Confirm } from "../../parts/form.tsx";
import { problemWithForm, withWays } from "../../parts/json-field.tsx";
import { allWebhooks } from "../events/all-webhooks.ts";
import { type CatalogueType, catalogueOf } from "./catalogue.ts";
import { typePath } from "./paths.ts";
import { bodyOf, type Draft, draftOfType, TYPE_FIELDS, TypeForm, typedDraft } from "./type-form.tsx";

const edit = { path: "/portal/{workspace}/event-types/{name}/edit", scope: "manage" } as const;
const remove = { path: "/portal/{workspace}/event-types/{name}/delete", scope: "manage" } as const;

const nameOf = (context: PageContext): string => context.params.name ?? "";
const apiPathOf = (context: PageContext): string => typePath(nameOf(context));
const here = (context: PageContext, verb = ""): string => inWorkspace(context, typePath(nameOf(context), verb));

/** The workspace's own type that the address names. */
async function ownType(context: PageContext): Promise<CatalogueType | undefined> {
  return (await catalogueOf(context)).find(({ name, built_in }) => name === nameOf(context) && !built_in);
}

export const editEventTypePage = page(edit, async (context) => {
  const type = await ownType(context);
  if (!type) return redirect(here(context));
  return <Edit draft={draftOfType(type)} problem={null} />;
});

export const editEventTypeAction = action(edit, async (context) => {
  const draft = typedDraft(context);
  const problem = await change(context, draft);
  if (!problem) return redirect(here(context), "saved");
  return { status: 422, page: <Edit draft={draft} problem={withWays(problem, TYPE_FIELDS)} /> };
});

async function change(context: PageContext, draft: Draft): Promise<Problem | null> {
  const read = bodyOf(draft);
  if (!read.ok) return problemWithForm(read.errors);
  const outcome = await context.api.send("PATCH", apiPathOf(context), read.body, EventTypeView);
  return outcome.ok ? null : outcome.problem;
}

function Edit({ draft, problem }: { draft: Draft; problem: Problem | null }) {
  const context = usePageContext();
  return (
    <Page title="Edit event type" lead={<code>{nameOf(context)}</code>} crumbs={crumbs(context)}>
      <div class="form-width">
        <TypeForm
          to={here(context, "/edit")}
          back={here(context)}
          draft={draft}
          problem={problem}
          named={nameOf(context)}
          verb="Save"
        />
      </div>
    </Page>
  );
}

export const deleteEventTypePage = page(remove, async (context) => {
  const [type, webhooks] = await Promise.all([ownType(context), allWebhooks(context)]);
  if (!type) return redirect(here(context));
  const named = webhooks.filter(({ events }) => events.includes(type.name)).length;
  return (
    <Page title={`Delete ${type.name}?`} crumbs={crumbs(context)}>
      <div class="form-width">
        <Confirm to={here(context, "/delete")} back={here(context)} verb="Delete event type">
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

export const deleteEventTypeAction = action(remove, async (context) => {
  await context.api.delete(apiPathOf(context));
  return redirect(inWorkspace(context, "/event-types"), "deleted");
});

const crumbs = (context: PageContext) => [
  { name: "Event catalogue", path: inWorkspace(context, "/event-types") },
  { name: nameOf(context), path: here(context) },
];
