import { listEndpoints } from "../../config/endpoint-queries.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import { ask, endpointObject } from "../../lib/objects.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { PeriodQuery, StatsRow, viewStatsRow } from "./stats-representation.ts";

/** Calls in flight: six connections are few for a workspace with many webhooks, objects take no connection. */
const WIDTH = 20;

export const listWebhookStats = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhook-stats",
    scope: "read",
    tag: "Webhooks",
    summary: "Tell how each webhook was doing over time, in the order and the pages of the list of webhooks",
    query: PageQuery.extend(PeriodQuery.shape),
    success: { status: 200, schema: list(StatsRow) },
  },
  async ({ env, workspaceId, query }) => {
    const load = (limit: number, before: number | undefined) => listEndpoints(env, { workspaceId }, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    const data = await mapAtMost(rows, WIDTH, async ({ id, status }) => {
      const stats = await ask(
        () => endpointObject(env, id),
        (endpoint) => endpoint.stats(query.period, false),
      );
      return viewStatsRow(id, status === "active", stats);
    });
    return { data, next_cursor };
  },
);
