import { findWorkspace, updateWorkspace } from "../../config/workspaces.ts";
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
  async ({ env, workspaceId, body, now, trail }) => {
    const { notify_url: url } = body;
    if (url) checkTarget(env, "notify_url", url);
    if (body.plan) checkPlan(env, body.plan);
    const found = await refusingConflicts(updateWorkspace(env, workspaceId, workspaceFields(body), now, trail));
    if (!found) throw noWorkspace();
    const secret = url === undefined ? null : await redirectNotifications(env, workspaceId, url, now, trail);
    const row = await findWorkspace(env, workspaceId);
    if (!row) throw noWorkspace();
    return { data: viewChanged(row, secret) };
  },
);
