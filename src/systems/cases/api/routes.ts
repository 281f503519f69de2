import { one } from "../../../api/page.ts";
import { defineRoute, nothing, type Route } from "../../../api/route.ts";
import { webhookFields } from "../../../api/webhooks/fields.ts";
import { webhookOf } from "../../../api/webhooks/find.ts";
import { addWebhook, alterWebhook, dropWebhook } from "../../../api/webhooks/service.ts";
import * as z from "../../../api/z.ts";
import { allEndpoints } from "../../../config/endpoint-queries.ts";
import { cases } from "../dialect.ts";
import {
  CreatedEndpoint,
  EndpointChanges,
  EndpointView,
  NewEndpoint,
  viewCreated,
  viewEndpoint,
} from "./representation.ts";

/** The system's own management API, for the token's own workspace. */

/** That system's webhooks, and no others of the workspace. */
const casesOf = (workspaceId: number) => ({ workspaceId, dialect: cases.name });

const ENDPOINT = { webhookId: z.string().openapi({ example: "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW" }) };

const listEndpoints = defineRoute(
  {
    method: "get",
    path: "/v2.3/webhooks/endpoints",
    scope: "read",
    workspaceFrom: "token",
    tag: "Cases and assignments",
    summary: "List all endpoints of the token's workspace, the newest first",
    success: { status: 200, schema: z.object({ data: z.array(EndpointView) }) },
  },
  async ({ env, workspaceId }) => ({ data: (await allEndpoints(env, casesOf(workspaceId))).map(viewEndpoint) }),
);

const createEndpoint = defineRoute(
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
  async ({ env, workspaceId, body, now, url: origin, audit }) => {
    const draft = { ...webhookFields(body), url: body.url, events: body.events, dialect: cases.name };
    const { row, secret } = await addWebhook(env, workspaceId, draft, now, origin, audit);
    if (secret === null) throw new Error("The dialect cases signs always");
    return { data: viewCreated(row, secret) };
  },
);

const getEndpoint = defineRoute(
  {
    method: "get",
    path: "/v2.3/webhooks/endpoints/{webhookId}",
    params: ENDPOINT,
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

const changeEndpoint = defineRoute(
  {
    method: "patch",
    path: "/v2.3/webhooks/endpoints/{webhookId}",
    params: ENDPOINT,
    scope: "manage",
    workspaceFrom: "token",
    audit: "webhook.updated",
    tag: "Cases and assignments",
    summary: "Change an endpoint",
    body: { schema: EndpointChanges },
    success: { status: 200, schema: one(EndpointView) },
  },
  async ({ env, workspaceId, params, body, now, url: origin, audit }) => ({
    data: viewEndpoint(
      await alterWebhook(env, casesOf(workspaceId), params.webhookId, webhookFields(body), now, origin, audit),
    ),
  }),
);

const removeEndpoint = defineRoute(
  {
    method: "delete",
    path: "/v2.3/webhooks/endpoints/{webhookId}",
    params: ENDPOINT,
    scope: "manage",
    workspaceFrom: "token",
    audit: "webhook.deleted",
    tag: "Cases and assignments",
    summary: "Delete an endpoint with its deliveries",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, now, audit }) => {
    await dropWebhook(env, casesOf(workspaceId), params.webhookId, now, audit);
    return undefined;
  },
);

export const casesRoutes: readonly Route[] = [
  listEndpoints,
  createEndpoint,
  getEndpoint,
  changeEndpoint,
  removeEndpoint,
];
