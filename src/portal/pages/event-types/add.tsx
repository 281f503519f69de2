import { EventTypeView } from "../../../api/event-types/representation.ts";
import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { problemWithForm, withWays } from "../../parts/json-field.tsx";
import { apiPath, asked, inWorkspace, type Visit } from "../../visit.ts";
import { NEW_TYPE, typePath } from "./paths.ts";
import { bodyOf, type Draft, TYPE_FIELDS, TypeForm, typedDraft } from "./type-form.tsx";

const where = { path: `/portal/{workspace}${NEW_TYPE}`, scope: "manage" } as const;

export const newEventTypePage = page(where, (visit) => {
  const draft = { name: asked(visit, "name"), title: "", description: "", schema: "", sample: "" };
  return <NewType visit={visit} draft={draft} problem={null} />;
});

export const addEventTypeAction = action(where, async (visit) => {
  const draft = typedDraft(visit);
  const problem = await add(visit, draft);
  if (!problem) return goTo(inWorkspace(visit, typePath(draft.name)), "saved");
  return { status: 422, page: <NewType visit={visit} draft={draft} problem={withWays(problem, TYPE_FIELDS)} /> };
});

async function add(visit: Visit, draft: Draft): Promise<Problem | null> {
  const read = bodyOf(draft, { name: draft.name });
  if (!read.ok) return problemWithForm(read.errors);
  const outcome = await visit.api.send("POST", apiPath(visit, "/event-types"), read.body, one(EventTypeView));
  return outcome.ok ? null : outcome.problem;
}

function NewType({ visit, draft, problem }: { visit: Visit; draft: Draft; problem: Problem | null }) {
  return (
    <Page
      visit={visit}
      title="Add event type"
      lead="For what your product publishes beyond the built-in types. Webhooks can then subscribe to it by name, and its payloads can be checked."
      crumbs={[{ name: "Event catalogue", path: inWorkspace(visit, "/event-types") }]}
    >
      <div class="form-width">
        <TypeForm
          visit={visit}
          to={inWorkspace(visit, NEW_TYPE)}
          back={inWorkspace(visit, "/event-types")}
          draft={draft}
          problem={problem}
          verb="Add event type"
        />
      </div>
    </Page>
  );
}
