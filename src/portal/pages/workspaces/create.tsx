import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { ChangedWorkspace } from "../../../api/workspaces/representation.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { Complaint, Form } from "../../parts/form.tsx";
import type { Visit } from "../../visit.ts";
import { FIELDS, Fields, type Typed, typedIn } from "./fields.tsx";
import { NotifySecret } from "./notify-secret.tsx";

const PATH = "/portal/workspaces/new";
const CRUMBS = [{ name: "Workspaces", path: "/portal/workspaces" }];
const BLANK: Typed = { name: "", external_id: "", community_name: "", plan: "", notify_url: "", notify_email: "" };

export const newWorkspacePage = page({ path: PATH, scope: "admin" }, (visit) => (
  <NewWorkspace visit={visit} typed={BLANK} problem={null} />
));

export const createWorkspaceAction = action({ path: PATH, scope: "admin" }, async (visit) => {
  const typed = typedIn(visit);
  const body = Object.fromEntries(FIELDS.flatMap((name) => (typed[name] === "" ? [] : [[name, typed[name]]])));
  const made = await visit.api.send("POST", "/api/v1/workspaces", { name: "", ...body }, one(ChangedWorkspace));
  if (!made.ok) return { status: 422, page: <NewWorkspace visit={visit} typed={typed} problem={made.problem} /> };
  const { id, name, notify_secret } = made.data.data;
  if (notify_secret === undefined) return goTo(`/portal/${id}/settings`, "created");
  return {
    status: 201,
    page: (
      <Page visit={visit} title={name} crumbs={CRUMBS}>
        <NotifySecret secret={notify_secret} next={`/portal/${id}/settings?done=created`} />
      </Page>
    ),
  };
});

function NewWorkspace({ visit, typed, problem }: { visit: Visit; typed: Typed; problem: Problem | null }) {
  return (
    <Page
      visit={visit}
      title="Create workspace"
      lead="For one customer. It starts empty; its tokens and webhooks come next."
      crumbs={CRUMBS}
    >
      <Complaint problem={problem} shown={FIELDS} />
      <Form visit={visit} to={PATH} class="card narrow">
        <div class="card-body stack form">
          <Fields visit={visit} typed={typed} problem={problem} />
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
