import { endpointByNumber } from "../../config/endpoint-queries.ts";
import { parseCursor } from "../../delivery/delivery-log.ts";
import { type DeliveryPlace, parseDeliveryId } from "../../lib/ids.ts";
import { callWithRetry } from "../../lib/objects.ts";
import { EventType, Instant, iso } from "../fields.ts";
import { list, one, PageQuery } from "../page.ts";
import { ApiError, invalidField } from "../problem.ts";
import { defineRoute, type Route } from "../route.ts";
import { requireActive } from "../webhooks/checks.ts";
import { webhookOf } from "../webhooks/find.ts";
import * as z from "../z.ts";
import {
  DeliveryRow,
  DeliveryStatus,
  DeliveryView,
  Redelivered,
  Replayed,
  ReplayRequest,
  viewDelivery,
  viewDeliveryRow,
} from "./representation.ts";

const Filter = PageQuery.extend({
  cursor: PageQuery.shape.cursor.refine(
    (cursor) => cursor === undefined || parseCursor(cursor) !== null,
    "This is no cursor of this list",
  ),
  status: DeliveryStatus.optional(),
  event: EventType.optional(),
  event_id: z.string().max(100).optional(),
  search: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: "Text in the delivery's or the event's id, in any case. A whole id is found at once." }),
  since: Instant.optional().openapi({ description: "Created then or later." }),
  until: Instant.optional().openapi({ description: "Created then or earlier." }),
  failed_attempts: z
    .literal("true")
    .optional()
    .openapi({ description: "Only those of which an attempt has failed, whatever became of them." }),
  include: z.literal("attempts").optional().openapi({ description: "Adds every attempt to each delivery." }),
});

const listDeliveries = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/deliveries",
    scope: "read",
    tag: "Deliveries",
    summary: "List a webhook's deliveries",
    query: Filter,
    success: { status: 200, schema: list(DeliveryRow) },
  },
  async ({ env, workspaceId, params, query }) => {
    const { id } = await webhookOf(env, { workspaceId }, params.webhook);
    const { event, event_id, failed_attempts, include, ...same } = query;
    const wanted = { type: event, eventId: event_id, failedAttempts: failed_attempts === "true" };
    const filter = { ...same, ...wanted, withAttempts: include === "attempts" };
    const page = await callWithRetry(env.ENDPOINT, id, (endpoint) => endpoint.listDeliveries(filter));
    return { data: page.deliveries.map(viewDeliveryRow), next_cursor: page.next };
  },
);

const getDelivery = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/deliveries/{delivery}",
    scope: "read",
    tag: "Deliveries",
    summary: "Get a delivery with its attempts and the request as sent",
    success: { status: 200, schema: one(DeliveryView) },
  },
  async ({ env, workspaceId, params }) => {
    const { place, webhook } = await placeOf(env, workspaceId, params.delivery);
    const delivery = await callWithRetry(env.ENDPOINT, webhook.id, (endpoint) => endpoint.getDelivery(place));
    if (!delivery) throw noDelivery();
    return { data: viewDelivery(webhook.id, delivery) };
  },
);

const expired = (): ApiError =>
  new ApiError(
    "conflict",
    "It has expired: it waited for its webhook until what is kept ended, and its payload was let go. Publish the event again.",
  );

const redeliver = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/deliveries/{delivery}/redeliver",
    scope: "manage",
    audit: "delivery.redelivered",
    tag: "Deliveries",
    summary: "Send a delivery again, now",
    codes: ["webhook_inactive", "conflict"],
    success: { status: 202, schema: one(Redelivered) },
  },
  async ({ env, workspaceId, params, audit }) => {
    const { place, webhook } = await placeOf(env, workspaceId, params.delivery);
    requireActive(webhook);
    const delivery = params.delivery.toLowerCase();
    await audit.record(env, "delivery.redelivered", { workspaceId, record: delivery });
    const outcome = await env.ENDPOINT.getByName(webhook.id).redeliver(place);
    if (outcome === "missing") throw noDelivery();
    if (outcome === "expired") throw expired();
    return { data: { delivery_id: delivery } };
  },
);

const replay = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/replay",
    scope: "manage",
    audit: "webhook.replayed",
    tag: "Deliveries",
    summary: "Send again what failed, or all, of a stretch of time; what has expired is left out",
    body: { schema: ReplayRequest },
    codes: ["webhook_inactive"],
    success: { status: 202, schema: one(Replayed) },
  },
  async ({ env, workspaceId, params, body, now, audit }) => {
    const { since, until = now, status, events, dry_run } = body;
    if (since > until) throw invalidField("since", "It must not be later than until");
    const webhook = await webhookOf(env, { workspaceId }, params.webhook);
    if (dry_run) audit.unchanged("webhook.replayed");
    else {
      requireActive(webhook);
      const after = { since: iso(since), until: iso(until), status, ...(events ? { events } : {}) };
      await audit.record(env, "webhook.replayed", { workspaceId, record: webhook.id, after });
    }
    const request = { since, until, status, types: events, dryRun: dry_run };
    return { data: { replayed: await env.ENDPOINT.getByName(webhook.id).replay(request) } };
  },
);

const noDelivery = (): ApiError => new ApiError("not_found", "There is no such delivery.");

/**
 * Where the delivery is, going by its id.
 * @throws ApiError not_found if the id names no endpoint of this workspace
 */
async function placeOf(
  env: Env,
  workspaceId: number,
  deliveryId: string,
): Promise<{ place: DeliveryPlace; webhook: NonNullable<Awaited<ReturnType<typeof endpointByNumber>>> }> {
  const place = parseDeliveryId(deliveryId);
  const webhook = place && (await endpointByNumber(env, workspaceId, place.endpoint));
  if (!place || !webhook) throw noDelivery();
  return { place, webhook };
}

export const deliveryRoutes: readonly Route[] = [listDeliveries, getDelivery, redeliver, replay];
