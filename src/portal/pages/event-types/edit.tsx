import { EventTypeView } from "../../../api/event-types/representation.ts";
import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { nothing } from "../../../api/route.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { Confirm } from "../../parts/form.tsx";
import { problemWithForm, withWays } from "../../parts/json-field.tsx";
import { apiPath, inWorkspace, type Visit } from "../../visit.ts";
import { allWebhooks } from "../events/all-webhooks.ts";
import { type CatalogueType, catalogueOf } from "./catalogue.ts";
import { typePath } from "./paths.ts";
import { bodyOf, type Draft, draftOfType, TYPE_FIELDS, TypeForm, typedDraft } from "./type-form.tsx";

const edit = { path: "/portal/{workspace}/event-types/{name}/edit", scope: "manage" } as const;
const remove = { path: "/portal/{workspace}/event-types/{name}/delete", scope: "manage" } as const;

const nameOf = (visit: Visit): string => visit.params.name ?? "";
const apiPathOf = (visit: Visit): string => apiPath(visit, typePath(nameOf(visit)));
const here = (visit: Visit, verb = ""): string => inWorkspace(visit, typePath(nameOf(visit), verb));

/** The workspace's own type that the address names. */
async function ownType(visit: Visit): Promise<CatalogueType | undefined> {
  return (await catalogueOf(visit)).find(({ name, built_in }) => name === nameOf(visit) && !built_in);
}

export const editEventTypePage = page(edit, async (visit) => {
  const type = await ownType(visit);
  if (!type) return goTo(here(visit));
  return <Edit visit={visit} draft={draftOfType(type)} problem={null} />;
});

export const editEventTypeAction = action(edit, async (visit) => {
  const draft = typedDraft(visit);
  const problem = await change(visit, draft);
  if (!problem) return goTo(here(visit), "saved");
  return { status: 422, page: <Edit visit={visit} draft={draft} problem={withWays(problem, TYPE_FIELDS)} /> };
});

async function change(visit: Visit, draft: Draft): Promise<Problem | null> {
  const read = bodyOf(draft);
  if (!read.ok) return problemWithForm(read.errors);
  const outcome = await visit.api.send("PATCH", apiPathOf(visit), read.body, one(EventTypeView));
  return outcome.ok ? null : outcome.problem;
}

function Edit({ visit, draft, problem }: { visit: Visit; draft: Draft; problem: Problem | null }) {
  return (
    <Page visit={visit} title="Edit event type" lead={<code>{nameOf(visit)}</code>} crumbs={crumbs(visit)}>
      <div class="form-width">
        <TypeForm
          visit={visit}
          to={here(visit, "/edit")}
          back={here(visit)}
          draft={draft}
          problem={problem}
          named={nameOf(visit)}
          verb="Save"
        />
      </div>
    </Page>
  );
}

export const deleteEventTypePage = page(remove, async (visit) => {
  const [type, webhooks] = await Promise.all([ownType(visit), allWebhooks(visit)]);
  if (!type) return goTo(here(visit));
  const named = webhooks.filter(({ events }) => events.includes(type.name)).length;
  return (
    <Page visit={visit} title={`Delete ${type.name}?`} crumbs={crumbs(visit)}>
      <div class="form-width">
        <Confirm visit={visit} to={here(visit, "/delete")} back={here(visit)} verb="Delete event type">
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

export const deleteEventTypeAction = action(remove, async (visit) => {
  await visit.api.do("DELETE", apiPathOf(visit), undefined, nothing);
  return goTo(inWorkspace(visit, "/event-types"), "deleted");
});

const crumbs = (visit: Visit) => [
  { name: "Event catalogue", path: inWorkspace(visit, "/event-types") },
  { name: nameOf(visit), path: here(visit) },
];
