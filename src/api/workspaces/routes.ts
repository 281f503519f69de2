import { findNotification } from "../../config/notifications.ts";
import { settingsOf } from "../../config/settings.ts";
import { forgetSourcesOf } from "../../config/sources.ts";
import { forgetTokensOf } from "../../config/tokens.ts";
import {
  deleteWorkspace,
  ExternalIdTaken,
  findWorkspace,
  insertWorkspace,
  listWorkspaces,
  updateWorkspace,
} from "../../config/workspaces.ts";
import { runErrands } from "../../sweep/errands.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { ApiError, invalidField, noWorkspace } from "../problem.ts";
import { defineRoute, nothing, type Route } from "../route.ts";
import { checkTarget } from "../webhooks/checks.ts";
import * as z from "../z.ts";
import { redirectNotifications } from "./notifications.ts";
import {
  ChangedWorkspace,
  NewWorkspace,
  viewChanged,
  viewWorkspace,
  WorkspaceChanges,
  WorkspaceView,
  workspaceFields,
} from "./representation.ts";

const createWorkspace = defineRoute(
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
  async ({ env, body, now, url: origin, audit }) => {
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
    const { row, secret } = await refusingConflicts(insertWorkspace(env, fields, body.notify_url ?? null, now, audit));
    return { data: viewChanged(row, secret) };
  },
);

const listAllWorkspaces = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces",
    scope: "admin",
    tag: "Workspaces",
    summary: "List all workspaces",
    query: PageQuery.extend({
      search: z
        .string()
        .max(200)
        .default("")
        .openapi({ description: "A part of the name or the external id; or the id." }),
    }),
    success: { status: 200, schema: list(WorkspaceView) },
  },
  async ({ env, query }) => {
    const load = (limit: number, before: number | undefined) => listWorkspaces(env, query.search, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.id);
    return { data: rows.map(viewWorkspace), next_cursor };
  },
);

const getWorkspace = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}",
    scope: "read",
    tag: "Workspaces",
    summary: "Get a workspace",
    success: { status: 200, schema: one(WorkspaceView) },
  },
  async ({ env, workspaceId }) => {
    const row = await findWorkspace(env, workspaceId);
    if (!row) throw noWorkspace();
    return { data: viewWorkspace(row) };
  },
);

const changeWorkspace = defineRoute(
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
  async ({ env, workspaceId, body, now, url: origin, audit }) => {
    const { notify_url: url } = body;
    if (url) await checkTarget(env, "notify_url", url, origin);
    if (body.plan) checkPlan(env, body.plan);
    // All reading comes before: a secret that was made is shown here or never.
    const before = await findNotification(env, workspaceId);
    const row = await refusingConflicts(updateWorkspace(env, workspaceId, workspaceFields(body), now, audit));
    if (!row) throw noWorkspace();
    const { endpoint, secret } =
      url === undefined
        ? { endpoint: before, secret: null }
        : await redirectNotifications(env, workspaceId, url, before, now, audit);
    const notified = { ...row, notifyWebhook: endpoint?.id ?? null, notifyUrl: endpoint?.url ?? null };
    return { data: viewChanged(notified, secret) };
  },
);

const removeWorkspace = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}",
    scope: "admin",
    audit: "workspace.deleted",
    tag: "Workspaces",
    summary: "Delete a workspace with everything in it",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, now, audit }) => {
    // However the deletion ends: where D1 did not answer it may have happened all the same.
    forgetTokensOf(workspaceId);
    forgetSourcesOf(workspaceId);
    const errands = await deleteWorkspace(env, workspaceId, now, audit);
    if (errands.length === 0) throw noWorkspace();
    // Once more: what was read in between must not stay.
    forgetTokensOf(workspaceId);
    forgetSourcesOf(workspaceId);
    await runErrands(env, errands);
  },
);

/** @throws ApiError invalid_request for a plan that this deployment does not have */
function checkPlan(env: Env, plan: string): void {
  const plans = settingsOf(env).PLANS;
  if (plans.has(plan)) return;
  const names = plans.size === 0 ? "none" : [...plans.keys()].join(", ");
  throw invalidField("plan", `There is no such plan; there are: ${names}`);
}

/** @throws ApiError conflict where the external id is another workspace's */
async function refusingConflicts<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ExternalIdTaken) throw new ApiError("conflict", "Another workspace has this external_id.");
    throw error;
  }
}

export const workspaceRoutes: readonly Route[] = [
  createWorkspace,
  listAllWorkspaces,
  getWorkspace,
  changeWorkspace,
  removeWorkspace,
];
