import { type Answer, type Api, api } from "./api.ts";
import { eventually } from "./eventually.ts";
import type { SpawnedService } from "./service.ts";

/** A webhook as its creation answers. */
export interface Webhook {
  id: string;
  url: string;
  secret: string;
  status: string;
  disabled_reason: string | null;
  max_concurrency: number | null;
  disable_after: { failures: number; seconds: number } | null;
}

export interface Published {
  id: string;
  event: string;
  timestamp: string;
  duplicate: boolean;
}

export interface DeliveryRow {
  created_at: string;
  id: string;
  event_id: string;
  event: string;
  status: "pending" | "delivered" | "failed" | "expired";
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  next_attempt_at: string | null;
  waiting_for_endpoint: boolean;
}

export interface Attempt {
  number: number;
  at: string;
  status: number | null;
  duration_ms: number;
  error: string | null;
  response_headers: Record<string, string> | null;
  response_body: string;
  trigger: string;
}

export type Delivery = Omit<DeliveryRow, "attempts"> & { attempts: Attempt[]; webhook_id: string };

export interface Health {
  status: string;
  failing: boolean;
  failing_since: string | null;
  failed_probes: number;
  next_probe_at: string | null;
  streak: number;
  window: number;
  waiting: number;
  in_flight: number;
}

export interface NewEvent {
  event: string;
  data: unknown;
  timestamp?: string;
  channels?: string[];
  idempotency_key?: string;
}

/** A tenant of its own, spoken to as the admin. Each call throws, with the answer, unless it succeeded. */
export interface Workspace {
  id: number;
  /** `/api/v1/workspaces/<id>` */
  path: string;
  /** For what the calls below do not do: path is below the workspace's own. */
  call: Api;
  webhook(fields: { url: string; events?: string[] } & Record<string, unknown>): Promise<Webhook>;
  getWebhook(id: string): Promise<Webhook>;
  change(id: string, changes: Record<string, unknown>): Promise<Webhook>;
  health(id: string): Promise<Health>;
  /** Makes a token and tells its text. */
  token(...scopes: string[]): Promise<string>;
  publish(event: NewEvent): Promise<Published>;
  publishAll(events: NewEvent[]): Promise<Published[]>;
  /** All pages, the newest delivery first. */
  deliveries(webhook: string, filter?: string): Promise<DeliveryRow[]>;
  delivery(id: string): Promise<Delivery>;
  /** The webhook's only delivery, once it has that many attempts behind it and nothing on its way. */
  attempted(webhook: string, attempts?: number): Promise<Delivery>;
}

/** The `data` of an answer that succeeded. */
export function dataOf<T>(answer: Answer<{ data: T }>): T {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.json.data;
}

/** Makes a workspace. */
export async function newWorkspace(
  service: Pick<SpawnedService, "url" | "adminToken">,
  name = "Acme",
): Promise<Workspace> {
  const made = await adminOf(service)<{ data: { id: number } }>("POST", "/api/v1/workspaces", { name });
  return workspaceOf(service, dataOf(made).id);
}

// The service's address may change with a restart.
const adminOf =
  (service: Pick<SpawnedService, "url" | "adminToken">): Api =>
  (...request) =>
    api(service.url, service.adminToken)(...request);

/** One that was made before. */
export function workspaceOf(service: Pick<SpawnedService, "url" | "adminToken">, id: number): Workspace {
  const admin = adminOf(service);
  const path = `/api/v1/workspaces/${id}`;
  const call: Api = (method, below, ...rest) => admin(method, path + below, ...rest);
  const ask = async <T>(method: string, below: string, body?: unknown) =>
    dataOf(await call<{ data: T }>(method, below, body));

  const workspace: Workspace = {
    id,
    path,
    call,
    webhook: (fields) => ask("POST", "/webhooks", { events: ["*"], ...fields }),
    getWebhook: (webhook) => ask("GET", `/webhooks/${webhook}`),
    change: (webhook, changes) => ask("PATCH", `/webhooks/${webhook}`, changes),
    token: async (...scopes) =>
      (await ask<{ token: string }>("POST", "/tokens", { name: scopes.join(), scopes })).token,
    health: (webhook) => ask("GET", `/webhooks/${webhook}/health`),
    publish: (event) => ask("POST", "/events", event),
    publishAll: (events) => ask("POST", "/events", { events }),
    async deliveries(webhook, filter = "") {
      const rows: DeliveryRow[] = [];
      for (let cursor = ""; ; ) {
        const answer = await call<{ data: DeliveryRow[]; next_cursor: string | null }>(
          "GET",
          `/webhooks/${webhook}/deliveries?limit=100${filter && `&${filter}`}${cursor && `&cursor=${cursor}`}`,
        );
        rows.push(...dataOf(answer));
        if (answer.json.next_cursor === null) return rows;
        cursor = answer.json.next_cursor;
      }
    },
    delivery: (delivery) => ask("GET", `/deliveries/${delivery}`),
    async attempted(webhook, attempts = 1) {
      const [row] = await eventually(
        () => workspace.deliveries(webhook),
        ([only]) => only?.attempts === attempts && (only.status !== "pending" || only.next_attempt_at !== null),
      );
      return workspace.delivery(row?.id ?? "");
    },
  };
  return workspace;
}
