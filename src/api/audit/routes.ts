import { listAuditEntries } from "../../config/audit-queries.ts";
import { inDigits } from "../fields.ts";
import { list, loadPage, NumberKey } from "../page.ts";
import { defineRoute, type Route } from "../route.ts";
import * as z from "../z.ts";
import { AuditEntry, AuditQuery, filterOf, viewEntry } from "./representation.ts";

const listWorkspaceAuditLog = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/audit-log",
    // It names people's tokens and addresses, and tells where the workspace's events go: more than `read` is given for.
    scope: "manage",
    tag: "Audit log",
    summary: "List who changed what in a workspace",
    query: AuditQuery,
    success: { status: 200, schema: list(AuditEntry) },
  },
  async ({ env, workspaceId, query, caller, now }) => {
    const filter = { ...filterOf(query), workspaceId };
    const load = (limit: number, before: number | undefined) => listAuditEntries(env, filter, limit, before, now);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: rows.map((row) => viewEntry(row, caller?.kind === "admin")), next_cursor };
  },
);

const WholeQuery = AuditQuery.extend({
  workspace_id: inDigits(z.int().positive()).optional().openapi({
    type: "integer",
    exclusiveMinimum: 0,
    description: "One that was deleted has its entries still.",
  }),
});

const listWholeAuditLog = defineRoute(
  {
    method: "get",
    path: "/api/v1/audit-log",
    scope: "admin",
    tag: "Audit log",
    summary: "List who changed what in all workspaces, deleted ones included",
    query: WholeQuery,
    success: { status: 200, schema: list(AuditEntry) },
  },
  async ({ env, query, now }) => {
    const filter = { ...filterOf(query), workspaceId: query.workspace_id };
    const load = (limit: number, before: number | undefined) => listAuditEntries(env, filter, limit, before, now);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: rows.map((row) => viewEntry(row, true)), next_cursor };
  },
);

export const auditRoutes: readonly Route[] = [listWorkspaceAuditLog, listWholeAuditLog];
