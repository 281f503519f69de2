import { spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listEventTypes } from "../support/event-types.ts";
import { eventually } from "../support/eventually.ts";
import { type Inbox, openInbox } from "../support/inbox.ts";
import { own } from "../support/own.ts";
import { signedIn } from "../support/portal.ts";
import { answer, delayed, failTimes, type Handler, hang, type Receiver, startReceiver } from "../support/receiver.ts";
import { type Problem, refusal } from "../support/refusal.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import {
  type Attempt,
  type DeliveryRow,
  dataOf,
  type NewEvent,
  newWorkspace,
  type Webhook,
  type Workspace,
} from "../support/workspace.ts";

/*
 * The helpdesk's page about its webhooks, statement by statement, in its order. What it promises must be true of the
 * service as it is deployed, to somebody who knows nothing but that page.
 */

/** The document's command. */
const CURL = String.raw`curl -X POST \
  -H "Authorization: Bearer YOUR_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://your-app.com/webhooks/gopimi",
    "events": ["ticket.created", "ticket.updated"]
  }' \
  /api/v1/workspaces/WORKSPACE_ID/webhooks`;

/** Its body, white space and all. */
const CURL_BODY = `{
    "url": "https://your-app.com/webhooks/gopimi",
    "events": ["ticket.created", "ticket.updated"]
  }`;

/** The document's table. */
const EVENT_TYPES = [
  ["ticket.created", "New ticket created"],
  ["ticket.updated", "Ticket fields changed (status, priority, agent, etc.)"],
  ["ticket.deleted", "Ticket moved to trash or permanently deleted"],
  ["ticket.message_created", "New message added to a ticket"],
  ["conversation.created", "New conversation created (shared or personal inbox)"],
  ["conversation.updated", "Conversation fields changed (shared or personal inbox)"],
  ["conversation.deleted", "Conversation moved to trash or permanently deleted (shared or personal inbox)"],
  ["conversation.message_created", "New message added to a conversation (shared or personal inbox)"],
  ["contact.created", "New contact created"],
  ["contact.updated", "Contact fields changed"],
  ["contact.deleted", "Contact deleted"],
  ["sla.first_response_breached", "SLA first response deadline missed"],
  ["sla.resolution_breached", "SLA resolution deadline missed"],
  ["sla.first_response_warning", "SLA first response deadline approaching"],
  ["sla.resolution_warning", "SLA resolution deadline approaching"],
] as const;

const CONVERSATION_TYPES = EVENT_TYPES.map(([name]) => name).filter((name) => name.startsWith("conversation."));

/** The document's payload. Its e-mail address holds a no-break space, which takes two bytes and must arrive as those. */
const EXAMPLE = `{
  "event": "ticket.created",
  "timestamp": "2026-03-26T14:30:00Z",
  "workspace_id": 1,
  "data": {
    "id": 42,
    "subject": "Ticket #42 - Cannot access dashboard",
    "status": "open",
    "contact": { "id": 5, "name": "Jane Doe", "email": "[email\u00a0protected]" },
    "agent": null,
    "created_at": "2026-03-26T14:30:00Z"
  }
}`;

/** The same, compact, as it goes over the wire. */
const EXAMPLE_SENT =
  '{"event":"ticket.created","timestamp":"2026-03-26T14:30:00Z","workspace_id":1,"data":{"id":42,' +
  '"subject":"Ticket #42 - Cannot access dashboard","status":"open",' +
  '"contact":{"id":5,"name":"Jane Doe","email":"[email\u00a0protected]"},"agent":null,' +
  '"created_at":"2026-03-26T14:30:00Z"}}';

/** The document's PHP example between the secret's definition and what a receiver does with a request that it believes. */
const PHP = `<?php
$webhookSecret = getenv('WEBHOOK_SECRET');
$payload = file_get_contents('php://input');
$signature = hash_hmac('sha256', $payload, $webhookSecret);

if (!hash_equals($signature, $_SERVER['HTTP_X_GOPIMI_SIGNATURE'])) {
    http_response_code(401);
    exit('Invalid signature');
}
echo 'Valid';
`;

/** The document's Node.js example as a receiver. */
const nodeExample =
  (webhookSecret: string): Handler =>
  (req, res) => {
    const requestBody = req.body;
    const signature = createHmac("sha256", webhookSecret).update(requestBody).digest("hex");
    if (signature !== req.headers["x-gopimi-signature"]) return answer(401, "Invalid signature")(req, res);
    return answer(200, "Valid")(req, res);
  };

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

const TICKET: NewEvent = { event: "ticket.created", data: { id: 42 } };

let service: SpawnedService;
/** As it is deployed: with targets that are reachable from the internet alone. */
let strict: SpawnedService;
let receiver: Receiver;

/** A webhook in a workspace of its own, to which one event was published. */
interface Run {
  workspace: Workspace;
  webhook: Webhook;
  inbox: Inbox;
}

async function run(handler: Handler, fields: Record<string, unknown> = {}): Promise<Run> {
  const inbox = openInbox(receiver, handler);
  const workspace = await newWorkspace(service);
  const webhook = await workspace.webhook({ url: inbox.url, events: ["ticket.created"], ...fields });
  await workspace.publish(TICKET);
  return { workspace, webhook, inbox };
}

/** Each attempt answers another status with another body, and takes longer than the one before. */
const SIX_ANSWERS = [500, 404, 301, 503, 400, 502].map((status, index) => ({
  status,
  body: `This was attempt ${index + 1}`,
  tookMs: 30 * (index + 1),
}));

function sixAnswers(): Handler {
  let calls = 0;
  return (request, response) => {
    const { status, body, tookMs } = SIX_ANSWERS[calls++] ?? { status: 200, body: "too many", tookMs: 0 };
    return delayed(tookMs, answer(status, body))(request, response);
  };
}

/** What takes seconds: begun before everything else, so that it passes while the rest goes on. */
let slow: { example: Run; timedOut: Run; sixTimes: Run; doubling: Run };

beforeAll(async () => {
  [service, strict, receiver] = await Promise.all([
    spawnService(),
    spawnService({ vars: { ALLOW_PRIVATE_TARGETS: "false" } }),
    startReceiver(),
  ]);

  // The first workspace of a new service, so that its id is the example's.
  const workspace = await newWorkspace(service);
  const inbox = openInbox(receiver);
  const webhook = await workspace.webhook({ url: inbox.url, events: ["ticket.created"] });
  const published = await workspace.call("POST", "/events", EXAMPLE.replace('  "workspace_id": 1,\n', ""));
  expect(published.status).toBe(202);

  let calls = 0;
  const hangsOnce: Handler = (request, response) => (++calls === 1 ? hang() : answer(200))(request, response);
  const [timedOut, sixTimes, doubling] = await Promise.all([
    run(hangsOnce, { retry_policy: [1] }),
    run(sixAnswers(), { retry_policy: [1, 1, 1, 1, 1] }),
    run(answer(500), { retry_policy: [1, 2, 4] }),
  ]);
  slow = { example: { workspace, webhook, inbox }, timedOut, sixTimes, doubling };
});

afterAll(() => Promise.all([service.stop(), strict.stop(), receiver.close()]));

describe("Webhooks", () => {
  // Within a second, says the benchmark, which looks at the clock.
  it("notify you in real time: of each event before there is another one", async () => {
    const inbox = openInbox(receiver);
    const workspace = await newWorkspace(service);
    await workspace.webhook({ url: inbox.url });
    for (let n = 1; n <= 5; n++) {
      await workspace.publish(TICKET);
      expect(await inbox.arrived(n)).toHaveLength(n);
    }
  });
});

describe("Overview", () => {
  it("when events occur, an HTTP POST request is sent to your server", async () => {
    const { inbox } = await run(answer(200));
    expect(await inbox.first()).toMatchObject({ method: "POST", path: inbox.path });
    expect(inbox.requests()).toHaveLength(1);
  });

  it("that is: tickets created, conversations updated, contacts changed, SLA breached", async () => {
    const inbox = openInbox(receiver);
    const workspace = await newWorkspace(service);
    const events = ["ticket.created", "conversation.updated", "contact.updated", "sla.resolution_breached"];
    await workspace.webhook({ url: inbox.url, events });
    for (const event of events) await workspace.publish({ event, data: { id: 1, owner_id: null } });
    await inbox.arrived(4);
    const named = inbox.requests().map(({ body }) => (JSON.parse(body.toString()) as { event: string }).event);
    expect(named.sort()).toEqual(events.toSorted());
  });

  it("a workspace can have multiple webhooks, each subscribed to specific event types", async () => {
    const workspace = await newWorkspace(service);
    const subscriptions = [["ticket.created"], ["ticket.created", "contact.created"], ["contact.deleted"]];
    const inboxes: Inbox[] = [];
    for (const events of subscriptions) {
      const inbox = openInbox(receiver);
      inboxes.push(inbox);
      await workspace.webhook({ url: inbox.url, events });
    }
    const types = ["ticket.created", "contact.created", "ticket.updated", "contact.deleted"];
    const received = () => inboxes.map((inbox) => inbox.requests().map(({ headers }) => headers["x-webhook-event"]));
    // A second round shows that nothing of the first was still to come.
    for (let round = 1; round <= 2; round++) {
      await workspace.publishAll(types.map((event) => ({ event, data: {} })));
      await Promise.all(inboxes.map((inbox, index) => inbox.arrived(round * (subscriptions[index]?.length ?? 0))));
    }
    expect(received().map((names) => names.sort())).toEqual(
      subscriptions.map((events) => [...events, ...events].sort()),
    );
    const listed = await workspace.call<{ data: { events: string[] }[] }>("GET", "/webhooks");
    expect(dataOf(listed).map(({ events }) => events)).toEqual(subscriptions.toReversed());
  });
});

describe("Setting Up a Webhook", () => {
  it("1. Settings → Webhooks shows your workspace's webhooks", async () => {
    const workspace = await newWorkspace(service);
    await workspace.webhook({ url: `${receiver.url}/shown`, name: "Ticket sync" });
    const me = await signedIn(service.url, await workspace.token("read", "manage"));
    const { text, html } = await me.get((await me.get("/portal")).location ?? "");
    expect(html).toMatch(/<nav class="side" aria-label="Settings">.*aria-current="page">Webhooks<\/a>/s);
    expect(text).toContain("Ticket sync");
    expect(html).toContain(`href="/portal/${workspace.id}/webhooks/new"`);
  });

  it("2. to 5. Add Webhook: URL, events, save; a signing secret is generated", async () => {
    const workspace = await newWorkspace(service);
    const me = await signedIn(service.url, await workspace.token("read", "manage"));
    const form = `/portal/${workspace.id}/webhooks/new`;
    expect((await me.get(form)).text).toContain("Add webhook");
    const inbox = openInbox(receiver);
    const events = ["ticket.created", "ticket.updated"];
    const { status, html } = await me.post(form, { url: inbox.url, event: events, which: "some", dialect: "gopimi" });
    expect(status).toBe(201);
    const secret = /<code>([0-9a-f]{64})<\/code>/.exec(html)?.[1] ?? "";
    const [webhook] = dataOf(await workspace.call<{ data: Webhook[] }>("GET", "/webhooks"));
    expect(webhook).toMatchObject({ url: inbox.url, events });
    await workspace.publish({ event: "ticket.created", data: { id: 1 } });
    const { headers, body } = await inbox.first();
    expect(headers["x-gopimi-signature"]).toBe(createHmac("sha256", secret).update(body).digest("hex"));
  });

  it("3. the endpoint URL must be HTTPS", async () => {
    const workspace = await newWorkspace(strict);
    const events = ["ticket.created"];
    const plain = { url: "http://your-app.com/webhooks/gopimi", events };
    expect(refusal(await workspace.call<Problem>("POST", "/webhooks", plain))).toEqual({
      status: 422,
      fields: ["url"],
    });
    const { id } = await workspace.webhook({ url: "https://your-app.com/webhooks/gopimi", events });
    const changed = await workspace.call<Problem>("PATCH", `/webhooks/${id}`, { url: plain.url });
    expect(refusal(changed)).toEqual({ status: 422, fields: ["url"] });
    expect((await workspace.getWebhook(id)).url).toBe("https://your-app.com/webhooks/gopimi");
  });

  it("4. the events you want to receive are selected, and you receive those", async () => {
    const inbox = openInbox(receiver);
    const workspace = await newWorkspace(service);
    const webhook = await workspace.webhook({ url: inbox.url, events: ["contact.updated"] });
    for (const event of ["ticket.created", "contact.created", "contact.updated"]) {
      await workspace.publish({ event, data: {} });
    }
    // What an endpoint gets is decided in the order of publishing, so the other two would be there by now.
    await inbox.first();
    expect((await workspace.deliveries(webhook.id)).map(({ event }) => event)).toEqual(["contact.updated"]);

    await workspace.change(webhook.id, { events: ["ticket.created"] });
    for (const event of ["contact.updated", "ticket.created"]) await workspace.publish({ event, data: {} });
    await inbox.arrived(2);
    expect((await workspace.deliveries(webhook.id)).map(({ event }) => event)).toEqual([
      "ticket.created",
      "contact.updated",
    ]);
  });

  it("5. a signing secret is generated on saving: another one for each webhook", async () => {
    const workspace = await newWorkspace(strict);
    const secrets = new Set<string>();
    for (let n = 0; n < 5; n++) {
      const { secret } = await workspace.webhook({ url: "https://your-app.com/webhooks/gopimi" });
      expect(secret).toMatch(/^\S{32,}$/);
      secrets.add(secret);
    }
    expect(secrets.size).toBe(5);
  });

  describe("you can also manage webhooks via the API", () => {
    let workspace: Workspace;
    let token: string;

    beforeAll(async () => {
      workspace = await newWorkspace(strict);
      const made = await workspace.call<{ data: { token: string } }>("POST", "/tokens", {
        name: "webhooks",
        scopes: ["manage", "read"],
      });
      token = dataOf(made).token;
    });

    const CREATED = {
      url: "https://your-app.com/webhooks/gopimi",
      events: ["ticket.created", "ticket.updated"],
      status: "active",
      dialect: "gopimi",
      secret: expect.stringMatching(/^\S{32,}$/),
    };

    it("by the documented request: 201, and the webhook with its secret", async () => {
      const response = await fetch(`${strict.url}/api/v1/workspaces/${workspace.id}/webhooks`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: CURL_BODY,
      });
      expect(response.status).toBe(201);
      expect(await response.json()).toMatchObject({ data: CREATED });
    });

    it.skipIf(!has("curl"))("by the documented command, run as it stands with its placeholders filled in", () => {
      const command = CURL.replace("YOUR_TOKEN", token)
        .replace("/api/v1", `${strict.url}/api/v1`)
        .replace("WORKSPACE_ID", String(workspace.id));
      const { stdout } = spawnSync("sh", ["-c", String.raw`${command} --silent --write-out '\n%{http_code}'`], {
        env: { ...process.env, no_proxy: "*" },
        encoding: "utf8",
      });
      const [body = "", status] = stdout.split("\n");
      expect(status).toBe("201");
      expect(JSON.parse(body)).toMatchObject({ data: CREATED });
    });

    it("and not without the token", async () => {
      for (const wrong of ["", "pht_nobodys"]) {
        const refused = await api(strict.url, wrong)("POST", `${workspace.path}/webhooks`, CURL_BODY);
        expect(refused.status).toBe(401);
      }
    });

    it("they are listed, read, changed and deleted there, too", async () => {
      const call = api(strict.url, token);
      const at = `${workspace.path}/webhooks`;
      const { id } = dataOf(await call<{ data: Webhook }>("POST", at, CURL_BODY));
      const listed = dataOf(await call<{ data: Webhook[] }>("GET", at));
      expect(listed.find((webhook) => webhook.id === id)).toMatchObject({ url: CREATED.url, events: CREATED.events });
      expect(dataOf(await call<{ data: Webhook }>("GET", `${at}/${id}`))).not.toHaveProperty("secret");
      const changed = await call<{ data: Webhook }>("PATCH", `${at}/${id}`, { events: ["contact.deleted"] });
      expect(dataOf(changed)).toMatchObject({ id, url: CREATED.url, events: ["contact.deleted"] });
      expect((await call("DELETE", `${at}/${id}`)).status).toBe(204);
      expect((await call("GET", `${at}/${id}`)).status).toBe(404);
    });
  });
});

describe("Event Types", () => {
  const samples = new Map<string, unknown>();
  const inboxes = new Map<string, Inbox>();
  const webhooks = new Map<string, Webhook>();
  let workspace: Workspace;
  let listed: string[];

  beforeAll(async () => {
    workspace = await newWorkspace(service);
    const types = await listEventTypes(workspace, "gopimi");
    listed = types.map(({ name }) => name);
    for (const { name, sample } of types) samples.set(name, sample);
    for (const [name] of EVENT_TYPES) {
      const inbox = openInbox(receiver);
      inboxes.set(name, inbox);
      webhooks.set(name, await workspace.webhook({ url: inbox.url, events: [name] }));
    }
    // Whatever of the first round goes astray has arrived, or is in a log, once the second has.
    const events = EVENT_TYPES.map(([event]) => ({
      event,
      data: samples.get(event),
      timestamp: "2026-03-26T14:30:00Z",
    }));
    for (const [round, batch] of [events, events.toReversed()].entries()) {
      await workspace.publishAll(batch);
      await Promise.all([...inboxes.values()].map((inbox) => inbox.arrived(round + 1)));
    }
  });

  it("are 15, with the documented names", () => {
    expect(EVENT_TYPES).toHaveLength(15);
    expect(listed).toEqual(EVENT_TYPES.map(([name]) => name));
  });

  it.each(EVENT_TYPES)("%s: %s. Who subscribes to it alone gets it, and nothing else", async (name) => {
    const { id, secret } = own(webhooks, name);
    const requests = own(inboxes, name).requests();
    expect(requests).toHaveLength(2);
    for (const { headers, body } of requests) {
      expect(body.toString()).toBe(
        `{"event":"${name}","timestamp":"2026-03-26T14:30:00Z","workspace_id":${workspace.id},` +
          `"data":${JSON.stringify(own(samples, name))}}`,
      );
      expect(headers["x-webhook-event"]).toBe(name);
      expect(headers["x-gopimi-signature"]).toBe(createHmac("sha256", secret).update(body).digest("hex"));
    }
    expect((await workspace.deliveries(id)).map(({ event }) => event)).toEqual([name, name]);
  });

  describe("conversation events include an owner_id field", () => {
    it.each(CONVERSATION_TYPES)("%s: null for shared, the owner's user id for personal inboxes", async (event) => {
      const tenant = await newWorkspace(service);
      const inbox = openInbox(receiver);
      await tenant.webhook({ url: inbox.url, events: [event] });
      for (const [index, owner_id] of [null, 7, "user_7"].entries()) {
        const data = { id: 881, owner_id, subject: "Do you offer a discount?" };
        await tenant.publish({ event, data });
        const requests = await inbox.arrived(index + 1);
        expect(JSON.parse(String(requests.at(-1)?.body))).toMatchObject({ event, data });
      }
    });

    it.each(CONVERSATION_TYPES)("%s cannot be published without one", async (event) => {
      const refused = await workspace.call<Problem>("POST", "/events", { event, data: { id: 881 } });
      expect(refused.status).toBe(422);
      expect(refused.json.errors).toEqual([
        { path: "data", message: expect.stringMatching(/owner_id.*null for a shared/) },
      ]);
    });
  });
});

describe("Payload Format", () => {
  it("every delivery sends a JSON payload", async () => {
    const { headers, body } = await slow.example.inbox.first();
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(body.toString())).toEqual(JSON.parse(EXAMPLE));
  });

  it("the document's event is the document's JSON, compact, byte for byte with its keys in that order", async () => {
    const { body } = await slow.example.inbox.first();
    expect(body.toString("hex")).toBe(Buffer.from(EXAMPLE_SENT).toString("hex"));
  });

  it("headers name the event and the delivery", async () => {
    const { workspace, webhook, inbox } = slow.example;
    const { headers } = await inbox.first();
    const [row] = await workspace.deliveries(webhook.id);
    expect(headers).toMatchObject({ "x-webhook-event": "ticket.created", "x-webhook-delivery": row?.id });
  });

  it("event, timestamp and workspace_id are those of each event", async () => {
    const inbox = openInbox(receiver);
    const workspace = await newWorkspace(service);
    expect(workspace.id).toBeGreaterThan(1);
    await workspace.webhook({ url: inbox.url });
    const start = Math.floor(Date.now() / 1000) * 1000;
    await workspace.publish({ event: "contact.deleted", data: { id: 18 } });
    const sent = JSON.parse((await inbox.first()).body.toString()) as { timestamp: string };
    expect(sent).toEqual({
      event: "contact.deleted",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      workspace_id: workspace.id,
      data: { id: 18 },
    });
    expect(Date.parse(sent.timestamp)).toBeGreaterThanOrEqual(start);
    expect(Date.parse(sent.timestamp)).toBeLessThanOrEqual(Date.now());
  });
});

describe("Verifying Signatures", () => {
  it("every delivery includes an X-GoPimi-Signature header: the body's HMAC-SHA256 with the signing secret", async () => {
    const { inbox, webhook } = slow.example;
    const { headers, body } = await inbox.first();
    expect(headers["x-gopimi-signature"]).toMatch(/^[0-9a-f]{64}$/);
    expect(headers["x-gopimi-signature"]).toBe(createHmac("sha256", webhook.secret).update(body).digest("hex"));
  });

  it("of every attempt", async () => {
    const { inbox, webhook } = slow.sixTimes;
    const requests = await inbox.arrived(6);
    expect(requests).toHaveLength(6);
    for (const { headers, body } of requests) {
      expect(headers["x-gopimi-signature"]).toBe(createHmac("sha256", webhook.secret).update(body).digest("hex"));
    }
  });

  describe.skipIf(!has("php"))("a server that runs the PHP example", () => {
    const folder = mkdtempSync(join(tmpdir(), "php-example-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** The delivery to a server of the example which holds the webhook's secret, changed as told. */
    async function delivered(changed: (secret: string) => string) {
      writeFileSync(join(folder, "webhook.php"), PHP);
      const reserved = await startReceiver();
      const workspace = await newWorkspace(service);
      const webhook = await workspace.webhook({ url: `${reserved.url}/webhook.php`, events: ["ticket.created"] });
      await reserved.close();
      const server = spawn("php", ["-S", new URL(reserved.url).host, "-t", folder], {
        env: { ...process.env, WEBHOOK_SECRET: changed(webhook.secret) },
        stdio: "ignore",
      });
      const ended = once(server, "exit");
      const end = () => server.kill("SIGKILL");
      process.once("exit", end);
      try {
        await eventually(
          () => fetch(`${reserved.url}/none`).catch(() => null),
          (response) => response !== null,
        );
        await workspace.publish({ event: "ticket.created", data: { subject: "Grüße – ✓ 日本語 😀" } });
        const { status, attempts } = await workspace.attempted(webhook.id);
        return { status, answer: attempts.map((attempt) => [attempt.status, attempt.response_body]) };
      } finally {
        end();
        await ended;
        process.off("exit", end);
      }
    }

    it("takes a delivery", async () => {
      expect(await delivered((secret) => secret)).toEqual({ status: "delivered", answer: [[200, "Valid"]] });
    });

    it("refuses what was signed with another secret", async () => {
      const refused = await delivered((secret) => `${secret}0`);
      expect(refused).toEqual({ status: "pending", answer: [[401, "Invalid signature"]] });
    });
  });

  describe("a server that runs the Node.js example", () => {
    async function delivered(changed: (secret: string) => string) {
      const inbox = openInbox(receiver);
      const workspace = await newWorkspace(service);
      const webhook = await workspace.webhook({ url: inbox.url, events: ["ticket.created"] });
      inbox.answers(nodeExample(changed(webhook.secret)));
      await workspace.publish({ event: "ticket.created", data: { subject: "Grüße – ✓ 日本語 😀" } });
      const { status, attempts } = await workspace.attempted(webhook.id);
      return { status, answer: attempts.map((attempt) => [attempt.status, attempt.response_body]), inbox, webhook };
    }

    it("takes a delivery", async () => {
      expect(await delivered((secret) => secret)).toMatchObject({ status: "delivered", answer: [[200, "Valid"]] });
    });

    it("refuses what was signed with another secret", async () => {
      const refused = await delivered((secret) => `${secret}0`);
      expect(refused).toMatchObject({ status: "pending", answer: [[401, "Invalid signature"]] });
    });

    it("refuses a body that was changed on its way", async () => {
      const { inbox } = await delivered((secret) => secret);
      const { body, headers } = await inbox.first();
      const forged = await fetch(inbox.url, {
        method: "POST",
        headers: { "x-gopimi-signature": String(headers["x-gopimi-signature"]) },
        body: body.toString().replace("Grüße", "Grüsse"),
      });
      expect([forged.status, await forged.text()]).toEqual([401, "Invalid signature"]);
    });
  });
});

describe("Retry Behavior", () => {
  describe("if your endpoint returns a non-2xx status, it is asked again", () => {
    const runs = new Map<number, Run>();

    beforeAll(async () => {
      const start = async (status: number) => runs.set(status, await run(failTimes(1, status), { retry_policy: [1] }));
      await Promise.all([301, 404, 500].map(start));
    });

    it.each([301, 404, 500])("after %i", async (status) => {
      const { workspace, webhook, inbox } = own(runs, status);
      const { status: outcome, attempts } = await workspace.attempted(webhook.id, 2);
      expect(outcome).toBe("delivered");
      expect(attempts.map((attempt) => attempt.status)).toEqual([status, 200]);
      const [first, second] = inbox.requests();
      expect(second?.body.toString()).toBe(first?.body.toString());
      expect(second?.delivery).toBe(first?.delivery);
    });
  });

  it("if it times out (10 s), it is asked again", async () => {
    const { workspace, webhook } = slow.timedOut;
    expect(await workspace.getWebhook(webhook.id)).toMatchObject({ timeout_ms: 10_000 });
    const { status, attempts } = await workspace.attempted(webhook.id, 2);
    expect(status).toBe("delivered");
    expect(attempts).toMatchObject([
      { status: null, error: "timeout", response_body: "" },
      { status: 200, error: null },
    ]);
    expect(attempts[0]?.duration_ms).toBeGreaterThan(9_950);
  });

  it("the delays are exponential: 30 s, 2 min, 8 min, 32 min, 2 h 8 min", async () => {
    const { workspace, webhook } = slow.example;
    const { retry_policy } = (await workspace.getWebhook(webhook.id)) as Webhook & { retry_policy: number[] };
    expect(retry_policy).toEqual([30, 2 * 60, 8 * 60, 32 * 60, 2 * 3600 + 8 * 60]);
  });

  it("the first retry is 30 s away, or up to a tenth more", async () => {
    const { workspace, webhook } = await run(answer(500));
    const { status, attempts, next_attempt_at } = await workspace.attempted(webhook.id);
    const next = Date.parse(next_attempt_at ?? "");
    expect(status).toBe("pending");
    // The delay counts from the moment the attempt's end was noted, which lies between these two.
    expect(next).toBeGreaterThanOrEqual(Date.parse(attempts[0]?.at ?? "") + 30_000);
    expect(next).toBeLessThanOrEqual(Date.now() + 33_000);
  });

  it("each retry waits for the delay that is next on the list", async () => {
    const [first, second, third, fourth] = await slow.doubling.inbox.arrived(4);
    if (!first || !second || !third || !fourth) throw new Error("Four requests were there a moment ago");
    const waits = [second.at - first.at, third.at - second.at, fourth.at - third.at];
    for (const [index, seconds] of [1, 2, 4].entries()) expect(waits[index]).toBeGreaterThanOrEqual(seconds * 1000);
  });
});

describe("Quotas", () => {
  interface Usage {
    plan: string | null;
    webhooks: { used: number; limit: number | null };
    events: { used: number; limit: number | null };
  }

  const usageOf = async (workspace: Workspace) => dataOf(await workspace.call<{ data: Usage }>("GET", "/usage"));

  it("the number of webhooks per workspace is governed by your plan: one more is refused, saying why and what helps", async () => {
    const workspace = await newWorkspace(service);
    expect((await workspace.call("PATCH", "", { plan: "free" })).status).toBe(200);
    const { limit } = (await usageOf(workspace)).webhooks;
    if (limit === null) throw new Error("The plan free has a limit");
    const another = () =>
      workspace.call<Problem>("POST", "/webhooks", { url: `${receiver.url}/quota`, events: ["ticket.created"] });
    for (let n = 0; n < limit; n++) expect((await another()).status).toBe(201);
    const { status, json } = await another();
    expect({ status, code: json.code }).toEqual({ status: 403, code: "quota_exceeded" });
    expect(json.detail).toContain(`The plan free allows ${limit} webhooks`);
    expect(json.detail).toContain("larger plan");
    expect((await workspace.call("PATCH", "", { plan: "pro" })).status).toBe(200);
    expect((await another()).status).toBe(201);
  });

  it("usage shows your current limits", async () => {
    const workspace = await newWorkspace(service);
    expect((await workspace.call("PATCH", "", { plan: "free" })).status).toBe(200);
    await workspace.webhook({ url: `${receiver.url}/usage` });
    expect(await usageOf(workspace)).toMatchObject({
      plan: "free",
      webhooks: { used: 1, limit: expect.any(Number) },
      events: { used: 0, limit: expect.any(Number) },
    });
  });

  it("Settings → Usage shows your current limits", async () => {
    const workspace = await newWorkspace(service);
    await workspace.call("PATCH", "", { plan: "free" });
    const { webhooks, events } = await usageOf(workspace);
    const me = await signedIn(service.url, await workspace.token("read"));
    const { text } = await me.get(`/portal/${workspace.id}/usage`);
    for (const limit of [webhooks.limit, events.limit]) {
      expect(text.replaceAll(/(?<=\d)[\s\u202f](?=\d)/g, "")).toContain(String(limit));
    }
  });
});

describe("Frequently Asked Questions", () => {
  describe("How are webhook payloads signed?", () => {
    it("with the webhook's own secret: another webhook's does not verify it", async () => {
      const workspace = await newWorkspace(service);
      const ends = [openInbox(receiver), openInbox(receiver)];
      const webhooks = await Promise.all(ends.map(({ url }) => workspace.webhook({ url, events: ["ticket.created"] })));
      await workspace.publish(TICKET);
      const requests = await Promise.all(ends.map((inbox) => inbox.first()));
      expect(requests[0]?.body.toString()).toBe(requests[1]?.body.toString());
      const signatures = requests.map(({ headers }) => headers["x-gopimi-signature"]);
      const computed = webhooks.map(({ secret }) =>
        createHmac("sha256", secret)
          .update(requests[0]?.body ?? "")
          .digest("hex"),
      );
      expect(signatures).toEqual(computed);
      expect(signatures[0]).not.toBe(signatures[1]);
    });
  });

  describe("How many times will a failed delivery retry?", () => {
    it("up to five times: after six requests it has failed for good", async () => {
      const { workspace, webhook, inbox } = slow.sixTimes;
      const delivery = await workspace.attempted(webhook.id, 6);
      expect(delivery).toMatchObject({ status: "failed", next_attempt_at: null });
      expect(inbox.requests()).toHaveLength(6);
      expect(new Set(inbox.requests().map((request) => request.delivery))).toEqual(new Set([delivery.id]));
      expect(new Set(inbox.requests().map(({ body }) => body.toString())).size).toBe(1);
    });

    it("every attempt is recorded with HTTP status, response body, and timing", async () => {
      const { workspace, webhook, inbox } = slow.sixTimes;
      const { attempts } = await workspace.attempted(webhook.id, 6);
      expect(attempts.map(({ number, status, response_body }) => [number, status, response_body])).toEqual(
        SIX_ANSWERS.map(({ status, body }, index) => [index + 1, status, body]),
      );
      for (const [index, { at, duration_ms }] of attempts.entries()) {
        const arrivedAt = inbox.requests()[index]?.at ?? Number.NaN;
        const arrivedBefore = inbox.requests()[index - 1]?.at ?? 0;
        // It left before it arrived, and after the one before had; the clocks of two processes may differ a little.
        expect(Date.parse(at)).toBeLessThan(arrivedAt + 50);
        expect(Date.parse(at)).toBeGreaterThan(arrivedBefore - 50);
        // A timer may fire a little early by the clock of another process.
        expect(duration_ms).toBeGreaterThanOrEqual((SIX_ANSWERS[index]?.tookMs ?? Number.NaN) - 2);
      }
    });
  });

  describe("Which HTTP status codes count as a successful delivery?", () => {
    const SUCCESSES = [200, 201, 202, 204, 206, 226, 299];
    const FAILURES = [300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 410, 422, 429, 500, 501, 502, 503, 504, 599];
    const runs = new Map<number, Run>();

    beforeAll(async () => {
      // An hour, so that there is one attempt of each still when it is looked at.
      for (const status of [...SUCCESSES, ...FAILURES])
        runs.set(status, await run(answer(status), { retry_policy: [3600] }));
    });

    const outcome = async (status: number) => {
      const { workspace, webhook } = own(runs, status);
      return workspace.attempted(webhook.id);
    };

    it.each(SUCCESSES)("any 2xx response: %i", async (status) => {
      expect(await outcome(status)).toMatchObject({
        status: "delivered",
        next_attempt_at: null,
        attempts: [{ status, error: null }],
      });
    });

    it.each(FAILURES)("3xx, 4xx, and 5xx responses trigger retry: %i", async (status) => {
      expect(await outcome(status)).toMatchObject({
        status: "pending",
        next_attempt_at: expect.any(String),
        attempts: [{ status, error: expect.any(String) }],
      });
    });
  });

  describe("Where can I inspect past deliveries?", () => {
    it("GET /workspaces/{id}/webhooks/{webhook}/deliveries shows every delivery, with status and timing", async () => {
      const workspace = await newWorkspace(service);
      const inbox = openInbox(receiver);
      const webhook = await workspace.webhook({ url: inbox.url, events: ["ticket.*"], retry_policy: [] });
      const other = await workspace.webhook({ url: `${receiver.url}/other`, events: ["contact.created"] });
      const expected: unknown[] = [];
      for (const [event, status] of [
        ["ticket.created", 200],
        ["ticket.updated", 503],
        ["ticket.deleted", 204],
      ] as const) {
        inbox.answers(delayed(30, answer(status)));
        const { id } = await workspace.publish({ event, data: {} });
        await eventually(
          () => workspace.deliveries(webhook.id, `event_id=${id}`),
          ([row]) => row !== undefined && row.status !== "pending",
        );
        expected.unshift({
          ...{ event_id: id, event, status: status === 503 ? "failed" : "delivered", attempts: 1, last_status: status },
          ...{ created_at: expect.any(String), completed_at: expect.any(String), next_attempt_at: null },
        });
      }
      const response = await fetch(
        `${service.url}/api/v1/workspaces/${workspace.id}/webhooks/${webhook.id}/deliveries`,
        {
          headers: { Authorization: `Bearer ${service.adminToken}` },
        },
      );
      expect(response.status).toBe(200);
      const { data } = (await response.json()) as { data: { duration_ms: number }[] };
      expect(data).toMatchObject(expected);
      for (const { duration_ms } of data) expect(duration_ms).toBeGreaterThanOrEqual(28);
      expect(await workspace.deliveries(other.id)).toEqual([]);
    });

    it("and one of them its attempts, each with its status, response and timing", async () => {
      const { workspace, webhook } = slow.sixTimes;
      await workspace.attempted(webhook.id, 6);
      const [row] = await workspace.deliveries(webhook.id);
      expect(row).toMatchObject({ status: "failed", attempts: 6, last_status: 502 });
      const delivery = await workspace.delivery(row?.id ?? "");
      expect(delivery.attempts.map(({ status, response_body }) => [status, response_body])).toEqual(
        SIX_ANSWERS.map(({ status, body }) => [status, body]),
      );
      // It has failed for good: long after the last of its delays, no seventh request was made.
      expect(slow.sixTimes.inbox.requests()).toHaveLength(6);
    });

    it("and with include=attempts the list itself shows every attempt with status, response, and timing", async () => {
      const { workspace, webhook } = slow.sixTimes;
      await workspace.attempted(webhook.id, 6);
      const [row] = (await workspace.deliveries(webhook.id, "include=attempts")) as (DeliveryRow & {
        history: Attempt[];
      })[];
      expect(row).toMatchObject({ status: "failed", attempts: 6, last_status: 502 });
      expect(row?.history.map(({ number, status, response_body }) => [number, status, response_body])).toEqual(
        SIX_ANSWERS.map(({ status, body }, index) => [index + 1, status, body]),
      );
      for (const { at, duration_ms } of row?.history ?? []) {
        expect(Date.parse(at)).toBeGreaterThan(0);
        expect(duration_ms).toBeGreaterThanOrEqual(0);
      }
    });
  });
});
