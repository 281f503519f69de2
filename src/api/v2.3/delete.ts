import { defineRoute, nothing } from "../route.ts";
import { dropWebhook } from "../webhooks/service.ts";
import { casesOf } from "./representation.ts";

export const removeEndpoint = defineRoute(
  {
    method: "delete",
    path: "/v2.3/webhooks/endpoints/{webhookId}",
    scope: "manage",
    workspaceFrom: "token",
    audit: "webhook.deleted",
    tag: "Cases and assignments",
    summary: "Delete an endpoint with its deliveries",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, now, trail }) => {
    await dropWebhook(env, casesOf(workspaceId), params.webhookId, now, trail);
    return undefined;
  },
);
