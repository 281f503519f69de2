import { insertWorkspace } from "../../config/workspaces.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { checkTarget } from "../target.ts";
import { checkPlan } from "./plan.ts";
import { refusingConflicts } from "./refusals.ts";
import { NewWorkspace, viewWorkspace, WorkspaceView, workspaceFields } from "./representation.ts";

export const createWorkspace = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces",
    scope: "admin",
    tag: "Workspaces",
    summary: "Create a workspace",
    body: { schema: NewWorkspace },
    success: { status: 201, schema: one(WorkspaceView) },
    codes: ["conflict"],
  },
  async ({ env, body, now }) => {
    if (body.notify_url) checkTarget(env, "notify_url", body.notify_url);
    if (body.plan) checkPlan(env, body.plan);
    const fields = {
      externalId: crypto.randomUUID(),
      communityName: null,
      plan: null,
      notifyUrl: null,
      notifyEmail: null,
      ...workspaceFields(body),
      name: body.name,
    };
    return { data: viewWorkspace(await refusingConflicts(insertWorkspace(env, fields, now))) };
  },
);
