import { parseCursor } from "../../delivery/delivery-log.ts";
import { ask, endpointObject } from "../../lib/objects.ts";
import { EventType, Instant } from "../fields.ts";
import { list, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "../webhooks/find.ts";
import * as z from "../z.ts";
import { DeliveryRow, DeliveryStatus, viewDeliveryRow } from "./representation.ts";

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

export const listDeliveries = defineRoute(
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
    const page = await ask(
      () => endpointObject(env, id),
      (endpoint) => endpoint.listDeliveries(filter),
    );
    return { data: page.deliveries.map(viewDeliveryRow), next_cursor: page.next };
  },
);
