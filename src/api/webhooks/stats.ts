import { ask, endpointObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "./find.ts";
import { PeriodQuery, StatsView, viewStats } from "./stats-representation.ts";

export const getWebhookStats = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/stats",
    scope: "read",
    tag: "Webhooks",
    summary: "Tell how a webhook was doing over time: deliveries by outcome, attempts, latency",
    query: PeriodQuery,
    success: { status: 200, schema: one(StatsView) },
  },
  async ({ env, workspaceId, params, query }) => {
    const { id } = await webhookOf(env, { workspaceId }, params.webhook);
    const stats = await ask(
      () => endpointObject(env, id),
      (endpoint) => endpoint.stats(query.period, true),
    );
    return { data: viewStats(stats) };
  },
);
