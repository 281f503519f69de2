import { rotateSecret } from "../../config/endpoint-changes.ts";
import { listEndpoints } from "../../config/endpoint-queries.ts";
import { runErrands } from "../../sweep/errands.ts";
import { dialectOf } from "../../systems/index.ts";
import { isoOrNull } from "../fields.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { defineRoute, nothing, type Route } from "../route.ts";
import { CHANGE_HINTS, NewWebhook, WebhookChanges, webhookFields } from "./fields.ts";
import { webhookOf } from "./find.ts";
import { getWebhookHealth, probeWebhook } from "./health.ts";
import { CreatedWebhook, Rotated, Rotation, viewWebhook, WebhookView } from "./representation.ts";
import { testWebhook } from "./send-test.ts";
import { addWebhook, alterWebhook, checkedSecret, dropWebhook } from "./service.ts";
import { getWebhookStats, listWebhookStats } from "./stats.ts";

const createWebhook = defineRoute(
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
  async ({ env, workspaceId, body, now, url: origin, audit }) => {
    const { url, events, dialect, secret: given } = body;
    const draft = { ...webhookFields(body), url, events, dialect, secret: given };
    const { row, secret } = await addWebhook(env, workspaceId, draft, now, origin, audit);
    return { data: { ...(await viewWebhook(env, row)), secret } };
  },
);

const listWebhooks = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks",
    scope: "read",
    tag: "Webhooks",
    summary: "List a workspace's webhooks",
    query: PageQuery,
    success: { status: 200, schema: list(WebhookView) },
  },
  async ({ env, workspaceId, query }) => {
    const load = (limit: number, before: number | undefined) => listEndpoints(env, { workspaceId }, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: await Promise.all(rows.map((row) => viewWebhook(env, row))), next_cursor };
  },
);

const getWebhook = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "read",
    tag: "Webhooks",
    summary: "Get a webhook",
    success: { status: 200, schema: one(WebhookView) },
  },
  async ({ env, workspaceId, params }) => ({
    data: await viewWebhook(env, await webhookOf(env, { workspaceId }, params.webhook)),
  }),
);

const changeWebhook = defineRoute(
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
  async ({ env, workspaceId, params, body, now, url: origin, audit }) => {
    const row = await alterWebhook(env, { workspaceId }, params.webhook, webhookFields(body), now, origin, audit);
    return { data: await viewWebhook(env, row) };
  },
);

const removeWebhook = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}",
    scope: "manage",
    audit: "webhook.deleted",
    tag: "Webhooks",
    summary: "Delete a webhook with its deliveries",
    success: { status: 204, schema: nothing },
    codes: ["conflict"],
  },
  async ({ env, workspaceId, params, now, audit }) => {
    await dropWebhook(env, { workspaceId }, params.webhook, now, audit);
  },
);

const rotateWebhookSecret = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/webhooks/{webhook}/rotate-secret",
    scope: "manage",
    audit: "webhook.secret_rotated",
    tag: "Webhooks",
    summary: "Replace the secret",
    body: { schema: Rotation, optional: true },
    success: { status: 200, schema: one(Rotated) },
  },
  async ({ env, workspaceId, params, body, now, audit }) => {
    const endpoint = await webhookOf(env, { workspaceId }, params.webhook);
    const { generate, overlaps } = dialectOf(endpoint.dialect).secret;
    const secret = body.secret === undefined ? generate() : checkedSecret(endpoint.dialect, body.secret);
    // Where one secret signs, those before have ended.
    const until = overlaps ? now + body.overlap_seconds * 1000 : now;
    const { hadOne, ended, errands } = await rotateSecret(env, endpoint, secret, until, now, audit);
    await runErrands(env, errands);
    return {
      data: {
        secret,
        previous_valid_until: isoOrNull(hadOne && until > now ? until : null),
        replaced: hadOne,
        ended_early: ended,
      },
    };
  },
);

export const webhookRoutes: readonly Route[] = [
  createWebhook,
  listWebhooks,
  getWebhook,
  changeWebhook,
  removeWebhook,
  rotateWebhookSecret,
  testWebhook,
  getWebhookHealth,
  probeWebhook,
  getWebhookStats,
  listWebhookStats,
];
