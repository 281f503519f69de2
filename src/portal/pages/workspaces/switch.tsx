import { list } from "../../../api/page.ts";
import { WorkspaceView } from "../../../api/workspaces/representation.ts";
import { queryParam } from "../../page-context.ts";
import { page, redirect } from "../../page-route.ts";

/** As many as a menu can show. */
const IN_MENU = 20;

/**
 * The workspaces of the menu in the bar, which a script puts there when it is opened: no page waits for them. `from` is
 * the path below a workspace that one is at, and goes to in another.
 */
export const switchWorkspacePage = page({ path: "/portal/workspaces/switch", scope: "admin" }, async (context) => {
  if (!context.fragment) return redirect("/portal/workspaces");
  const from = queryParam(context, "from");
  const section = /^\/[a-z-]{1,40}$/.test(from) ? from : "/webhooks";
  const here = queryParam(context, "workspace");
  const { data } = await context.api.get("/api/v1/workspaces", list(WorkspaceView), { limit: IN_MENU });
  return (
    <>
      {data.map(({ id, name }) => (
        <a href={`/portal/${id}${section}`} aria-current={String(id) === here ? "true" : undefined}>
          <span class="clip">{name}</span>
        </a>
      ))}
    </>
  );
});
