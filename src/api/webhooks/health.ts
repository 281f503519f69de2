import type { EndpointRow } from "../../config/schema.ts";
import { callWithRetry } from "../../lib/objects.ts";
import { isoOrNull, Timestamp } from "../fields.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { requireActive } from "./checks.ts";
import { webhookOf } from "./find.ts";

export const HealthView = z
  .object({
    status: z.enum(["active", "paused", "disabled"]),
    failing: z.boolean().openapi({
      description:
        "Whether five rounds of attempts failed one after another, so that one request at a time, a probe, tries whether it answers again. Everything else waits, and uses up no attempt. One success ends it.",
    }),
    failing_since: Timestamp.nullable().openapi({
      description: "When the first of its consecutive failures came; null while it is not failing.",
    }),
    failed_probes: z.int().openapi({
      description:
        "Probes that failed one after another: see the webhook's `disable_after`. 0 while it is not failing.",
    }),
    next_probe_at: Timestamp.nullable().openapi({
      description:
        "When the next probe may go out; where nothing waits, the next event is it. Null while it is not failing.",
    }),
    streak: z.int().openapi({
      description: "Failures one after another, probes included; attempts that were under way together count as one.",
    }),
    window: z.int().openapi({ description: "How many deliveries may be on their way at once; 1 while it is failing." }),
    waiting: z
      .int()
      .openapi({ description: "Deliveries that are due, scheduled for a retry, held, or wait for a probe." }),
    in_flight: z.int(),
    last_success_at: Timestamp.nullable(),
    last_failure_at: Timestamp.nullable(),
    success_rate_24h: z.number().nullable().openapi({ description: "Of the attempts, 0 to 1; null without any." }),
    p50_ms_24h: z.number().nullable(),
    p95_ms_24h: z.number().nullable(),
  })
  .openapi("WebhookHealth");

/** How a webhook is doing now. D1 says its status: its object may have yet to hear of a change. */
async function healthOf(
  env: Env,
  { id, status }: Pick<EndpointRow, "id" | "status">,
): Promise<z.infer<typeof HealthView>> {
  const health = await callWithRetry(env.ENDPOINT, id, (endpoint) => endpoint.health());
  const probeAt = status === "active" ? health.probeAt : null;
  const failing = probeAt !== null;
  return {
    status,
    failing,
    failing_since: failing ? isoOrNull(health.failingSince) : null,
    failed_probes: failing ? health.failedProbes : 0,
    next_probe_at: isoOrNull(probeAt),
    streak: health.streak,
    window: health.window,
    waiting: health.waiting,
    in_flight: health.inFlight,
    last_success_at: isoOrNull(health.lastSuccessAt),
    last_failure_at: isoOrNull(health.lastFailureAt),
    success_rate_24h: health.successRate24h,
    p50_ms_24h: health.p50Ms24h,
    p95_ms_24h: health.p95Ms24h,
  };
}

export const getWebhookHealth = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/health",
    scope: "read",
    tag: "Webhooks",
    summary: "Tell how a webhook is doing",
    success: { status: 200, schema: one(HealthView) },
  },
  async ({ env, workspaceId, params }) => ({
    data: await healthOf(env, await webhookOf(env, { workspaceId }, params.webhook)),
  }),
);

export const probeWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/probe",
    scope: "manage",
    audit: "webhook.probed",
    tag: "Webhooks",
    summary:
      "Probe a failing webhook now, by what has waited longest; where nothing waits, the next event is the probe",
    codes: ["webhook_inactive", "conflict"],
    success: { status: 202, schema: one(HealthView) },
  },
  async ({ env, workspaceId, params, audit }) => {
    const webhook = await webhookOf(env, { workspaceId }, params.webhook);
    requireActive(webhook);
    // What is refused leaves no entry, and what is done leaves one first.
    if (!(await healthOf(env, webhook)).failing) throw notFailing();
    await audit.record(env, "webhook.probed", { workspaceId, record: webhook.id });
    if (!(await env.ENDPOINT.getByName(webhook.id).probe())) throw notFailing();
    return { data: await healthOf(env, webhook) };
  },
);

const notFailing = (): ApiError =>
  new ApiError("conflict", "It is not failing: what is sent to it goes out by itself, without waiting for a probe.");
