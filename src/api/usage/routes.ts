import { countEndpoints } from "../../config/endpoint-queries.ts";
import { countSources } from "../../config/sources.ts";
import { planOf } from "../../config/workspace-plan.ts";
import { streamsOf, usageOf } from "../../events/streams.ts";
import { monthOf } from "../../lib/month.ts";
import { iso, Timestamp } from "../fields.ts";
import { one } from "../page.ts";
import { noWorkspace } from "../problem.ts";
import { defineRoute, type Route } from "../route.ts";
import * as z from "../z.ts";

const Used = z.object({
  used: z.int(),
  limit: z.int().openapi({ description: "The plan's, or the deployment's where the plan has none." }),
});

const Day = z.object({
  day: z.iso.date().openapi({ example: "2026-11-22", description: "In UTC." }),
  events: z
    .int()
    .nullable()
    .openapi({ description: "Those that count; null where retention has let go of the day's events." }),
});

export const UsageView = z
  .object({
    plan: z.string().nullable(),
    webhooks: Used,
    sources: Used,
    events: Used.extend({
      limit: z.int().nullable().openapi({ description: "The plan's. Null: as many as one likes." }),
      period_start: Timestamp,
      period_end: Timestamp,
      by_day: z.array(Day),
    }).openapi({
      description: "Of the current calendar month in UTC: the period's first moment, and the next one's.",
    }),
  })
  .openapi("Usage");

const getUsage = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/usage",
    scope: "read",
    tag: "Usage",
    summary: "Tell what a workspace uses of what its plan allows",
    success: { status: 200, schema: one(UsageView) },
  },
  async ({ env, workspaceId, now }) => {
    const found = await planOf(env, workspaceId);
    if (!found) throw noWorkspace();
    const { plan, limits, room } = found;
    const [webhooks, sources, events] = await Promise.all([
      countEndpoints(env, workspaceId),
      countSources(env, workspaceId),
      usageOf(env, workspaceId, await streamsOf(env, workspaceId), now),
    ]);
    const { start, end } = monthOf(now);
    return {
      data: {
        plan,
        webhooks: { used: webhooks, limit: room.webhooks },
        sources: { used: sources, limit: room.sources },
        events: {
          used: events.used,
          limit: limits.events,
          period_start: iso(start),
          period_end: iso(end),
          by_day: events.byDay.map((day) => ({ day: iso(day.start).slice(0, 10), events: day.events })),
        },
      },
    };
  },
);

export const usageRoutes: readonly Route[] = [getUsage];
