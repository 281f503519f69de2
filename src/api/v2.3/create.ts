import { cases } from "../../systems/index.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookFields } from "../webhooks/fields.ts";
import { addWebhook } from "../webhooks/service.ts";
import { NewEndpoint } from "./fields.ts";
import { CreatedEndpoint, viewCreated } from "./representation.ts";

export const createEndpoint = defineRoute(
  {
    method: "post",
    path: "/v2.3/webhooks/endpoints",
    scope: "manage",
    workspaceFrom: "token",
    audit: "webhook.created",
    tag: "Cases and assignments",
    summary: "Create an endpoint",
    body: { schema: NewEndpoint },
    success: { status: 201, schema: one(CreatedEndpoint) },
    codes: ["quota_exceeded"],
  },
  async ({ env, workspaceId, body, now, url: origin, trail }) => {
    const draft = { ...webhookFields(body), url: body.url, events: body.events, dialect: cases.name };
    const { row, secret } = await addWebhook(env, workspaceId, draft, now, origin, trail);
    if (secret === null) throw new Error("The dialect cases signs always");
    return { data: viewCreated(row, secret) };
  },
);
