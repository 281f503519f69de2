import { covers } from "../../events/match.ts";

/** Why a webhook has no delivery of an event. Closed: the API's users switch on it. */
export const NOT_DELIVERED = ["created_later", "not_subscribed", "other_channel", "expired", "unknown"] as const;
export type NotDelivered = (typeof NOT_DELIVERED)[number];

type Event = { type: string; at: number; channels: readonly string[] };
type Interest = { events: readonly string[]; channels: readonly string[]; createdAt: number };

/**
 * Why, as far as the webhook's present configuration tells.
 * @param keptSince when the oldest deliveries that retention keeps were done, in milliseconds since 1970
 */
export function whyNotDelivered(event: Event, webhook: Interest, keptSince: number): NotDelivered {
  if (webhook.createdAt > event.at) return "created_later";
  if (!webhook.events.some((pattern) => covers(pattern, event.type))) return "not_subscribed";
  const listens = webhook.channels.length === 0 || webhook.channels.some((each) => event.channels.includes(each));
  if (!listens) return "other_channel";
  return event.at < keptSince ? "expired" : "unknown";
}
