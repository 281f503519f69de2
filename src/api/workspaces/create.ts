import { insertWorkspace } from "../../config/workspaces.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { checkTarget } from "../target.ts";
import { checkPlan } from "./plan.ts";
import { refusingConflicts } from "./refusals.ts";
import { ChangedWorkspace, NewWorkspace, viewChanged, workspaceFields } from "./representation.ts";

export const createWorkspace = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces",
    scope: "admin",
    audit: "workspace.created",
    tag: "Workspaces",
    summary: "Create a workspace",
    body: { schema: NewWorkspace },
    success: { status: 201, schema: one(ChangedWorkspace) },
    codes: ["conflict"],
  },
  async ({ env, body, now, url: origin, trail }) => {
    if (body.notify_url) await checkTarget(env, "notify_url", body.notify_url, origin);
    if (body.plan) checkPlan(env, body.plan);
    const fields = {
      externalId: crypto.randomUUID(),
      publicName: null,
      plan: null,
      notifyEmail: null,
      ...workspaceFields(body),
      name: body.name,
    };
    const { row, secret } = await refusingConflicts(insertWorkspace(env, fields, body.notify_url ?? null, now, trail));
    return { data: viewChanged(row, secret) };
  },
);
