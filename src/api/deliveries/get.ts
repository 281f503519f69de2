import { ask, endpointObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { noDelivery, placeOf } from "./find.ts";
import { DeliveryView, viewDelivery } from "./representation.ts";

export const getDelivery = defineRoute(
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
    const delivery = await ask(
      () => endpointObject(env, webhook.id),
      (endpoint) => endpoint.getDelivery(place),
    );
    if (!delivery) throw noDelivery();
    return { data: viewDelivery(webhook.id, delivery) };
  },
);
