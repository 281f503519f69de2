import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookFields } from "../webhooks/fields.ts";
import { alterWebhook } from "../webhooks/service.ts";
import { EndpointChanges } from "./fields.ts";
import { casesOf, EndpointView, viewEndpoint } from "./representation.ts";

export const changeEndpoint = defineRoute(
  {
    method: "patch",
    path: "/v2.3/webhooks/endpoints/{webhookId}",
    scope: "manage",
    workspaceFrom: "token",
    audit: "webhook.updated",
    tag: "Cases and assignments",
    summary: "Change an endpoint",
    body: { schema: EndpointChanges },
    success: { status: 200, schema: one(EndpointView) },
  },
  async ({ env, workspaceId, params, body, now, trail }) => ({
    data: viewEndpoint(
      await alterWebhook(env, casesOf(workspaceId), params.webhookId, webhookFields(body), now, trail),
    ),
  }),
);
