import type * as z from "zod";
import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { ChangedWorkspace, WorkspaceView } from "../../../api/workspaces/representation.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { CopyLine } from "../../parts/code.tsx";
import { Complaint, Form } from "../../parts/form.tsx";
import { Ago } from "../../parts/time.tsx";
import { apiPath, inWorkspace, type Visit } from "../../visit.ts";
import { FIELDS, Fields, type Typed, typedIn } from "./fields.tsx";
import { NotifySecret } from "./notify-secret.tsx";

const PATH = "/portal/{workspace}/settings";

type Workspace = z.infer<typeof WorkspaceView>;

const load = async (visit: Visit): Promise<Workspace> =>
  (await visit.api.get(apiPath(visit, ""), one(WorkspaceView))).data;

const typedOf = (workspace: Workspace): Typed => ({
  name: workspace.name,
  external_id: workspace.external_id,
  community_name: workspace.community_name ?? "",
  plan: workspace.plan ?? "",
  notify_url: workspace.notify_url ?? "",
  notify_email: workspace.notify_email ?? "",
});

export const settingsPage = page({ path: PATH, scope: "admin" }, async (visit) => {
  const workspace = await load(visit);
  return <Settings visit={visit} workspace={workspace} typed={typedOf(workspace)} problem={null} />;
});

export const changeSettingsAction = action({ path: PATH, scope: "admin" }, async (visit) => {
  const typed = typedIn(visit);
  const workspace = await load(visit);
  const before = typedOf(workspace);
  // What was left as it is does not belong into the audit log.
  const changes = Object.fromEntries(
    FIELDS.filter((name) => typed[name] !== before[name]).map((name) => [name, valueFor(name, typed[name])]),
  );
  if (Object.keys(changes).length === 0) return goTo(inWorkspace(visit, "/settings"), "saved");
  const saved = await visit.api.send("PATCH", apiPath(visit, ""), changes, one(ChangedWorkspace));
  if (!saved.ok) {
    return {
      status: 422,
      page: <Settings visit={visit} workspace={workspace} typed={typed} problem={saved.problem} />,
    };
  }
  const { name, notify_secret } = saved.data.data;
  if (notify_secret === undefined) return goTo(inWorkspace(visit, "/settings"), "saved");
  return (
    <Page visit={visit} title={name}>
      <NotifySecret secret={notify_secret} next={inWorkspace(visit, "/settings?done=saved")} />
    </Page>
  );
});

/** These two are never without a value: the API says so, beside the field. Of the others null takes it away. */
const valueFor = (name: keyof Typed, text: string): string | null =>
  text === "" && name !== "name" && name !== "external_id" ? null : text;

function Settings({
  visit,
  workspace,
  typed,
  problem,
}: {
  visit: Visit;
  workspace: Workspace;
  typed: Typed;
  problem: Problem | null;
}) {
  return (
    <Page visit={visit} title="Workspace" lead="What this workspace is called, may have, and whom it tells.">
      <Complaint problem={problem} shown={FIELDS} />
      <div class="columns">
        <Form visit={visit} to={inWorkspace(visit, "/settings")} class="card" label="Settings of the workspace">
          <div class="card-body stack form">
            <Fields visit={visit} typed={typed} problem={problem} />
          </div>
          <div class="card-foot">
            <button type="submit" class="primary">
              Save
            </button>
          </div>
        </Form>
        <Aside visit={visit} workspace={workspace} />
      </div>
    </Page>
  );
}

function Aside({ visit, workspace }: { visit: Visit; workspace: Workspace }) {
  return (
    <div class="stack">
      <section class="card">
        <div class="card-head">
          <h2>In the API</h2>
        </div>
        <div class="card-body stack">
          <dl class="facts">
            <dt>Id</dt>
            <dd>{workspace.id}</dd>
            <dt>Created</dt>
            <dd>
              <Ago at={workspace.created_at} now={visit.now} />
            </dd>
            <dt>Changed</dt>
            <dd>
              <Ago at={workspace.updated_at} now={visit.now} />
            </dd>
            {workspace.notify_webhook && (
              <>
                <dt>Notifications</dt>
                <dd>
                  <a href={inWorkspace(visit, `/webhooks/${workspace.notify_webhook}`)}>their webhook</a>
                </dd>
              </>
            )}
          </dl>
          <CopyLine text={`${visit.url.origin}${apiPath(visit, "")}`} label="address in the API" />
        </div>
      </section>
      <section class="card">
        <div class="card-head">
          <h2>Portal link</h2>
        </div>
        <div class="card-body stack">
          <p>Sends a user of yours straight into this workspace's settings, without a token. It opens once.</p>
          <p>
            <a class="button" href={inWorkspace(visit, "/settings/portal-link")}>
              Make a link for your user
            </a>
          </p>
          <p>
            <a href={inWorkspace(visit, "/settings/portal-links")}>Links, and who is in by one</a>
          </p>
        </div>
      </section>
      <section class="card">
        <div class="card-head">
          <h2>Delete</h2>
        </div>
        <div class="card-body stack">
          <p>Takes the workspace away with everything in it. The next page says what that is, and asks.</p>
          <p>
            <a class="button danger" href={inWorkspace(visit, "/settings/delete")}>
              Delete workspace
            </a>
          </p>
        </div>
      </section>
    </div>
  );
}
