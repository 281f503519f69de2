import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { nothing } from "../../../api/route.ts";
import { UsageView } from "../../../api/usage/routes.ts";
import { Page } from "../../frame.tsx";
import { apiPath, formField, inWorkspace, type PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { count } from "../../parts/figures.tsx";
import { Field, Form } from "../../parts/form.tsx";

const PATH = "/portal/{workspace}/settings/delete";

export const deleteWorkspacePage = page({ path: PATH, scope: "admin" }, (context) => ask(context, "", null));

export const deleteWorkspaceAction = action({ path: PATH, scope: "admin" }, async (context) => {
  const typed = formField(context, "confirm");
  // Names may have blanks around them; nobody is asked to type those.
  if (typed !== context.workspace?.name.trim()) {
    return { status: 422, page: await ask(context, typed, notTheName(context)) };
  }
  await context.api.do("DELETE", apiPath(context, ""), undefined, nothing);
  return redirect("/portal/workspaces", "deleted");
});

const notTheName = ({ workspace }: PageContext): Problem => ({
  type: "/problems/invalid_request",
  title: "That is not the name",
  status: 422,
  detail: "That is not the name",
  code: "invalid_request",
  errors: [{ path: "confirm", message: `That is not its name. Type: ${workspace?.name.trim()}` }],
  request_id: "",
});

async function ask(context: PageContext, typed: string, problem: Problem | null) {
  const name = context.workspace?.name ?? "";
  const { data: usage } = await context.api.get(apiPath(context, "/usage"), one(UsageView));
  const some = (many: number, what: string): string => `${count(many)} ${many === 1 ? what : `${what}s`}`;
  return (
    <Page
      context={context}
      title={`Delete ${name}?`}
      crumbs={[{ name: "Workspace", path: inWorkspace(context, "/settings") }]}
    >
      <Form context={context} to={inWorkspace(context, "/settings/delete")} class="card narrow">
        <div class="card-body stack form">
          <p>This takes away, at once and for good:</p>
          <ul class="list">
            <li>
              {some(usage.webhooks.used, "webhook")} with their secrets and the record of what was delivered; what waits
              is not sent any more
            </li>
            <li>{some(usage.sources.used, "source")} with what they received; providers that call them are refused</li>
            <li>every event, {count(usage.events.used)} of them from this month, and the event types of its own</li>
            <li>its tokens and portal links, and the visits of everybody who came by them</li>
          </ul>
          <p>The audit log keeps what was done here, for the admin alone.</p>
          <Field name="confirm" label="Type the workspace's name to delete it" hint={<b>{name}</b>} problem={problem}>
            {(attributes) => (
              <input {...attributes} type="text" value={typed} required autocomplete="off" spellcheck={false} />
            )}
          </Field>
        </div>
        <div class="card-foot">
          <button type="submit" class="danger">
            Delete workspace
          </button>
          <a class="button" href={inWorkspace(context, "/settings")}>
            Cancel
          </a>
        </div>
      </Form>
    </Page>
  );
}
