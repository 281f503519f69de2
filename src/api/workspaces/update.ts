import { updateWorkspace } from "../../config/workspaces.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { checkTarget } from "../target.ts";
import { checkPlan } from "./plan.ts";
import { noWorkspace, refusingConflicts } from "./refusals.ts";
import { viewWorkspace, WorkspaceChanges, WorkspaceView, workspaceFields } from "./representation.ts";

export const changeWorkspace = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}",
    scope: "admin",
    tag: "Workspaces",
    summary: "Change a workspace",
    body: { schema: WorkspaceChanges },
    success: { status: 200, schema: one(WorkspaceView) },
    codes: ["conflict"],
  },
  async ({ env, workspaceId, body, now }) => {
    if (body.notify_url) checkTarget(env, "notify_url", body.notify_url);
    if (body.plan) checkPlan(env, body.plan);
    const row = await refusingConflicts(updateWorkspace(env, workspaceId, workspaceFields(body), now));
    if (!row) throw noWorkspace();
    return { data: viewWorkspace(row) };
  },
);
