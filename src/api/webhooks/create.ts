import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { NewWebhook, webhookFields } from "./fields.ts";
import { CreatedWebhook, viewWebhook } from "./representation.ts";
import { addWebhook } from "./service.ts";

export const createWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks",
    scope: "manage",
    audit: "webhook.created",
    tag: "Webhooks",
    summary: "Create a webhook",
    body: { schema: NewWebhook },
    codes: ["handshake_failed", "quota_exceeded"],
    success: { status: 201, schema: one(CreatedWebhook) },
  },
  async ({ env, workspaceId, body, now, trail }) => {
    const { url, events, dialect, secret: given } = body;
    const draft = { ...webhookFields(body), url, events, dialect, secret: given };
    const { row, secret } = await addWebhook(env, workspaceId, draft, now, trail);
    return { data: { ...(await viewWebhook(env, row)), secret } };
  },
);
