import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { CHANGE_HINTS, WebhookChanges, webhookFields } from "./fields.ts";
import { viewWebhook, WebhookView } from "./representation.ts";
import { alterWebhook } from "./service.ts";

export const changeWebhook = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "manage",
    audit: "webhook.updated",
    tag: "Webhooks",
    summary: "Change a webhook; status active also enables what was disabled",
    body: { schema: WebhookChanges, hints: CHANGE_HINTS },
    codes: ["handshake_failed", "conflict"],
    success: { status: 200, schema: one(WebhookView) },
  },
  async ({ env, workspaceId, params, body, now, trail }) => {
    const row = await alterWebhook(env, { workspaceId }, params.webhook, webhookFields(body), now, trail);
    return { data: await viewWebhook(env, row) };
  },
);
