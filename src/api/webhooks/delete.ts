import { deleteEndpoint } from "../../config/endpoint-queries.ts";
import { ask, endpointObject } from "../../lib/objects.ts";
import { defineRoute, nothing } from "../route.ts";
import { subscriptionsChanged } from "./announce.ts";
import { noWebhook } from "./find.ts";

export const removeWebhook = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "manage",
    tag: "Webhooks",
    summary: "Delete a webhook with its deliveries",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params }) => {
    if (!(await deleteEndpoint(env, workspaceId, params.webhook))) throw noWebhook();
    // The stream first: it must not hand anything more to an object that has forgotten everything.
    await subscriptionsChanged(env, workspaceId);
    await ask(
      () => endpointObject(env, params.webhook),
      (endpoint) => endpoint.destroy(),
    );
    return undefined;
  },
);
