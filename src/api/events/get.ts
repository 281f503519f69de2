import { type EndpointInterest, endpointInterests } from "../../config/endpoint-queries.ts";
import { settingsOf } from "../../config/settings.ts";
import type { StoredEvent } from "../../events/contract.ts";
import { getEvent as getStored } from "../../events/streams.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import { type EventPlace, parseEventId } from "../../lib/ids.ts";
import { ask, endpointObject } from "../../lib/objects.ts";
import { loadPage, NumberKey, PageQuery } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, JsonText } from "../route.ts";
import * as z from "../z.ts";
import { canHave, whyNotDelivered } from "./not-delivered.ts";
import { EventView, eventText, type Whereabouts } from "./representation.ts";

/** Calls in flight: six connections are few for a workspace with many webhooks, objects take no connection. */
const WIDTH = 20;
const DAY_MS = 24 * 3600 * 1000;
/** Webhooks that one answer tells of: each may have to be asked, and a request has a bound of calls. */
const MOST_WEBHOOKS = 100;

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

export const getEvent = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/events/{event}",
    scope: "read",
    tag: "Events",
    summary: "Get an event with where it went, and why not elsewhere",
    query: PageQuery.pick({ cursor: true }),
    success: { status: 200, schema: EventPage },
  },
  async ({ env, workspaceId, params, query, now }) => {
    const place = parseEventId(params.event);
    const event = place && (await getStored(env, workspaceId, params.event));
    if (!place || !event) throw new ApiError("not_found", "There is no such event.");
    const { rows, next_cursor } = await loadPage(
      { ...query, limit: MOST_WEBHOOKS },
      NumberKey,
      (limit, before) => endpointInterests(env, workspaceId, limit, before),
      ({ number }) => number,
    );
    const whereabouts = await whereaboutsOf(env, rows, place, event, now);
    return new JsonText(`{"data":${eventText(event, whereabouts)},"next_cursor":${JSON.stringify(next_cursor)}}`);
  },
);

/**
 * Asks each of some webhooks that can have had it. One that does not answer fails the request: a gap would look like
 * the truth.
 */
async function whereaboutsOf(
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
    const delivery = await ask(
      () => endpointObject(env, webhook.id),
      (endpoint) => endpoint.findDelivery(place, event.id),
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
