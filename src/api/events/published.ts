import type { PublishedEvent } from "../../events/contract.ts";
import { isSound, UNSOUND } from "../../lib/unsound-text.ts";
import { Channel, EventType, Instant, iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

export const MAX_BATCH = 100;

export const IdempotencyKey = z.string().min(1).max(256).refine(isSound, UNSOUND);

const EventBody = z
  .strictObject({
    event: EventType,
    data: z
      .unknown()
      .nonoptional("A payload is needed; null is one")
      .openapi({ description: "Any JSON, at most 256 KB.", example: { id: 42, status: "open" } }),
    timestamp: Instant.optional().openapi({ description: "When it happened; now, if it is not given." }),
    channels: z.array(Channel).max(10).optional(),
    idempotency_key: IdempotencyKey.optional().openapi({
      description: "Remembered for 24 hours: the same key answers with the first id, and nothing is sent twice.",
    }),
  })
  .openapi("NewEvent");
export type EventBody = z.infer<typeof EventBody>;

const BatchBody = z.strictObject({ events: z.array(EventBody).min(1).max(MAX_BATCH) }).openapi("NewEvents", {
  description:
    "All of them are published, or none; in a workspace with several streams that holds for those without a key.",
});

/** One event, or a batch. */
export const PublishBody = z.union([EventBody, BatchBody]);

/** Which of the two a body means to be. */
export function bodyMeant(value: unknown): typeof EventBody | typeof BatchBody {
  return typeof value === "object" && value !== null && "events" in value ? BatchBody : EventBody;
}

export const PublishedView = z
  .object({
    id: z.string(),
    event: z.string(),
    timestamp: Timestamp,
    duplicate: z.boolean().openapi({ description: "True if the same key brought it before: `id` is the first one's." }),
  })
  .openapi("PublishedEvent");

export function viewPublished(event: PublishedEvent): z.infer<typeof PublishedView> {
  return { id: event.id, event: event.type, timestamp: iso(event.occurredAt), duplicate: event.duplicate };
}
