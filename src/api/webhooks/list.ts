import { listEndpoints } from "../../config/endpoint-queries.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { viewWebhook, WebhookView } from "./representation.ts";

export const listWebhooks = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks",
    scope: "read",
    tag: "Webhooks",
    summary: "List a workspace's webhooks",
    query: PageQuery,
    success: { status: 200, schema: list(WebhookView) },
  },
  async ({ env, workspaceId, query }) => {
    const load = (limit: number, before: number | undefined) => listEndpoints(env, { workspaceId }, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: await Promise.all(rows.map((row) => viewWebhook(env, row))), next_cursor };
  },
);
