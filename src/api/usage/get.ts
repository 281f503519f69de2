import { countEndpoints } from "../../config/endpoint-queries.ts";
import { countSources } from "../../config/sources.ts";
import { planOf } from "../../config/workspace-plan.ts";
import { streamsOf, usageOf } from "../../events/streams.ts";
import { monthOf } from "../../lib/month.ts";
import { iso } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { noWorkspace } from "../workspaces/refusals.ts";
import { UsageView } from "./representation.ts";

export const getUsage = defineRoute(
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
