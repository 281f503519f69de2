import { endpointObject } from "../../lib/objects.ts";
import { EventPatterns, Instant, iso } from "../fields.ts";
import { one } from "../page.ts";
import { invalidField } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "../webhooks/find.ts";
import { requireActive } from "../webhooks/inactive.ts";
import * as z from "../z.ts";

const ReplayRequest = z
  .strictObject({
    since: Instant,
    until: Instant.optional().openapi({ description: "Now, if it is not given." }),
    status: z.enum(["failed", "all"]).default("failed"),
    events: EventPatterns.optional(),
    dry_run: z.boolean().default(false).openapi({ description: "Only count." }),
  })
  .openapi("ReplayRequest");

export const Replayed = z.object({ replayed: z.int() }).openapi("Replayed");

export const replay = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/replay",
    scope: "manage",
    audit: "webhook.replayed",
    tag: "Deliveries",
    summary: "Send again what failed, or all, of a stretch of time; what has expired is left out",
    body: { schema: ReplayRequest },
    codes: ["webhook_inactive"],
    success: { status: 202, schema: one(Replayed) },
  },
  async ({ env, workspaceId, params, body, now, trail }) => {
    const { since, until = now, status, events, dry_run } = body;
    if (since > until) throw invalidField("since", "It must not be later than until");
    const webhook = await webhookOf(env, { workspaceId }, params.webhook);
    if (dry_run) trail.unchanged("webhook.replayed");
    else {
      requireActive(webhook);
      const after = { since: iso(since), until: iso(until), status, ...(events ? { events } : {}) };
      await trail.enter(env, "webhook.replayed", { workspaceId, record: webhook.id, after });
    }
    const request = { since, until, status, types: events, dryRun: dry_run };
    return { data: { replayed: await endpointObject(env, webhook.id).replay(request) } };
  },
);
