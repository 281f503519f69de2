import { defineRoute, nothing } from "../route.ts";
import { dropWebhook } from "./service.ts";

export const removeWebhook = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "manage",
    tag: "Webhooks",
    summary: "Delete a webhook with its deliveries",
    success: { status: 204, schema: nothing },
    codes: ["conflict"],
  },
  async ({ env, workspaceId, params }) => {
    await dropWebhook(env, { workspaceId }, params.webhook);
    return undefined;
  },
);
