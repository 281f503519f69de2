import { makeFailing } from "./failing.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Every change that the API can make, and what the audit log must tell of it, written by hand.
 */

export const MASK = "••••";

export type Values = Record<string, unknown>;

/** What an entry says of a change: the rest says who, when and from where. */
export type Told = [action: string, record: string | null, before: Values | null, after: Values | null];

export interface Step {
  /** As in the table of routes. */
  route: string;
  by: "admin" | "token";
  body?: Values;
  /** What must be so before, and leaves no entry. */
  ready?: (workspace: Workspace, id: (name: string) => string) => Promise<unknown>;
  /** What its answer adds to the ids. */
  keep?: (data: Values) => Values;
  /** What the log tells of it; each id by the name of its parameter. */
  tells: (id: (name: string) => string) => Told[];
}

/** What the changes below set that must not be told. */
export const GIVEN_SECRETS = [
  ...["first-s3cr3t-of-16-or-more", "second-s3cr3t-of-16-or-more", "s3cr3t-of-github", "next-s3cr3t-of-github"],
  ...["Bearer s3cr3t-in-a-header", "s3cr3t-plain-header", "s3cr3t-verify-token", "s3cr3t-in-a-sample"],
];

const below = (path: string) => `/api/v1/workspaces/{workspace}${path}`;

/** Nothing listens there: what is sent does not matter. */
const at = (path: string) => `http://127.0.0.1:1${path}`;

/** What a new webhook shows beyond what is said of it. */
const BLANK = {
  ...{ name: null, description: null, status: "active", disabled_reason: null, headers: null, retry_policy: null },
  ...{ timeout_ms: null, disable_on_gone: null, max_concurrency: null, disable_after: null, channels: [] },
  ...{ survey: null, verify_token: null },
};

const WEBHOOK = {
  ...BLANK,
  ...{ url: at("/a"), events: ["*"], dialect: "platform", name: "First", headers: MASK, verify_token: MASK },
};
const SURVEY = {
  ...BLANK,
  ...{ url: at("/s"), events: ["survey.response_completed"], dialect: "platform", channels: ["s7"], survey: "s7" },
};
const CASES = { ...BLANK, url: at("/c"), events: ["cases.*"], dialect: "cases" };
const NOTIFIED = {
  ...{ ...BLANK, url: at("/n"), dialect: "standard" },
  events: ["endpoint.failing", "endpoint.disabled", "endpoint.enabled"],
};
const TYPE = { title: "Sent", description: null, schema: null, sample: MASK };
const SOURCE = { provider: "github", name: "Repo", credentials: MASK, options: {}, public_url: null };
const TOKEN = { name: "CI", scopes: ["publish"], expires_at: "2099-01-01T00:00:00.000Z" };

/** Every change, in an order in which each of them can be made. */
export const STEPS: Step[] = [
  {
    route: `PATCH ${below("")}`,
    by: "admin",
    body: { name: "Apex", notify_email: "ops@example.com" },
    tells: (id) => [
      [
        "workspace.updated",
        id("workspace"),
        { name: "Acme", notify_email: null },
        { name: "Apex", notify_email: "ops@example.com" },
      ],
    ],
  },
  {
    route: `PATCH ${below("")}`,
    by: "admin",
    body: { notify_url: at("/n") },
    keep: ({ notify_webhook }) => ({ notification: notify_webhook }),
    tells: (id) => [["notification.created", id("notification"), null, NOTIFIED]],
  },
  {
    route: `PATCH ${below("")}`,
    by: "admin",
    body: { name: "Zenith", notify_url: at("/m") },
    tells: (id) => [
      ["notification.updated", id("notification"), { url: at("/n") }, { url: at("/m") }],
      ["workspace.updated", id("workspace"), { name: "Apex" }, { name: "Zenith" }],
    ],
  },
  {
    route: `PATCH ${below("")}`,
    by: "admin",
    body: { notify_url: null },
    tells: (id) => [["notification.deleted", id("notification"), { ...NOTIFIED, url: at("/m") }, null]],
  },
  {
    route: `POST ${below("/tokens")}`,
    by: "admin",
    body: { name: "CI", scopes: ["publish"], expires_at: "2099-01-01T00:00:00Z" },
    keep: (data) => ({ token_id: data.id }),
    tells: (id) => [["token.created", id("token_id"), null, TOKEN]],
  },
  {
    route: `DELETE ${below("/tokens/{token_id}")}`,
    by: "admin",
    tells: (id) => [["token.revoked", id("token_id"), TOKEN, null]],
  },
  {
    route: `POST ${below("/portal-links")}`,
    by: "admin",
    body: { scopes: ["read"], session_seconds: 3600 },
    keep: (data) => ({ link: data.id }),
    tells: (id) => [["portal_link.created", id("link"), null, { scopes: ["read"], session_seconds: 3600 }]],
  },
  {
    route: `DELETE ${below("/portal-links/{link}")}`,
    by: "token",
    tells: (id) => [["portal_link.revoked", id("link"), { scopes: ["read"], session_seconds: 3600 }, null]],
  },
  {
    route: `POST ${below("/portal-sessions/end")}`,
    by: "token",
    tells: (id) => [["portal_sessions.ended", id("workspace"), null, null]],
  },
  {
    route: `POST ${below("/webhooks")}`,
    by: "token",
    body: {
      url: at("/a"),
      events: ["*"],
      name: "First",
      dialect: "platform",
      secret: "first-s3cr3t-of-16-or-more",
      headers: { Authorization: "Bearer s3cr3t-in-a-header", "X-Plain": "s3cr3t-plain-header" },
      verify_token: "s3cr3t-verify-token",
    },
    keep: (data) => ({ webhook: data.id }),
    tells: (id) => [["webhook.created", id("webhook"), null, WEBHOOK]],
  },
  {
    // The second of these is as it was: that is no change.
    route: `PATCH ${below("/webhooks/{webhook}")}`,
    by: "token",
    body: { events: ["ticket.*"], name: "First", headers: null, verify_token: "s3cr3t-verify-token" },
    tells: (id) => [
      [
        "webhook.updated",
        id("webhook"),
        { events: ["*"], headers: MASK, verify_token: MASK },
        { events: ["ticket.*"], headers: null, verify_token: MASK },
      ],
    ],
  },
  {
    route: `PATCH ${below("/webhooks/{webhook}")}`,
    by: "token",
    body: { max_concurrency: 7, disable_after: { failures: 3, seconds: 60 } },
    tells: (id) => [
      [
        "webhook.updated",
        id("webhook"),
        { max_concurrency: null, disable_after: null },
        { max_concurrency: 7, disable_after: { failures: 3, seconds: 60 } },
      ],
    ],
  },
  {
    route: `PATCH ${below("/webhooks/{webhook}")}`,
    by: "token",
    body: { max_concurrency: null, disable_after: null },
    tells: (id) => [
      [
        "webhook.updated",
        id("webhook"),
        { max_concurrency: 7, disable_after: { failures: 3, seconds: 60 } },
        { max_concurrency: null, disable_after: "never" },
      ],
    ],
  },
  {
    route: `PATCH ${below("/webhooks/{webhook}")}`,
    by: "token",
    body: { disable_after: "default" },
    tells: (id) => [["webhook.updated", id("webhook"), { disable_after: "never" }, { disable_after: null }]],
  },
  {
    route: `PATCH ${below("/webhooks/{webhook}")}`,
    by: "token",
    body: { name: "First" },
    tells: (id) => [["webhook.updated", id("webhook"), {}, {}]],
  },
  {
    route: `POST ${below("/webhooks/{webhook}/rotate-secret")}`,
    by: "token",
    body: { secret: "second-s3cr3t-of-16-or-more" },
    tells: (id) => [["webhook.secret_rotated", id("webhook"), { secret: MASK }, { secret: MASK }]],
  },
  {
    route: `POST ${below("/webhooks/{webhook}/test")}`,
    by: "token",
    body: { event: "ticket.created" },
    keep: (data) => ({ delivery: data.delivery_id }),
    tells: (id) => [["webhook.tested", id("webhook"), null, { event: "ticket.created" }]],
  },
  {
    route: `POST ${below("/deliveries/{delivery}/redeliver")}`,
    by: "token",
    tells: (id) => [["delivery.redelivered", id("delivery"), null, null]],
  },
  {
    route: `POST ${below("/webhooks/{webhook}/replay")}`,
    by: "token",
    body: { since: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00+01:00", status: "all", events: ["ticket.*"] },
    tells: (id) => [
      [
        "webhook.replayed",
        id("webhook"),
        null,
        { since: "2026-01-01T00:00:00.000Z", until: "2026-01-01T23:00:00.000Z", status: "all", events: ["ticket.*"] },
      ],
    ],
  },
  {
    route: `POST ${below("/webhooks/{webhook}/probe")}`,
    by: "token",
    ready: (workspace, id) => makeFailing(workspace, id("webhook")),
    tells: (id) => [["webhook.probed", id("webhook"), null, null]],
  },
  {
    route: `DELETE ${below("/webhooks/{webhook}")}`,
    by: "token",
    tells: (id) => [
      ["webhook.deleted", id("webhook"), { ...WEBHOOK, events: ["ticket.*"], headers: null, verify_token: MASK }, null],
    ],
  },
  {
    route: `POST ${below("/surveys/{survey}/webhooks")}`,
    by: "token",
    body: { url: at("/s") },
    keep: (data) => ({ webhook: data.id }),
    tells: (id) => [["webhook.created", id("webhook"), null, SURVEY]],
  },
  {
    route: `PATCH ${below("/surveys/{survey}/webhooks/{webhook}")}`,
    by: "token",
    body: { status: "paused" },
    tells: (id) => [["webhook.updated", id("webhook"), { status: "active" }, { status: "paused" }]],
  },
  {
    route: `DELETE ${below("/surveys/{survey}/webhooks/{webhook}")}`,
    by: "token",
    tells: (id) => [["webhook.deleted", id("webhook"), { ...SURVEY, status: "paused" }, null]],
  },
  {
    route: "POST /v2.3/webhooks/endpoints",
    by: "token",
    body: { url: at("/c"), events: ["cases.*"] },
    keep: (data) => ({ webhookId: data.id }),
    tells: (id) => [["webhook.created", id("webhookId"), null, CASES]],
  },
  {
    route: "PATCH /v2.3/webhooks/endpoints/{webhookId}",
    by: "token",
    body: { description: "Production" },
    tells: (id) => [["webhook.updated", id("webhookId"), { description: null }, { description: "Production" }]],
  },
  {
    route: "DELETE /v2.3/webhooks/endpoints/{webhookId}",
    by: "token",
    tells: (id) => [["webhook.deleted", id("webhookId"), { ...CASES, description: "Production" }, null]],
  },
  {
    route: `POST ${below("/event-types")}`,
    by: "token",
    body: { name: "order.sent", title: "Sent", sample: { key: "s3cr3t-in-a-sample" } },
    tells: () => [["event_type.created", "order.sent", null, TYPE]],
  },
  {
    route: `PATCH ${below("/event-types/{name}")}`,
    by: "token",
    body: { title: null },
    tells: () => [["event_type.updated", "order.sent", { title: "Sent" }, { title: null }]],
  },
  {
    route: `DELETE ${below("/event-types/{name}")}`,
    by: "token",
    tells: () => [["event_type.deleted", "order.sent", { ...TYPE, title: null }, null]],
  },
  {
    route: `POST ${below("/sources")}`,
    by: "token",
    body: { provider: "github", name: "Repo", credentials: { secret: "s3cr3t-of-github" } },
    keep: (data) => ({ source: data.id }),
    tells: (id) => [["source.created", id("source"), null, SOURCE]],
  },
  {
    route: `PATCH ${below("/sources/{source}")}`,
    by: "token",
    body: { name: "Repository", credentials: { secret: "next-s3cr3t-of-github" } },
    tells: (id) => [
      ["source.updated", id("source"), { name: "Repo", credentials: MASK }, { name: "Repository", credentials: MASK }],
    ],
  },
  {
    route: `DELETE ${below("/sources/{source}")}`,
    by: "token",
    tells: (id) => [["source.deleted", id("source"), { ...SOURCE, name: "Repository" }, null]],
  },
  {
    route: "POST /api/v1/admin/reencrypt",
    by: "admin",
    tells: () => [["secrets.reencrypted", null, null, null]],
  },
  {
    route: "POST /api/v1/workspaces",
    by: "admin",
    body: { name: "Second", external_id: "second", notify_url: at("/n") },
    keep: (data) => ({ workspace: String(data.id), notification: data.notify_webhook }),
    tells: (id) => [
      ["notification.created", id("notification"), null, NOTIFIED],
      [
        "workspace.created",
        id("workspace"),
        null,
        { name: "Second", external_id: "second", community_name: null, plan: null, notify_email: null, streams: 1 },
      ],
    ],
  },
  {
    route: `DELETE ${below("")}`,
    by: "admin",
    tells: (id) => [
      [
        "workspace.deleted",
        id("workspace"),
        { name: "Second", external_id: "second", community_name: null, plan: null, notify_email: null, streams: 1 },
        null,
      ],
    ],
  },
];
