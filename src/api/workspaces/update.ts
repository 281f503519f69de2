import { findNotification } from "../../config/notifications.ts";
import { updateWorkspace } from "../../config/workspaces.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { checkTarget } from "../target.ts";
import { redirectNotifications } from "./notifications.ts";
import { checkPlan } from "./plan.ts";
import { noWorkspace, refusingConflicts } from "./refusals.ts";
import { ChangedWorkspace, viewChanged, WorkspaceChanges, workspaceFields } from "./representation.ts";

export const changeWorkspace = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}",
    scope: "admin",
    audit: "workspace.updated",
    tag: "Workspaces",
    summary: "Change a workspace",
    body: { schema: WorkspaceChanges },
    success: { status: 200, schema: one(ChangedWorkspace) },
    codes: ["conflict"],
  },
  async ({ env, workspaceId, body, now, url: origin, trail }) => {
    const { notify_url: url } = body;
    if (url) await checkTarget(env, "notify_url", url, origin);
    if (body.plan) checkPlan(env, body.plan);
    // All reading comes before: a secret that was made is shown here or never.
    const before = await findNotification(env, workspaceId);
    const row = await refusingConflicts(updateWorkspace(env, workspaceId, workspaceFields(body), now, trail));
    if (!row) throw noWorkspace();
    const { endpoint, secret } =
      url === undefined
        ? { endpoint: before, secret: null }
        : await redirectNotifications(env, workspaceId, url, before, now, trail);
    const notified = { ...row, notifyWebhook: endpoint?.id ?? null, notifyUrl: endpoint?.url ?? null };
    return { data: viewChanged(notified, secret) };
  },
);
