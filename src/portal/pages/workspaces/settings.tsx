import type * as z from "zod";
import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { ChangedWorkspace, WorkspaceView } from "../../../api/workspaces/representation.ts";
import { Page } from "../../frame.tsx";
import { apiPath, inWorkspace, type PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { CopyLine } from "../../parts/code.tsx";
import { ErrorSummary, Form } from "../../parts/form.tsx";
import { Ago } from "../../parts/time.tsx";
import { FIELDS, Fields, type FormValues, typedIn } from "./fields.tsx";
import { NotifySecret } from "./notify-secret.tsx";

const PATH = "/portal/{workspace}/settings";

type Workspace = z.infer<typeof WorkspaceView>;

const load = async (context: PageContext): Promise<Workspace> =>
  (await context.api.get(apiPath(context, ""), one(WorkspaceView))).data;

const typedOf = (workspace: Workspace): FormValues => ({
  name: workspace.name,
  external_id: workspace.external_id,
  community_name: workspace.community_name ?? "",
  plan: workspace.plan ?? "",
  notify_url: workspace.notify_url ?? "",
  notify_email: workspace.notify_email ?? "",
});

export const settingsPage = page({ path: PATH, scope: "admin" }, async (context) => {
  const workspace = await load(context);
  return <Settings context={context} workspace={workspace} typed={typedOf(workspace)} problem={null} />;
});

export const changeSettingsAction = action({ path: PATH, scope: "admin" }, async (context) => {
  const typed = typedIn(context);
  const workspace = await load(context);
  const before = typedOf(workspace);
  // What was left as it is does not belong into the audit log.
  const changes = Object.fromEntries(
    FIELDS.filter((name) => typed[name] !== before[name]).map((name) => [name, valueFor(name, typed[name])]),
  );
  if (Object.keys(changes).length === 0) return redirect(inWorkspace(context, "/settings"), "saved");
  const saved = await context.api.send("PATCH", apiPath(context, ""), changes, one(ChangedWorkspace));
  if (!saved.ok) {
    return {
      status: 422,
      page: <Settings context={context} workspace={workspace} typed={typed} problem={saved.problem} />,
    };
  }
  const { name, notify_secret } = saved.data.data;
  if (notify_secret === undefined) return redirect(inWorkspace(context, "/settings"), "saved");
  return (
    <Page context={context} title={name}>
      <NotifySecret secret={notify_secret} next={inWorkspace(context, "/settings?done=saved")} />
    </Page>
  );
});

/** These two are never without a value: the API says so, beside the field. Of the others null takes it away. */
const valueFor = (name: keyof FormValues, text: string): string | null =>
  text === "" && name !== "name" && name !== "external_id" ? null : text;

function Settings({
  context,
  workspace,
  typed,
  problem,
}: {
  context: PageContext;
  workspace: Workspace;
  typed: FormValues;
  problem: Problem | null;
}) {
  return (
    <Page context={context} title="Workspace" lead="What this workspace is called, may have, and whom it tells.">
      <ErrorSummary problem={problem} shown={FIELDS} />
      <div class="columns">
        <Form context={context} to={inWorkspace(context, "/settings")} class="card" label="Settings of the workspace">
          <div class="card-body stack form">
            <Fields context={context} typed={typed} problem={problem} />
          </div>
          <div class="card-foot">
            <button type="submit" class="primary">
              Save
            </button>
          </div>
        </Form>
        <Aside context={context} workspace={workspace} />
      </div>
    </Page>
  );
}

function Aside({ context, workspace }: { context: PageContext; workspace: Workspace }) {
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
              <Ago at={workspace.created_at} now={context.now} />
            </dd>
            <dt>Changed</dt>
            <dd>
              <Ago at={workspace.updated_at} now={context.now} />
            </dd>
            {workspace.notify_webhook && (
              <>
                <dt>Notifications</dt>
                <dd>
                  <a href={inWorkspace(context, `/webhooks/${workspace.notify_webhook}`)}>their webhook</a>
                </dd>
              </>
            )}
          </dl>
          <CopyLine text={`${context.url.origin}${apiPath(context, "")}`} label="address in the API" />
        </div>
      </section>
      <section class="card">
        <div class="card-head">
          <h2>Portal link</h2>
        </div>
        <div class="card-body stack">
          <p>Sends a user of yours straight into this workspace's settings, without a token. It opens once.</p>
          <p>
            <a class="button" href={inWorkspace(context, "/settings/portal-link")}>
              Make a link for your user
            </a>
          </p>
          <p>
            <a href={inWorkspace(context, "/settings/portal-links")}>Links, and who is in by one</a>
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
            <a class="button danger" href={inWorkspace(context, "/settings/delete")}>
              Delete workspace
            </a>
          </p>
        </div>
      </section>
    </div>
  );
}
