import { listSources } from "../../config/sources.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { SourceView, viewSource } from "./representation.ts";

export const listWorkspaceSources = defineRoute(
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
