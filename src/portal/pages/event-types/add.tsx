import { EventTypeView } from "../../../api/event-types/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { problemWithForm, withWays } from "../../parts/json-field.tsx";
import { NEW_TYPE, typePath } from "./paths.ts";
import { bodyOf, type Draft, TYPE_FIELDS, TypeForm, typedDraft } from "./type-form.tsx";

const where = { path: `/portal/{workspace}${NEW_TYPE}`, scope: "manage" } as const;

export const newEventTypePage = page(where, (context) => {
  const draft = { name: queryParam(context, "name"), title: "", description: "", schema: "", sample: "" };
  return <NewType draft={draft} problem={null} />;
});

export const addEventTypeAction = action(where, async (context) => {
  const draft = typedDraft(context);
  const problem = await add(context, draft);
  if (!problem) return redirect(inWorkspace(context, typePath(draft.name)), "saved");
  return { status: 422, page: <NewType draft={draft} problem={withWays(problem, TYPE_FIELDS)} /> };
});

async function add(context: PageContext, draft: Draft): Promise<Problem | null> {
  const read = bodyOf(draft, { name: draft.name });
  if (!read.ok) return problemWithForm(read.errors);
  const outcome = await context.api.send("POST", "/event-types", read.body, EventTypeView);
  return outcome.ok ? null : outcome.problem;
}

function NewType({ draft, problem }: { draft: Draft; problem: Problem | null }) {
  const context = usePageContext();
  return (
    <Page
      title="Add event type"
      lead="For what your product publishes beyond the built-in types. Webhooks can then subscribe to it by name, and its payloads can be checked."
      crumbs={[{ name: "Event catalogue", path: inWorkspace(context, "/event-types") }]}
    >
      <div class="form-width">
        <TypeForm
          to={inWorkspace(context, NEW_TYPE)}
          back={inWorkspace(context, "/event-types")}
          draft={draft}
          problem={problem}
          verb="Add event type"
        />
      </div>
    </Page>
  );
}
