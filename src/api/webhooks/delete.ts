import { defineRoute, nothing } from "../route.ts";
import { dropWebhook } from "./service.ts";

export const removeWebhook = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "manage",
    audit: "webhook.deleted",
    tag: "Webhooks",
    summary: "Delete a webhook with its deliveries",
    success: { status: 204, schema: nothing },
    codes: ["conflict"],
  },
  async ({ env, workspaceId, params, now, trail }) => {
    await dropWebhook(env, { workspaceId }, params.webhook, now, trail);
    return undefined;
  },
);
