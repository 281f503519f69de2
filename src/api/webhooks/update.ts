import { updateEndpoint } from "../../config/endpoint-changes.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { checkTarget } from "../target.ts";
import { endpointChanged, subscriptionsChanged } from "./announce.ts";
import { CHANGE_HINTS, WebhookChanges, webhookFields } from "./fields.ts";
import { noWebhook, webhookOf } from "./find.ts";
import { requireHandshakeAgain } from "./handshake.ts";
import { viewWebhook, WebhookView } from "./representation.ts";

export const changeWebhook = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "manage",
    tag: "Webhooks",
    summary: "Change a webhook; status active also enables what was disabled",
    body: { schema: WebhookChanges, hints: CHANGE_HINTS },
    codes: ["handshake_failed"],
    success: { status: 200, schema: one(WebhookView) },
  },
  async ({ env, workspaceId, params, body, now }) => {
    if (body.url !== undefined) checkTarget(env, "url", body.url);
    const changes = webhookFields(body);
    await requireHandshakeAgain(env, await webhookOf(env, workspaceId, params.webhook), changes);
    const row = await updateEndpoint(env, workspaceId, params.webhook, changes, now);
    if (!row) throw noWebhook();
    await endpointChanged(env, row.id);
    await subscriptionsChanged(env, workspaceId);
    return { data: await viewWebhook(env, row) };
  },
);
