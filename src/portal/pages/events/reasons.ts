import type * as z from "zod";
import type { EventView, NotDelivered } from "../../../api/events/representation.ts";
import type { Webhook } from "./all-webhooks.ts";

type Event = Pick<z.infer<typeof EventView>, "event" | "channels">;

const listed = (words: readonly string[]): string => words.join(", ");

/** Why a webhook has no delivery of an event, for people, and what would change it. */
export function reasonOf(reason: NotDelivered, event: Event, webhook: Webhook | undefined): string {
  switch (reason) {
    case "created_later":
      return "The webhook was added after this event was published. A webhook gets what is published from then on.";
    case "not_subscribed":
      return `It does not subscribe to ${event.event}${webhook ? `, only to ${listed(webhook.events)}` : ""}. Add the type to its events to get the next ones.`;
    case "other_channel":
      return `It listens to ${webhook ? `the channels ${listed(webhook.channels)}` : "other channels"} only, and the event ${
        event.channels.length === 0 ? "has none" : `was published to ${listed(event.channels)}`
      }.`;
    case "expired":
      return "A delivery would be older than what is kept. Whether there was one is not known any more.";
    case "unknown":
      return "Its settings do not say why. It may be about to arrive, the webhook was changed since, or the delivery was let go of to make room.";
  }
}
