import { twilioSigned } from "../../src/inbound/providers/twilio-sms/cases.ts";
import { answer } from "./behaviours.ts";
import { eventually } from "./eventually.ts";
import { deliver, forge, sample } from "./provider-callbacks.ts";
import type { Receiver } from "./receiver.ts";
import { dataOf, type Workspace } from "./workspace.ts";

/** A workspace in which every page has something to show, and the ids that stand in the pages' addresses. */

const AUTH_TOKEN = "12345678901234567890123456789012";

const TICKET = {
  subject: "Ticket #42 - Cannot access dashboard",
  status: "open",
  contact: { id: 5, name: "Jane Doe", email: "jane.doe@example.com" },
  agent: null,
};

/** Answers as a server on a bad day: two of three requests at once, the third with a fault. */
function badDay() {
  let n = 0;
  const fault = answer(503, '{"error":"database is locked"}', { "content-type": "application/json" });
  const fine = answer(200, '{"received":true}', { "content-type": "application/json" });
  return (...call: Parameters<typeof fine>) => (++n % 3 === 0 ? fault : fine)(...call);
}

export interface Furnished {
  /** By the names in the pages' paths. */
  ids: Record<string, string>;
  /** The webhook that was disabled. */
  disabled: string;
}

/** Furnishes a workspace. @throws Error where something is refused */
export async function furnish(workspace: Workspace, receiver: Receiver): Promise<Furnished> {
  receiver.on("/crm", badDay());
  receiver.on("/billing", answer(500, '{"error":"database is locked"}', { "content-type": "application/json" }));
  const at = (path: string) => receiver.url + path;
  const webhook = await workspace.webhook({
    ...{ url: at("/crm"), name: "CRM sync", events: ["ticket.*", "contact.*"], retry_policy: [1, 2, 4, 60, 600] },
    ...{ dialect: "standard", headers: { Authorization: "Bearer of-the-receiver", "X-Team": "support" } },
  });
  const broken = await workspace.webhook({
    ...{ url: at("/billing"), name: "Billing", events: ["ticket.created"], retry_policy: Array(10).fill(1) },
    disable_after: { failures: 3, seconds: 0 },
  });
  await workspace.webhook({ url: at("/warehouse"), name: "Data warehouse", events: ["*"] });
  await workspace.webhook({ url: at("/mirror"), events: ["contact.*"], status: "paused", dialect: "cases" });
  const type = { name: "order.sent", title: "Order sent", sample: { id: 7 }, schema: { type: "object" } };
  await workspace.call("POST", "/event-types", type);

  for (let n = 0; n < 24; n++) {
    const event = ["ticket.created", "ticket.updated", "contact.created"][n % 3] ?? "";
    await workspace.publish({ event, data: { id: n, ...TICKET } });
  }
  await eventually(
    () => workspace.getWebhook(broken.id),
    ({ status }) => status === "disabled",
  );
  const rows = await eventually(
    () => workspace.deliveries(webhook.id),
    (all) => all.length >= 24 && all.every(({ status }) => status === "delivered"),
  );
  const retried = rows.find(({ attempts }) => attempts > 1) ?? rows[0];

  const source = dataOf(
    await workspace.call<{ data: { id: string; callback_url: string } }>("POST", "/sources", {
      ...{ provider: "twilio-sms", name: "Support number", credentials: { auth_token: AUTH_TOKEN } },
    }),
  );
  for (const kind of ["status queued", "status delivered", "inbound text"]) {
    await deliver(source.callback_url, twilioSigned(sample("twilio-sms", kind), AUTH_TOKEN)(source.callback_url));
  }
  const genuine = twilioSigned(sample("twilio-sms", "status delivered"), AUTH_TOKEN)(source.callback_url);
  await deliver(source.callback_url, forge(genuine, ["body", "14155552671"]));
  const [receipt] = dataOf(
    await workspace.call<{ data: { id: string }[] }>("GET", `/sources/${source.id}/receipts?limit=1`),
  );
  const token = dataOf(
    await workspace.call<{ data: { id: string } }>("POST", "/tokens", {
      ...{ name: "Publisher", scopes: ["publish"], expires_in: 20 * 86_400 },
    }),
  );
  await workspace.call("POST", "/tokens", { name: "Ada's laptop", scopes: ["read", "manage"] });
  await workspace.call("POST", "/portal-links");
  return {
    disabled: broken.id,
    ids: {
      ...{ workspace: String(workspace.id), webhook: webhook.id, delivery: retried?.id ?? "" },
      ...{ event: retried?.event_id ?? "", name: type.name, provider: "github", source: source.id },
      ...{ receipt: receipt?.id ?? "", token: token.id },
    },
  };
}

/** The address of a page, below the service's own. @throws Error where an id is missing */
export const addressOf = (path: string, ids: Record<string, string>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined || id === "") throw new Error(`There is no ${name}`);
    return encodeURIComponent(id);
  });
