import { createHmac } from "node:crypto";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answer, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const SECRET = "a secret of the user's own";
const DATA = '{"Ticket":{"Id":4478963,"Status":"pending","Score":1.50},"PreviousTicketStatus":"open"}';

/** Bodies as the documents of the systems write them; in capitals what differs from run to run. */
const EXPECTED: Record<string, string> = {
  gopimi: `{"event":"ticket.updated","timestamp":"2026-03-26T14:30:00Z","workspace_id":WORKSPACE,"data":${DATA}}`,
  platform: `{"organizationId":"a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51","eventType":"ticket.updated","eventId":"EVENT","timestamp":"2026-03-26T14:30:00.250Z","data":${DATA}}`,
  cases: `{"id":"EVENT","type":"ticket.updated","timestamp":"2026-03-26T14:30:00Z","data":${DATA}}`,
  community: `{"CommunityName":"yourCompany","EventType":"ticket.updated","Events":[${DATA}],"TicketId":4478963}`,
  standard: `{"type":"ticket.updated","timestamp":"2026-03-26T14:30:00.250Z","data":${DATA}}`,
};

const hmac = (secret: string, body: Buffer) => createHmac("sha256", secret).update(body).digest("hex");

const standardAccepts = ({ headers, body }: Received, secret: string): boolean => {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  new StandardWebhook(secret).verify(body.toString(), given);
  return true;
};

/** By the recipes of the documents, none of them ours. */
const verified: Record<string, (received: Received, secret: string) => boolean> = {
  gopimi: ({ headers, body }, secret) => headers["x-gopimi-signature"] === hmac(secret, body),
  platform: ({ headers, body }, secret) => headers["x-webhook-signature"] === `sha256=${hmac(secret, body)}`,
  community: ({ headers, body }, secret) => headers["x-webhook-signature"] === `sha256=${hmac(secret, body)}`,
  cases: standardAccepts,
  standard: standardAccepts,
};

it("one event reaches five systems, each in its own wire format, byte for byte, each with its own signature", async () => {
  const workspace = await newWorkspace(service);
  const names = { external_id: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", community_name: "yourCompany" };
  expect((await workspace.call("PATCH", "", names)).status).toBe(200);
  receiver.on("/community", (request, response) =>
    answer(200, request.query.get("challenge") ?? "")(request, response),
  );
  const secrets = new Map<string, string>();
  for (const dialect of Object.keys(EXPECTED)) {
    const own = dialect === "platform" || dialect === "community" ? { secret: SECRET } : {};
    const token = dialect === "community" ? { verify_token: "t" } : {};
    const fields = { url: `${receiver.url}/${dialect}`, events: ["ticket.updated"], dialect, ...own, ...token };
    const { secret } = await workspace.webhook(fields);
    secrets.set(dialect, secret);
  }
  // As text: its digits must arrive as they are.
  const body = `{"event":"ticket.updated","timestamp":"2026-03-26T14:30:00.250Z","data":${DATA}}`;
  const event = dataOf(await workspace.call<{ data: { id: string } }>("POST", "/events", body));
  const posts = () => receiver.requests.filter((request) => request.method === "POST");
  await receiver.waitFor(() => posts().length === 5);
  for (const [dialect, expected] of Object.entries(EXPECTED)) {
    const received = posts().find((request) => request.path === `/${dialect}`);
    if (!received) throw new Error(`Nothing for ${dialect}`);
    const filled = expected.replace("WORKSPACE", String(workspace.id)).replace("EVENT", event.id);
    expect(received.body.toString(), dialect).toBe(filled);
    expect(verified[dialect]?.(received, secrets.get(dialect) ?? ""), dialect).toBe(true);
    expect(received.headers["content-type"], dialect).toBe("application/json");
  }
});
