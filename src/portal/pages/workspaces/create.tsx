import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { ChangedWorkspace } from "../../../api/workspaces/representation.ts";
import { Page } from "../../frame.tsx";
import type { PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { ErrorSummary, Form } from "../../parts/form.tsx";
import { FIELDS, Fields, type FormValues, typedIn } from "./fields.tsx";
import { NotifySecret } from "./notify-secret.tsx";

const PATH = "/portal/workspaces/new";
const CRUMBS = [{ name: "Workspaces", path: "/portal/workspaces" }];
const BLANK: FormValues = { name: "", external_id: "", community_name: "", plan: "", notify_url: "", notify_email: "" };

export const newWorkspacePage = page({ path: PATH, scope: "admin" }, (context) => (
  <NewWorkspace context={context} typed={BLANK} problem={null} />
));

export const createWorkspaceAction = action({ path: PATH, scope: "admin" }, async (context) => {
  const typed = typedIn(context);
  const body = Object.fromEntries(FIELDS.flatMap((name) => (typed[name] === "" ? [] : [[name, typed[name]]])));
  const made = await context.api.send("POST", "/api/v1/workspaces", { name: "", ...body }, one(ChangedWorkspace));
  if (!made.ok) return { status: 422, page: <NewWorkspace context={context} typed={typed} problem={made.problem} /> };
  const { id, name, notify_secret } = made.data.data;
  if (notify_secret === undefined) return redirect(`/portal/${id}/settings`, "created");
  return {
    status: 201,
    page: (
      <Page context={context} title={name} crumbs={CRUMBS}>
        <NotifySecret secret={notify_secret} next={`/portal/${id}/settings?done=created`} />
      </Page>
    ),
  };
});

function NewWorkspace({
  context,
  typed,
  problem,
}: {
  context: PageContext;
  typed: FormValues;
  problem: Problem | null;
}) {
  return (
    <Page
      context={context}
      title="Create workspace"
      lead="For one customer. It starts empty; its tokens and webhooks come next."
      crumbs={CRUMBS}
    >
      <ErrorSummary problem={problem} shown={FIELDS} />
      <Form context={context} to={PATH} class="card narrow">
        <div class="card-body stack form">
          <Fields context={context} typed={typed} problem={problem} />
        </div>
        <div class="card-foot">
          <button type="submit" class="primary">
            Create workspace
          </button>
          <a class="button" href="/portal/workspaces">
            Cancel
          </a>
        </div>
      </Form>
    </Page>
  );
}
