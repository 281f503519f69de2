import { endpointObject } from "../../lib/objects.ts";
import { EventType } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { webhookOf } from "./find.ts";
import { requireActive } from "./inactive.ts";
import { sampleFor } from "./sample.ts";

const TestRequest = z.strictObject({ event: EventType.optional() }).openapi("TestRequest");
export const TestSent = z.object({ delivery_id: z.uuid() }).openapi("TestSent");

export const testWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/test",
    scope: "manage",
    audit: "webhook.tested",
    tag: "Webhooks",
    summary: "Deliver a sample event, as a real one is",
    body: { schema: TestRequest, optional: true },
    codes: ["webhook_inactive"],
    success: { status: 202, schema: one(TestSent) },
  },
  async ({ env, workspaceId, params, body, trail }) => {
    const endpoint = await webhookOf(env, { workspaceId }, params.webhook);
    requireActive(endpoint);
    const { type, data } = await sampleFor(env, endpoint, body.event);
    await trail.enter(env, "webhook.tested", { workspaceId, record: endpoint.id, after: { event: type } });
    // On the webhook's own channels, as an event that it subscribes to would be.
    const id = await endpointObject(env, endpoint.id).sendTest(type, data, endpoint.channels);
    return { data: { delivery_id: id } };
  },
);
