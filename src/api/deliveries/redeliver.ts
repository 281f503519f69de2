import { endpointObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { z } from "../z.ts";
import { noDelivery, placeOf } from "./find.ts";

const Redelivered = z.object({ delivery_id: z.uuid() }).openapi("Redelivered");

export const redeliver = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/deliveries/{delivery}/redeliver",
    scope: "manage",
    tag: "Deliveries",
    summary: "Send a delivery again, now",
    success: { status: 202, schema: one(Redelivered) },
  },
  async ({ env, workspaceId, params }) => {
    const { place, webhookId } = await placeOf(env, workspaceId, params.delivery);
    if (!(await endpointObject(env, webhookId).redeliver(place))) throw noDelivery();
    return { data: { delivery_id: params.delivery.toLowerCase() } };
  },
);
