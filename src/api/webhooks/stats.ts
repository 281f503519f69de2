import { listEndpoints } from "../../config/endpoint-queries.ts";
import type { Figures, Stats } from "../../delivery/contract.ts";
import { successRate } from "../../delivery/figures.ts";
import { PERIODS } from "../../delivery/period.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import { callWithRetry } from "../../lib/objects.ts";
import { iso, isoOrNull, Timestamp } from "../fields.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { webhookOf } from "./find.ts";

const PeriodQuery = z.object({
  period: z
    .enum(PERIODS)
    .default("24h")
    .openapi({ description: "In 48 steps of 30 minutes, 28 of 6 hours, or 30 of a day, the present one the last." }),
});

const At = Timestamp.openapi({ description: "When the step begins: a multiple of its length in UTC." });

const counts = {
  delivered: z.int().openapi({ description: "Deliveries that succeeded then." }),
  failed: z.int().openapi({ description: "Deliveries whose last retry failed then." }),
  expired: z
    .int()
    .openapi({ description: "Deliveries that had waited for the endpoint until then, and were given up." }),
  attempts: z.int().openapi({ description: "Requests that were made then, whatever became of their deliveries." }),
  failed_attempts: z.int(),
};
const latency = {
  retries: z.int().openapi({ description: "Of the attempts, the scheduled retries." }),
  p50_ms: z.number().nullable().openapi({ description: "Of the attempts' durations; null without any." }),
  p95_ms: z.number().nullable(),
};
const rate = z.number().nullable().openapi({ description: "Of the attempts, 0 to 1; null without any." });
const completeSince = Timestamp.nullable().openapi({
  description:
    "Null: all is counted that was published in the period. Otherwise deliveries of what was published before this time may be missing: only so many are looked at, and retention lets the oldest go.",
});
const waiting = z.int().openapi({ description: "Deliveries that are due, scheduled for a retry, or held, just now." });
const last = {
  last_delivery_at: Timestamp.nullable().openapi({ description: "When a delivery last succeeded." }),
  last_failure_at: Timestamp.nullable().openapi({ description: "When an attempt last failed in the period." }),
};

export const StatsView = z
  .object({
    since: Timestamp.openapi({ description: "The period's beginning." }),
    step_seconds: z.int(),
    complete_since: completeSince,
    totals: z.object({ ...counts, ...latency, success_rate: rate }),
    buckets: z.array(z.object({ at: At, ...counts, ...latency })),
    ...last,
  })
  .openapi("WebhookStats");

export const StatsRow = z
  .object({
    webhook_id: z.string(),
    failing: z.boolean().openapi({ description: "Whether it is failing just now: see its health." }),
    failed_probes: z.int(),
    next_probe_at: Timestamp.nullable(),
    success_rate: rate,
    waiting,
    ...counts,
    complete_since: completeSince,
    ...last,
    buckets: z.array(z.object({ at: At, ...counts })),
  })
  .openapi("WebhookStatsRow");

const viewCounts = (figures: Figures) => ({
  delivered: figures.delivered,
  failed: figures.failed,
  expired: figures.expired,
  attempts: figures.attempts,
  failed_attempts: figures.failedAttempts,
});

const viewFigures = (figures: Figures) => ({
  ...viewCounts(figures),
  retries: figures.retries,
  p50_ms: figures.p50Ms,
  p95_ms: figures.p95Ms,
});

const viewLast = ({ lastSuccessAt, lastFailureAt }: Stats) => ({
  last_delivery_at: isoOrNull(lastSuccessAt),
  last_failure_at: isoOrNull(lastFailureAt),
});

function viewStats(stats: Stats): z.infer<typeof StatsView> {
  return {
    since: iso(stats.since),
    step_seconds: stats.stepMs / 1000,
    complete_since: isoOrNull(stats.completeSince),
    totals: { ...viewFigures(stats.total), success_rate: successRate(stats.total) },
    buckets: stats.steps.map((step) => ({ at: iso(step.at), ...viewFigures(step) })),
    ...viewLast(stats),
  };
}

/** @param active whether anything is sent to it */
function viewStatsRow(webhookId: string, active: boolean, stats: Stats): z.infer<typeof StatsRow> {
  const probeAt = active ? stats.probeAt : null;
  return {
    webhook_id: webhookId,
    failing: probeAt !== null,
    failed_probes: probeAt === null ? 0 : stats.failedProbes,
    next_probe_at: isoOrNull(probeAt),
    success_rate: successRate(stats.total),
    waiting: stats.waiting,
    ...viewCounts(stats.total),
    complete_since: isoOrNull(stats.completeSince),
    ...viewLast(stats),
    buckets: stats.steps.map((step) => ({ at: iso(step.at), ...viewCounts(step) })),
  };
}

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
    const stats = await callWithRetry(env.ENDPOINT, id, (endpoint) => endpoint.stats(query.period, true));
    return { data: viewStats(stats) };
  },
);

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
      const stats = await callWithRetry(env.ENDPOINT, id, (endpoint) => endpoint.stats(query.period, false));
      return viewStatsRow(id, status === "active", stats);
    });
    return { data, next_cursor };
  },
);
