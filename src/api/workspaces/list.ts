import { listWorkspaces } from "../../config/workspaces.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { viewWorkspace, WorkspaceView } from "./representation.ts";

export const listAllWorkspaces = defineRoute(
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
