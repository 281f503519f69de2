import { endpointObject } from "../../lib/objects.ts";
import { EventType } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { z } from "../z.ts";
import { webhookOf } from "./find.ts";
import { sampleData, sampleType } from "./sample.ts";

const TestRequest = z.strictObject({ event: EventType.optional() }).openapi("TestRequest");
const TestSent = z.object({ delivery_id: z.uuid() }).openapi("TestSent");

export const testWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/test",
    scope: "manage",
    tag: "Webhooks",
    summary: "Deliver a sample event, as a real one is",
    body: { schema: TestRequest, optional: true },
    success: { status: 202, schema: one(TestSent) },
  },
  async ({ env, workspaceId, params, body }) => {
    const endpoint = await webhookOf(env, { workspaceId }, params.webhook);
    const type = body.event ?? sampleType(endpoint.events);
    // On the webhook's own channels, as an event that it subscribes to would be.
    const id = await endpointObject(env, endpoint.id).sendTest(type, sampleData(type), endpoint.channels);
    return { data: { delivery_id: id } };
  },
);
