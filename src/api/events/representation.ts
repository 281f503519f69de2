import type { StoredEvent } from "../../events/contract.ts";
import { DeliveryStatus } from "../deliveries/representation.ts";
import { iso, Timestamp } from "../fields.ts";
import { z } from "../z.ts";

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
  .object({ webhook_id: z.string(), delivery_id: z.uuid(), status: DeliveryStatus })
  .openapi("EventDelivery");
export type EventDelivery = z.infer<typeof EventDelivery>;

export const EventView = z.object({ ...shape, deliveries: z.array(EventDelivery) }).openapi("Event");

/** An event as JSON text. The payload is text already, and to parse it would change it. */
export function eventText(event: StoredEvent, deliveries?: readonly EventDelivery[]): string {
  const head = JSON.stringify({
    id: event.id,
    event: event.type,
    timestamp: iso(event.occurredAt),
    published_at: iso(event.at),
    channels: event.channels,
  });
  const tail = deliveries ? `,"deliveries":${JSON.stringify(deliveries)}` : "";
  return `${head.slice(0, -1)},"data":${event.data}${tail}}`;
}
