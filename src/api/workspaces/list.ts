import { listWorkspaces } from "../../config/workspaces.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { viewWorkspace, WorkspaceView } from "./representation.ts";

export const listAllWorkspaces = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces",
    scope: "admin",
    tag: "Workspaces",
    summary: "List all workspaces",
    query: PageQuery,
    success: { status: 200, schema: list(WorkspaceView) },
  },
  async ({ env, query }) => {
    const load = (limit: number, before: number | undefined) => listWorkspaces(env, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.id);
    return { data: rows.map(viewWorkspace), next_cursor };
  },
);
