import { setTimeout as sleep } from "node:timers/promises";
import { Response as Answer } from "miniflare";
import { builtInType } from "../../src/catalogue/index.ts";
import { type Callbacks, furnishSources } from "./acme-sources.ts";
import { eventually } from "./eventually.ts";
import { seeded } from "./random.ts";
import { dataOf, type NewEvent, type Workspace } from "./workspace.ts";

/** What a support desk has after a week with Posthorn: for pictures, and far more than the tests of pages take. */

/** The plans that the pictures' deployment has. */
export const PLANS = JSON.stringify({
  starter: { webhooks: 10, sources: 4, events: 2500 },
  growth: { webhooks: 100, sources: 20, events: 1_000_000 },
});

const draw = seeded(7);
/** Of what the CRM refuses, however often it comes. */
const UNKNOWN = /"id":\d*77\b/;
const JSON_TYPE = { "content-type": "application/json" };

/** How the customers' servers answer. `day` grows from 0 to 1 while the week goes by. */
export interface Servers {
  day: number;
  answer(request: { url: string; text(): Promise<string> }): Promise<Answer>;
}

export function servers(): Servers {
  const all: Servers = {
    day: 0,
    async answer(request) {
      const { hostname } = new URL(request.url);
      const body = await request.text();
      await sleep(20 + 90 * draw() ** 3 + (draw() < 0.04 ? 240 : 0));
      if (hostname.startsWith("billing") && all.day > 0.82) {
        return new Answer('{"error":"database is locked"}', { status: 500, headers: JSON_TYPE });
      }
      if (hostname.startsWith("erp") && all.day > 0.95) {
        return new Answer('{"error":"maintenance"}', { status: 503, headers: JSON_TYPE });
      }
      // A short bad spell in the middle of the week, and a request now and then.
      const bad = all.day > 0.52 && all.day < 0.57 ? 0.45 : 0.02;
      if (hostname.startsWith("crm") && draw() < bad) {
        const fault = '{"error":"service_unavailable","message":"Too many open connections"}';
        return new Answer(fault, { status: 503, headers: { ...JSON_TYPE, "retry-after": "1" } });
      }
      if (hostname.startsWith("crm") && UNKNOWN.test(body)) {
        const fault = '{"error":"unprocessable","message":"No field is mapped to priority"}';
        return new Answer(fault, { status: 422, headers: JSON_TYPE });
      }
      return new Answer('{"received":true}', { status: 200, headers: { ...JSON_TYPE, server: "nginx" } });
    },
  };
  return all;
}

const TYPES = [
  ...["ticket.created", "ticket.updated", "ticket.updated", "ticket.message_created", "ticket.message_created"],
  ...["contact.created", "contact.updated", "conversation.created", "order.sent"],
];

const OWN_TYPES = [
  {
    ...{ name: "order.sent", title: "Order sent", description: "A parcel has left the warehouse." },
    sample: { id: 7012, carrier: "DHL", parcels: 2 },
    schema: {
      type: "object",
      required: ["id", "carrier"],
      properties: { id: { type: "integer" }, carrier: { type: "string" }, parcels: { type: "integer" } },
    },
  },
  {
    ...{ name: "refund.approved", title: "Refund approved", description: "Finance has approved a refund." },
    sample: { id: 31, amount: "49.00", currency: "EUR" },
  },
];

const SUBJECTS = ["Cannot access dashboard", "Charged twice in March", "How do I export contacts?", "API returns 403"];

let last = 1200;

function event(type = TYPES[Math.floor(draw() * TYPES.length)] ?? "ticket.created", id = last++): NewEvent {
  if (type === "order.sent") return { event: type, data: { id, carrier: "DHL", parcels: 1 + (id % 3) } };
  const sample = builtInType(type, "gopimi")?.sample as Record<string, unknown>;
  const subject = SUBJECTS[Math.floor(draw() * SUBJECTS.length)];
  return { event: type, data: { ...sample, id, ...("subject" in sample && { subject }) } };
}

/** Publishes events one by one, as a product does; and lets providers call, who report on messages and payments. */
export async function work(
  workspace: Workspace,
  servers: Servers,
  count: number,
  callbacks?: Callbacks,
): Promise<void> {
  for (let n = 0; n < count; n++) {
    if (callbacks) servers.day = n / count;
    await workspace.publish(event());
    if (callbacks && n % 12 === 5) await callbacks();
  }
}

/** Publishes what the CRM refuses. */
export const trouble = (workspace: Workspace) => workspace.publish(event("ticket.updated", 1777));

/** What there is, by its id. */
export type Acme = Record<"webhook" | "warehouse" | "disabled" | "failing" | "source" | "token", string>;

/** Webhooks, types and tokens, and a week's events. @throws Error where something is refused */
export async function furnishRichly(workspace: Workspace, servers: Servers): Promise<Acme> {
  for (const type of OWN_TYPES) dataOf(await workspace.call<{ data: unknown }>("POST", "/event-types", type));
  const crm = await workspace.webhook({
    ...{ url: "https://crm.acme.example/hooks/support", name: "CRM sync", events: ["ticket.*", "contact.*"] },
    ...{ dialect: "standard", retry_policy: [1, 2, 5], description: "Keeps contacts and tickets in step." },
    headers: { Authorization: "Bearer of-the-receiver", "X-Team": "support" },
  });
  const billing = await workspace.webhook({
    ...{ url: "https://billing.acme.example/webhooks/posthorn", name: "Billing" },
    ...{ events: ["ticket.created", "order.sent"], retry_policy: [1, 1, 2, 60, 600] },
    disable_after: { failures: 3, seconds: 0 },
  });
  const warehouse = await workspace.webhook({
    url: "https://ingest.warehouse.acme.example/v1/events",
    name: "Data warehouse",
  });
  const erp = await workspace.webhook({
    ...{ url: "https://erp.acme.example/hooks/contacts", name: "ERP", events: ["contact.*", "order.sent"] },
    ...{ dialect: "platform", retry_policy: [1, 1, 1800] },
  });
  await workspace.webhook({
    ...{ url: "https://alerts.acme.example/support", name: "Slack alerts", events: ["ticket.created"] },
    dialect: "platform",
  });
  await workspace.webhook({
    ...{
      url: "https://staging.acme.example/webhooks/mirror",
      events: ["contact.*"],
      dialect: "cases",
      status: "paused",
    },
  });
  const { source, callbacks } = await furnishSources(workspace);
  let token = "";
  for (const [name, scopes, days] of [
    ["Backend, production", ["publish"], null],
    ["Backend, staging", ["publish"], 20],
    ["Ada's laptop", ["read", "manage"], 80],
    ["Grafana", ["read"], null],
  ] as const) {
    const fields = { name, scopes, ...(days && { expires_in: days * 86_400 }) };
    token = dataOf(await workspace.call<{ data: { id: string } }>("POST", "/tokens", fields)).id;
  }

  await work(workspace, servers, 900, callbacks);
  await eventually(
    () => workspace.getWebhook(billing.id),
    ({ status }) => status === "disabled",
  );
  await eventually(
    () => workspace.health(erp.id),
    ({ failed_probes }) => failed_probes === 2,
  );
  await eventually(
    () => workspace.deliveries(crm.id),
    (all) => all.every(({ status }) => status !== "pending"),
    { everyMs: 1000 },
  );
  // What it refused at last was that event's fault alone.
  await workspace.publish(event("contact.created"));
  await eventually(
    () => workspace.health(crm.id),
    ({ streak }) => streak === 0,
  );
  return { webhook: crm.id, warehouse: warehouse.id, disabled: billing.id, failing: erp.id, source, token };
}

/** The ids that stand in the addresses of pages: of a delivery that took several attempts, and its event. */
export async function idsOf(workspace: Workspace, { webhook, source, token }: Acme): Promise<Record<string, string>> {
  const rows = await workspace.deliveries(webhook);
  const retried = [3, 2, 1].flatMap(
    (n) => rows.find(({ attempts, status }) => attempts === n && status === "delivered") ?? [],
  )[0];
  const path = `/sources/${source}/receipts?limit=10`;
  const receipts = dataOf(await workspace.call<{ data: { id: string; events: string[] | null }[] }>("GET", path));
  return {
    ...{ workspace: String(workspace.id), webhook, source, token, provider: "github", name: "order.sent" },
    ...{ delivery: retried?.id ?? "", event: retried?.event_id ?? "" },
    receipt: receipts.find(({ events }) => events?.length)?.id ?? "",
  };
}

/** Sends the last hours' deliveries to the warehouse once more. @returns the address of the page that tells how far that is */
export async function replayed(workspace: Workspace, { warehouse }: Acme): Promise<string> {
  const range = { since: new Date(Date.now() - 4 * 3_600_000).toISOString(), until: new Date().toISOString() };
  const answer = await workspace.call<{ data: { replayed: number } }>("POST", `/webhooks/${warehouse}/replay`, {
    ...{ ...range, status: "all" },
  });
  const query = new URLSearchParams({ ...range, status: "all", total: String(dataOf(answer).replayed) });
  return `/portal/${workspace.id}/webhooks/${warehouse}/replay/progress?${query}`;
}

/** Makes links for users, of which one is in by now. */
export async function linked(workspace: Workspace, { url }: { url: string }): Promise<void> {
  const backend = await workspace.token("read", "manage");
  for (const [token, opens] of [
    [backend, true],
    [backend, false],
    [undefined, false],
  ] as const) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const link = dataOf(await workspace.call<{ data: { url: string } }>("POST", "/portal-links", {}, headers));
    if (opens) await fetch(new URL(new URL(link.url).pathname, url), { redirect: "manual" });
  }
}
