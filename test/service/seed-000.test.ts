import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/** The document's example, with its own white space. */
const EXAMPLE = `{
  "event": "ticket.created",
  "timestamp": "2026-03-26T14:30:00Z",
  "workspace_id": 1,
  "data": {
    "id": 42,
    "subject": "Ticket #42 - Cannot access dashboard",
    "status": "open",
    "contact": { "id": 5, "name": "Jane Doe", "email": "[email protected]" },
    "agent": null,
    "created_at": "2026-03-26T14:30:00Z"
  }
}`;

const ON_THE_WIRE =
  '{"event":"ticket.created","timestamp":"2026-03-26T14:30:00Z","workspace_id":1,"data":{"id":42,' +
  '"subject":"Ticket #42 - Cannot access dashboard","status":"open",' +
  '"contact":{"id":5,"name":"Jane Doe","email":"[email protected]"},"agent":null,' +
  '"created_at":"2026-03-26T14:30:00Z"}}';

/** The document's PHP example; the command line has the body on stdin. */
const PHP = `
$webhookSecret = getenv('WEBHOOK_SECRET');
$payload = file_get_contents('php://stdin');
$signature = hash_hmac('sha256', $payload, $webhookSecret);

if (!hash_equals($signature, $_SERVER['HTTP_X_GOPIMI_SIGNATURE'])) {
    http_response_code(401);
    exit('Invalid signature');
}
echo 'Valid';
`;

const hasPhp = spawnSync("php", ["--version"]).status === 0;

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let webhook: Webhook;
let delivered: Received;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  // The first one of a new service, so that its id is the example's.
  workspace = await newWorkspace(service);
  webhook = await workspace.webhook({ url: `${receiver.url}/webhooks/gopimi`, events: ["ticket.created"] });
  const published = await workspace.call("POST", "/events", EXAMPLE.replace('  "workspace_id": 1,\n', ""));
  expect(published.status).toBe(202);
  const [first] = await receiver.waitFor(1);
  if (!first) throw new Error("Nothing arrived");
  delivered = first;
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

describe("the helpdesk's documented webhooks", () => {
  it("are created by the documented request", async () => {
    const body = `{
    "url": "https://your-app.com/webhooks/gopimi",
    "events": ["ticket.created", "ticket.updated"]
  }`;
    const other = await newWorkspace(service);
    const created = await other.call<{ data: Webhook & { dialect: string } }>("POST", "/webhooks", body);
    expect(created.status).toBe(201);
    expect(created.json.data).toMatchObject({
      url: "https://your-app.com/webhooks/gopimi",
      events: ["ticket.created", "ticket.updated"],
      status: "active",
      dialect: "gopimi",
    });
    expect(created.json.data.secret).toMatch(/^\S{16,}$/);
  });

  it("carry the documented payload, byte for byte, compact and with its keys in that order", () => {
    expect(delivered.method).toBe("POST");
    expect(delivered.path).toBe("/webhooks/gopimi");
    expect(delivered.headers["content-type"]).toBe("application/json");
    expect(delivered.body.toString("latin1")).toBe(ON_THE_WIRE);
  });

  it("name the event and the delivery in headers", async () => {
    expect(delivered.headers["x-webhook-event"]).toBe("ticket.created");
    const [row] = await workspace.deliveries(webhook.id);
    expect(delivered.headers["x-webhook-delivery"]).toBe(row?.id);
  });

  it("pass the documented Node check, and a changed body or another secret does not", () => {
    const signature = (secret: string, body: Buffer | string) =>
      createHmac("sha256", secret).update(body).digest("hex");
    expect(delivered.headers["x-gopimi-signature"]).toBe(signature(webhook.secret, delivered.body));
    expect(delivered.headers["x-gopimi-signature"]).not.toBe(signature(webhook.secret, `${ON_THE_WIRE} `));
    expect(delivered.headers["x-gopimi-signature"]).not.toBe(signature(`${webhook.secret}0`, delivered.body));
  });

  it.skipIf(!hasPhp)("pass the documented PHP check, and a changed body does not", () => {
    const check = (input: Buffer | string) => {
      const header = String(delivered.headers["x-gopimi-signature"]);
      const env = { ...process.env, WEBHOOK_SECRET: webhook.secret, HTTP_X_GOPIMI_SIGNATURE: header };
      return spawnSync("php", ["-r", PHP], { input, env, encoding: "utf8" }).stdout;
    };
    expect(check(delivered.body)).toBe("Valid");
    expect(check(`${ON_THE_WIRE} `)).toBe("Invalid signature");
  });
});
