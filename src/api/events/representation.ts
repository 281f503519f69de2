import type { PublishedEvent, StoredEvent } from "../../events/contract.ts";
import { isSound, UNSOUND } from "../../lib/unsound-text.ts";
import { DeliveryStatus, WaitingForEndpoint } from "../deliveries/representation.ts";
import { Channel, EventType, Instant, iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

const MAX_BATCH = 100;

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

const shape = {
  id: z.string().openapi({ example: "evt_01KMN3V4W5000000001000K7Q2M" }),
  event: z.string(),
  timestamp: Timestamp.openapi({ description: "When it happened." }),
  published_at: Timestamp,
  channels: z.array(z.string()),
  data: z.unknown().nonoptional().openapi({ description: "The payload, digit for digit as it was published." }),
};

export const EventRow = z.object(shape).openapi("EventRow");

const EventDelivery = z
  .object({
    webhook_id: z.string(),
    delivery_id: z.uuid(),
    status: DeliveryStatus,
    waiting_for_endpoint: WaitingForEndpoint.openapi({
      description: "Whether it waits for a failing endpoint to answer a probe.",
    }),
    held: z.boolean().openapi({ description: "It waits for the webhook to be active again: paused or disabled." }),
  })
  .openapi("EventDelivery");

/** Why a webhook has no delivery of an event. Closed: the API's users switch on it. */
const NOT_DELIVERED = ["created_later", "not_subscribed", "other_channel", "expired", "unknown"] as const;
export type NotDelivered = (typeof NOT_DELIVERED)[number];

const EventNotDelivered = z
  .object({ webhook_id: z.string(), reason: z.enum(NOT_DELIVERED) })
  .openapi("EventNotDelivered", {
    description:
      "A webhook without a delivery of the event, and why, going by its present configuration. `created_later`: it was created after the event. `not_subscribed`: none of its patterns covers the type. `other_channel`: it listens to other channels. `expired`: the delivery would be older than what is kept. `unknown`: none of these; it was changed since, or its log let go of the delivery for its size, or the event is about to arrive there.",
  });

const whereabouts = { deliveries: z.array(EventDelivery), not_delivered: z.array(EventNotDelivered) };
export type Whereabouts = z.infer<z.ZodObject<typeof whereabouts>>;

export const EventView = z.object({ ...shape, ...whereabouts }).openapi("Event");

/** Webhooks that one answer tells of: each may have to be asked, and a request has a bound of calls. */
export const MOST_WEBHOOKS = 100;

/** The event comes with each page of its webhooks. */
export const EventPage = z.object({
  data: EventView,
  next_cursor: z
    .string()
    .nullable()
    .openapi({
      description: `For the deliveries of the webhooks beyond the newest ${MOST_WEBHOOKS}; null when that was all.`,
    }),
});

/** An event as JSON text. The payload is text already, and to parse it would change it. */
export function eventText(event: StoredEvent, whereabouts?: Whereabouts): string {
  const head = JSON.stringify({
    id: event.id,
    event: event.type,
    timestamp: iso(event.occurredAt),
    published_at: iso(event.at),
    channels: event.channels,
  });
  const tail = whereabouts ? `,${JSON.stringify(whereabouts).slice(1, -1)}` : "";
  return `${head.slice(0, -1)},"data":${event.data}${tail}}`;
}
