import type { StoredEvent } from "../../events/contract.ts";
import { DeliveryStatus, WaitingForEndpoint } from "../deliveries/representation.ts";
import { iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";
import { NOT_DELIVERED } from "./not-delivered.ts";

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

const EventNotDelivered = z
  .object({ webhook_id: z.string(), reason: z.enum(NOT_DELIVERED) })
  .openapi("EventNotDelivered", {
    description:
      "A webhook without a delivery of the event, and why, going by its present configuration. `created_later`: it was created after the event. `not_subscribed`: none of its patterns covers the type. `other_channel`: it listens to other channels. `expired`: the delivery would be older than what is kept. `unknown`: none of these; it was changed since, or its log let go of the delivery for its size, or the event is about to arrive there.",
  });

const whereabouts = { deliveries: z.array(EventDelivery), not_delivered: z.array(EventNotDelivered) };
export type Whereabouts = z.infer<z.ZodObject<typeof whereabouts>>;

export const EventView = z.object({ ...shape, ...whereabouts }).openapi("Event");

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
