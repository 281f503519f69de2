import type { EndpointInterest } from "../../config/endpoint-queries.ts";
import { settingsOf } from "../../config/settings.ts";
import type { StoredEvent } from "../../events/contract.ts";
import { listens, meets } from "../../events/match.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import type { EventPlace } from "../../lib/ids.ts";
import { callWithRetry } from "../../lib/objects.ts";
import { covers } from "../../lib/pattern.ts";
import type { NotDelivered, Whereabouts } from "./representation.ts";

type Event = { type: string; at: number; channels: readonly string[] };
type Interest = { events: readonly string[]; channels: readonly string[]; createdAt: number };

/** While D1 is away subscriptions hold as they were; it is away for so long at the most, as far as this goes, in milliseconds. */
const OUTDATED_MS = 2 * 3_600_000;

/**
 * Whether a webhook can have been handed an event: not one that was made later, nor one that has not been changed since and does
 * not listen to it. So it need not be asked.
 * @param webhook `updatedAt`: when it was changed last, in milliseconds since 1970
 */
export function canHave(event: Event, webhook: Interest & { updatedAt: number }): boolean {
  if (webhook.createdAt > event.at + OUTDATED_MS) return false;
  if (webhook.updatedAt > event.at - OUTDATED_MS) return true;
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

/** Calls in flight: six connections are few for a workspace with many webhooks, objects take no connection. */
const WIDTH = 20;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Asks each of some webhooks that can have had it. One that does not answer fails the request: a gap would look like
 * the truth.
 */
export async function whereaboutsOf(
  env: Env,
  webhooks: readonly EndpointInterest[],
  place: EventPlace,
  event: StoredEvent,
  now: number,
): Promise<Whereabouts> {
  const keptSince = now - settingsOf(env).RETENTION_DAYS * DAY_MS;
  const each = await mapAtMost(webhooks, WIDTH, async (webhook) => {
    // What tells of the service itself goes its own way.
    if (webhook.kind === "webhook" && !canHave(event, webhook)) return { webhook, delivery: null };
    const delivery = await callWithRetry(env.ENDPOINT, webhook.id, (endpoint) =>
      endpoint.findDelivery(place, event.id),
    );
    return { webhook, delivery };
  });
  return {
    deliveries: each.flatMap(({ webhook: { id, status }, delivery }) => {
      if (!delivery) return [];
      const held = delivery.status === "pending" && status !== "active";
      const waiting_for_endpoint = delivery.waitsForProbe && !held;
      return [{ webhook_id: id, delivery_id: delivery.id, status: delivery.status, waiting_for_endpoint, held }];
    }),
    not_delivered: each.flatMap(({ webhook, delivery }) => {
      if (delivery || webhook.kind !== "webhook") return [];
      return [{ webhook_id: webhook.id, reason: whyNotDelivered(event, webhook, keptSince) }];
    }),
  };
}
