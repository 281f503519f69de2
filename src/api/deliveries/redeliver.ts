import { endpointObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { requireActive } from "../webhooks/inactive.ts";
import * as z from "../z.ts";
import { noDelivery, placeOf } from "./find.ts";

export const Redelivered = z.object({ delivery_id: z.uuid() }).openapi("Redelivered");

const expired = (): ApiError =>
  new ApiError(
    "conflict",
    "It has expired: it waited for its webhook until what is kept ended, and its payload was let go. Publish the event again.",
  );

export const redeliver = defineRoute(
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
  async ({ env, workspaceId, params, trail }) => {
    const { place, webhook } = await placeOf(env, workspaceId, params.delivery);
    requireActive(webhook);
    const delivery = params.delivery.toLowerCase();
    await trail.enter(env, "delivery.redelivered", { workspaceId, record: delivery });
    const outcome = await endpointObject(env, webhook.id).redeliver(place);
    if (outcome === "missing") throw noDelivery();
    if (outcome === "expired") throw expired();
    return { data: { delivery_id: delivery } };
  },
);
