import type { Scope } from "../../src/config/schema.ts";

/**
 * Who may call what, written by hand: the OpenAPI document is held against it, and every route is called by everybody.
 * A new route needs a row here.
 */

/** `public`: anybody. `signed`: a provider, by its signature; no token is asked for. */
type Needs = Scope | "admin" | "public" | "signed";

export interface Row {
  needs: Needs;
  /** What would be done, were it let in: a refusal must not be for a body that is wrong. */
  body?: object;
  /** What it answers who is let in and asks for nothing that can be done; where that is not as for its method. */
  letIn?: number;
}

const inWorkspace = (below: string) => `/api/v1/workspaces/{workspace}${below}`;
const URL = "https://elsewhere.example/hooks";

const WEBHOOK = inWorkspace("/webhooks/{webhook}");
const SURVEY = inWorkspace("/surveys/{survey}/webhooks");
const SOURCE = inWorkspace("/sources/{source}");
const TYPE = inWorkspace("/event-types/{name}");
const ENDPOINT = "/v2.3/webhooks/endpoints/{webhookId}";

export const ROUTE_TABLE: Readonly<Record<string, Row>> = {
  "GET /": { needs: "public" },
  "GET /healthz": { needs: "public" },
  "GET /openapi.json": { needs: "public" },

  "GET /in/{provider}/{source}": { needs: "signed" },
  "POST /in/{provider}/{source}": { needs: "signed" },

  "GET /api/v1/workspaces": { needs: "admin" },
  "POST /api/v1/workspaces": { needs: "admin", body: { name: "Another" } },
  [`GET ${inWorkspace("")}`]: { needs: "read" },
  [`PATCH ${inWorkspace("")}`]: { needs: "admin", body: { name: "Taken over" } },
  [`DELETE ${inWorkspace("")}`]: { needs: "admin" },

  [`GET ${inWorkspace("/tokens")}`]: { needs: "admin" },
  [`POST ${inWorkspace("/tokens")}`]: { needs: "admin", body: { name: "Mine", scopes: ["manage"] } },
  [`GET ${inWorkspace("/tokens/{token_id}")}`]: { needs: "admin" },
  [`DELETE ${inWorkspace("/tokens/{token_id}")}`]: { needs: "admin" },

  [`GET ${inWorkspace("/portal-links")}`]: { needs: "manage" },
  [`POST ${inWorkspace("/portal-links")}`]: { needs: "manage", body: { scopes: ["read"] } },
  [`GET ${inWorkspace("/portal-links/{link}")}`]: { needs: "manage" },
  [`DELETE ${inWorkspace("/portal-links/{link}")}`]: { needs: "manage" },
  // It takes no body, and takes the links away each time.
  [`POST ${inWorkspace("/portal-sessions/end")}`]: { needs: "manage", letIn: 200 },

  "GET /api/v1/audit-log": { needs: "admin" },
  "GET /api/v1/admin/reencrypt": { needs: "admin" },
  "POST /api/v1/admin/reencrypt": { needs: "admin", letIn: 200 },
  [`GET ${inWorkspace("/audit-log")}`]: { needs: "manage" },

  [`GET ${inWorkspace("/usage")}`]: { needs: "read" },

  [`GET ${inWorkspace("/webhooks")}`]: { needs: "read" },
  [`POST ${inWorkspace("/webhooks")}`]: { needs: "manage", body: { url: URL, events: ["*"] } },
  [`GET ${WEBHOOK}`]: { needs: "read" },
  [`PATCH ${WEBHOOK}`]: { needs: "manage", body: { url: URL } },
  [`DELETE ${WEBHOOK}`]: { needs: "manage" },
  [`POST ${WEBHOOK}/rotate-secret`]: { needs: "manage", body: {} },
  [`POST ${WEBHOOK}/test`]: { needs: "manage", body: {} },
  // It takes no body, and is not failing.
  [`POST ${WEBHOOK}/probe`]: { needs: "manage", letIn: 409 },
  [`POST ${WEBHOOK}/replay`]: { needs: "manage", body: { since: "2026-01-01T00:00:00Z", status: "all" } },
  [`GET ${WEBHOOK}/health`]: { needs: "read" },
  [`GET ${WEBHOOK}/stats`]: { needs: "read" },
  [`GET ${inWorkspace("/webhook-stats")}`]: { needs: "read" },
  [`GET ${WEBHOOK}/deliveries`]: { needs: "read" },
  [`GET ${inWorkspace("/deliveries/{delivery}")}`]: { needs: "read" },
  // It takes no body: there is nothing that could be wrong with it.
  [`POST ${inWorkspace("/deliveries/{delivery}/redeliver")}`]: { needs: "manage", letIn: 202 },

  [`GET ${SURVEY}`]: { needs: "read" },
  [`POST ${SURVEY}`]: { needs: "manage", body: { url: URL } },
  [`GET ${SURVEY}/{webhook}`]: { needs: "read" },
  [`PATCH ${SURVEY}/{webhook}`]: { needs: "manage", body: { url: URL } },
  [`DELETE ${SURVEY}/{webhook}`]: { needs: "manage" },

  [`GET ${inWorkspace("/event-types")}`]: { needs: "read" },
  [`POST ${inWorkspace("/event-types")}`]: { needs: "manage", body: { name: "order.stolen" } },
  [`PATCH ${TYPE}`]: { needs: "manage", body: { title: "Theirs" } },
  [`DELETE ${TYPE}`]: { needs: "manage" },

  [`GET ${inWorkspace("/events")}`]: { needs: "read" },
  [`POST ${inWorkspace("/events")}`]: { needs: "publish", body: { event: "ticket.created", data: {} } },
  [`GET ${inWorkspace("/events/{event}")}`]: { needs: "read" },

  [`GET ${inWorkspace("/sources")}`]: { needs: "read" },
  [`POST ${inWorkspace("/sources")}`]: {
    needs: "manage",
    body: { provider: "github", name: "Theirs", credentials: { secret: "theirs-and-not-ours" } },
  },
  [`GET ${SOURCE}`]: { needs: "read" },
  [`PATCH ${SOURCE}`]: { needs: "manage", body: { name: "Theirs" } },
  [`DELETE ${SOURCE}`]: { needs: "manage" },
  [`GET ${SOURCE}/rejections`]: { needs: "read" },
  [`GET ${SOURCE}/receipts`]: { needs: "read" },
  [`GET ${SOURCE}/receipts/{receipt}`]: { needs: "read" },
  [`GET ${SOURCE}/receipts/{receipt}/attachments/{attachment}`]: { needs: "read" },

  // These work on the workspace of the token, which the admin's has none of.
  "GET /v2.3/webhooks/endpoints": { needs: "read" },
  "POST /v2.3/webhooks/endpoints": { needs: "manage", body: { url: URL, events: ["cases.*"] } },
  [`GET ${ENDPOINT}`]: { needs: "read" },
  [`PATCH ${ENDPOINT}`]: { needs: "manage", body: { url: URL } },
  [`DELETE ${ENDPOINT}`]: { needs: "manage" },
};
