import { ask, endpointObject } from "../../lib/objects.ts";
import { isoOrNull, Timestamp } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { z } from "../z.ts";
import { webhookOf } from "./find.ts";

export const HealthView = z
  .object({
    status: z.enum(["active", "paused", "disabled"]),
    streak: z.int().openapi({ description: "Failures one after another; at 10 the webhook is disabled." }),
    window: z.int().openapi({ description: "How many deliveries may be on their way at once." }),
    waiting: z.int().openapi({ description: "Deliveries that are due, scheduled for a retry, or held." }),
    in_flight: z.int(),
    last_success_at: Timestamp.nullable(),
    last_failure_at: Timestamp.nullable(),
    success_rate_24h: z.number().nullable().openapi({ description: "Of the attempts, 0 to 1; null without any." }),
    p50_ms_24h: z.number().nullable(),
    p95_ms_24h: z.number().nullable(),
  })
  .openapi("WebhookHealth");

export const getWebhookHealth = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/health",
    scope: "read",
    tag: "Webhooks",
    summary: "Tell how a webhook is doing",
    success: { status: 200, schema: one(HealthView) },
  },
  async ({ env, workspaceId, params }) => {
    const { id, status } = await webhookOf(env, { workspaceId }, params.webhook);
    const health = await ask(
      () => endpointObject(env, id),
      (endpoint) => endpoint.health(),
    );
    return {
      data: {
        status,
        streak: health.streak,
        window: health.window,
        waiting: health.waiting,
        in_flight: health.inFlight,
        last_success_at: isoOrNull(health.lastSuccessAt),
        last_failure_at: isoOrNull(health.lastFailureAt),
        success_rate_24h: health.successRate24h,
        p50_ms_24h: health.p50Ms24h,
        p95_ms_24h: health.p95Ms24h,
      },
    };
  },
);
