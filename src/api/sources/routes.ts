import type { SourceRow } from "../../config/schema.ts";
import {
  deleteSource,
  findSource,
  insertSource,
  listSources,
  openCredentials,
  updateSource,
} from "../../config/sources.ts";
import { planOf } from "../../config/workspace-plan.ts";
import { runErrands } from "../../sweep/errands.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { ApiError, noWorkspace } from "../problem.ts";
import { countExceeded } from "../quota.ts";
import { defineRoute, nothing, type Route } from "../route.ts";
import { CHANGE_HINTS, HINTS, NewSource, SourceChanges, sourceFields } from "./fields.ts";
import { checkByProvider, requireProvider } from "./provider.ts";
import { SourceView, viewSource } from "./representation.ts";

const createSource = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/sources",
    scope: "manage",
    audit: "source.created",
    tag: "Sources",
    summary: "Create a source: an account at a provider, whose callbacks are received at its callback_url",
    body: { schema: NewSource, hints: HINTS },
    codes: ["quota_exceeded"],
    success: { status: 201, schema: one(SourceView) },
  },
  async ({ env, workspaceId, body, url, now, audit }) => {
    const { provider, name, credentials } = body;
    const fields = { provider, name, credentials, options: body.options ?? {}, publicUrl: body.public_url ?? null };
    checkByProvider(requireProvider(provider), fields);
    const plan = await planOf(env, workspaceId);
    if (!plan) throw noWorkspace();
    const inserted = await insertSource(env, workspaceId, fields, plan.room.sources, now, audit);
    if (!inserted.row) throw countExceeded("sources", plan, inserted.used);
    return { data: await viewSource(env, url, inserted.row) };
  },
);

const listWorkspaceSources = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources",
    scope: "read",
    tag: "Sources",
    summary: "List a workspace's sources",
    query: PageQuery,
    success: { status: 200, schema: list(SourceView) },
  },
  async ({ env, workspaceId, query, url }) => {
    const load = (limit: number, before: number | undefined) => listSources(env, workspaceId, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: await Promise.all(rows.map((row) => viewSource(env, url, row))), next_cursor };
  },
);

const getSource = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources/{source}",
    scope: "read",
    tag: "Sources",
    summary: "Get a source",
    success: { status: 200, schema: one(SourceView) },
  },
  async ({ env, workspaceId, params, url }) => ({
    data: await viewSource(env, url, await requireSource(env, workspaceId, params.source)),
  }),
);

const changeSource = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/sources/{source}",
    scope: "manage",
    audit: "source.updated",
    tag: "Sources",
    summary: "Change a source; credentials and options replace what was there",
    body: { schema: SourceChanges, hints: CHANGE_HINTS },
    success: { status: 200, schema: one(SourceView) },
  },
  async ({ env, workspaceId, params, body, url, now, audit }) => {
    const changes = sourceFields(body);
    if (changes.credentials !== undefined || changes.options !== undefined) {
      // A source never changes its provider: what is read here stays true.
      const before = await requireSource(env, workspaceId, params.source);
      const credentials = changes.credentials ?? (await openCredentials(env, before));
      const checked = { credentials, options: changes.options ?? before.options };
      checkByProvider(requireProvider(before.provider), checked, changes.credentials === undefined);
    }
    const row = await updateSource(env, workspaceId, params.source, changes, now, audit);
    if (!row) throw noSource();
    return { data: await viewSource(env, url, row) };
  },
);

const removeSource = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/sources/{source}",
    scope: "manage",
    audit: "source.deleted",
    tag: "Sources",
    summary: "Delete a source with its receipts",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, now, audit }) => {
    const errands = await deleteSource(env, workspaceId, params.source, now, audit);
    if (errands.length === 0) throw noSource();
    await runErrands(env, errands);
  },
);

const noSource = (): ApiError => new ApiError("not_found", "There is no such source.");

/** @throws ApiError not_found if the workspace has none of that id */
export async function requireSource(env: Env, workspaceId: number, id: string): Promise<SourceRow> {
  const row = await findSource(env, workspaceId, id);
  if (!row) throw noSource();
  return row;
}

export const sourceRoutes: readonly Route[] = [
  createSource,
  listWorkspaceSources,
  getSource,
  changeSource,
  removeSource,
];
