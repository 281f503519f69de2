import { listens, meets } from "../../events/match.ts";
import { covers } from "../../lib/pattern.ts";

/** Why a webhook has no delivery of an event. Closed: the API's users switch on it. */
export const NOT_DELIVERED = ["created_later", "not_subscribed", "other_channel", "expired", "unknown"] as const;
export type NotDelivered = (typeof NOT_DELIVERED)[number];

type Event = { type: string; at: number; channels: readonly string[] };
type Interest = { events: readonly string[]; channels: readonly string[]; createdAt: number };

/** While D1 is away subscriptions hold as they were, up to an hour (docs/operating.md); and as much again, in milliseconds. */
const OUTDATED_MS = 2 * 3_600_000;

/**
 * Whether a webhook can have been handed an event: not one that was made later, nor one that has not been changed since and does
 * not listen to it. So it need not be asked.
 * @param webhook `version`: 1 as long as it was never changed; `updatedAt`: when it was changed last, in milliseconds since 1970
 */
export function canHave(event: Event, webhook: Interest & { version: number; updatedAt: number }): boolean {
  if (webhook.createdAt > event.at + OUTDATED_MS) return false;
  if (webhook.version > 1 && webhook.updatedAt > event.at - OUTDATED_MS) return true;
  return meets(webhook, event.type, event.channels);
}

/**
 * Why, as far as the webhook's present configuration tells.
 * @param keptSince when the oldest deliveries that retention keeps were done, in milliseconds since 1970
 */
export function whyNotDelivered(event: Event, webhook: Interest, keptSince: number): NotDelivered {
  if (webhook.createdAt > event.at) return "created_later";
  if (!webhook.events.some((pattern) => covers(pattern, event.type))) return "not_subscribed";
  if (!listens(event.channels, webhook)) return "other_channel";
  return event.at < keptSince ? "expired" : "unknown";
}
