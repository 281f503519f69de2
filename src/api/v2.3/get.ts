import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "../webhooks/find.ts";
import { casesOf, EndpointView, viewEndpoint } from "./representation.ts";

export const getEndpoint = defineRoute(
  {
    method: "get",
    path: "/v2.3/webhooks/endpoints/{webhookId}",
    scope: "read",
    workspaceFrom: "token",
    tag: "Cases and assignments",
    summary: "Get an endpoint",
    success: { status: 200, schema: one(EndpointView) },
  },
  async ({ env, workspaceId, params }) => ({
    data: viewEndpoint(await webhookOf(env, casesOf(workspaceId), params.webhookId)),
  }),
);
