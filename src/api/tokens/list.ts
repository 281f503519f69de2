import { listTokens } from "../../config/tokens.ts";
import { list, loadPage, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { TokenView, viewToken } from "./representation.ts";

const Key = z.string().startsWith("tok_");

export const listAllTokens = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/tokens",
    scope: "admin",
    tag: "Tokens",
    summary: "List a workspace's tokens",
    query: PageQuery,
    success: { status: 200, schema: list(TokenView) },
  },
  async ({ env, workspaceId, query }) => {
    const load = (limit: number, before: string | undefined) => listTokens(env, workspaceId, limit, before);
    const { rows, next_cursor } = await loadPage(query, Key, load, (row) => row.id);
    return { data: rows.map(viewToken), next_cursor };
  },
);
