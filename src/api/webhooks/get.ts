import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "./find.ts";
import { viewWebhook, WebhookView } from "./representation.ts";

export const getWebhook = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "read",
    tag: "Webhooks",
    summary: "Get a webhook",
    success: { status: 200, schema: one(WebhookView) },
  },
  async ({ env, workspaceId, params }) => ({
    data: await viewWebhook(env, await webhookOf(env, { workspaceId }, params.webhook)),
  }),
);
