import {
  ATTEMPT_ERRORS,
  type Attempt,
  type DeliveryDetail,
  type DeliverySummary,
  TRIGGERS,
} from "../../delivery/contract.ts";
import { EventPatterns, Instant, iso, isoOrNull, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

export const DeliveryStatus = z.enum(["pending", "delivered", "failed", "expired"]).openapi({
  description:
    "`failed`: its last retry failed. `expired`: it waited for a webhook that was paused, disabled or failing until what is kept ended; its payload is gone.",
});

const AttemptError = z.enum(ATTEMPT_ERRORS).nullable();

const AttemptView = z
  .object({
    number: z.int().openapi({ description: "From 1." }),
    at: Timestamp,
    status: z.int().nullable().openapi({ description: "Null if no answer came." }),
    duration_ms: z.number(),
    error: AttemptError.openapi({ description: "Null if it succeeded." }),
    response_headers: z.record(z.string(), z.string()).nullable().openapi({
      description:
        "Of the answer, at most 30 and 2 KB, credentials masked. Null if no answer came, and where they are not kept: those of a delivery's latest five attempts are.",
    }),
    response_body: z.string().openapi({ description: "The first 4,096 bytes." }),
    trigger: z.enum(TRIGGERS),
  })
  .openapi("Attempt");

export const WaitingForEndpoint = z.boolean().openapi({
  description:
    "Whether it waits for a failing endpoint to answer a probe, which uses up none of its attempts. `next_attempt_at` is then when the next probe goes out, of whichever delivery.",
});

const about = { id: z.uuid(), event_id: z.string(), event: z.string(), status: DeliveryStatus };
const outcome = {
  last_status: z.int().nullable(),
  last_error: AttemptError,
  duration_ms: z.number().nullable().openapi({ description: "Of the last attempt." }),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
  next_attempt_at: Timestamp.nullable().openapi({ description: "Null when done, on its way, or held." }),
  waiting_for_endpoint: WaitingForEndpoint,
};

export const DeliveryRow = z
  .object({
    ...about,
    attempts: z.int(),
    ...outcome,
    history: z.array(AttemptView).optional().openapi({ description: "Every attempt, with `include=attempts`." }),
  })
  .openapi("DeliveryRow");

export const DeliveryView = z
  .object({
    id: about.id,
    webhook_id: z.string(),
    event_id: about.event_id,
    event: about.event,
    status: about.status,
    attempts: z.array(AttemptView),
    ...outcome,
    request: z
      .object({ url: z.string(), headers: z.record(z.string(), z.string()), body: z.string() })
      .nullable()
      .openapi({
        description: "As sent last, credentials masked; null before the first attempt, and once it has expired.",
      }),
  })
  .openapi("Delivery");

function viewOutcome(delivery: DeliverySummary) {
  return {
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    duration_ms: delivery.durationMs,
    created_at: iso(delivery.createdAt),
    completed_at: isoOrNull(delivery.completedAt),
    next_attempt_at: isoOrNull(delivery.nextAttemptAt),
    waiting_for_endpoint: delivery.waitsForProbe,
  };
}

export function viewDeliveryRow(delivery: DeliverySummary): z.infer<typeof DeliveryRow> {
  const { id, eventId, type, status, attempts, history } = delivery;
  const every = history ? { history: history.map(viewAttempt) } : {};
  return { id, event_id: eventId, event: type, status, attempts, ...viewOutcome(delivery), ...every };
}

export function viewDelivery(webhookId: string, delivery: DeliveryDetail): z.infer<typeof DeliveryView> {
  const { id, eventId, type, status, history, request } = delivery;
  return {
    id,
    webhook_id: webhookId,
    event_id: eventId,
    event: type,
    status,
    attempts: history.map(viewAttempt),
    ...viewOutcome(delivery),
    request: request && { url: request.url, headers: { ...request.headers }, body: request.body },
  };
}

function viewAttempt(attempt: Attempt, index: number): z.infer<typeof AttemptView> {
  return {
    number: index + 1,
    at: iso(attempt.at),
    status: attempt.status,
    duration_ms: attempt.durationMs,
    error: attempt.error,
    response_headers: attempt.responseHeaders ? { ...attempt.responseHeaders } : null,
    response_body: attempt.responseBody,
    trigger: attempt.trigger,
  };
}

export const Redelivered = z.object({ delivery_id: z.uuid() }).openapi("Redelivered");

export const ReplayRequest = z
  .strictObject({
    since: Instant,
    until: Instant.optional().openapi({ description: "Now, if it is not given." }),
    status: z.enum(["failed", "all"]).default("failed"),
    events: EventPatterns.optional(),
    dry_run: z.boolean().default(false).openapi({ description: "Only count." }),
  })
  .openapi("ReplayRequest");

export const Replayed = z.object({ replayed: z.int() }).openapi("Replayed");
