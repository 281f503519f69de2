import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPTIONS as AMAZON_OPTIONS, message, startServiceWithAmazon } from "../support/amazon.ts";
import { CASES as CALLBACKS, type Case } from "../support/callback-cases.ts";
import { emailsTo } from "../support/emails.ts";
import { type EventType, listEventTypes } from "../support/event-types.ts";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing, probe } from "../support/failing.ts";
import { type Inbox, openInbox } from "../support/inbox.ts";
import { own } from "../support/own.ts";
import { deliver, forge, type Outgoing, standardSigned } from "../support/provider-callbacks.ts";
import {
  answer,
  failTimes,
  type Handler,
  hang,
  type Received,
  type Receiver,
  startReceiver,
} from "../support/receiver.ts";
import { type Problem, refusal } from "../support/refusal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { LIBRARIES, librariesAccepting } from "../support/signatures.ts";
import { createSource } from "../support/sources.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/*
 * The platform's overview of its webhooks, statement by statement, in its order, and the limits of its two kinds. What it
 * promises must be true of the service as it is deployed, to somebody who knows nothing but that page.
 */

const TICKET_TYPES = [
  "ticket.created",
  "ticket.updated",
  "ticket.status_changed",
  "ticket.resolved",
  "ticket.closed",
  "ticket.assigned",
  "ticket.sla_warning",
  "ticket.sla_breached",
  "message.created",
] as const;

const SURVEY_TYPE = "survey.response_completed";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 1s, 5s, 30s, 5m, 30m, 2h */
const DEFAULT_RETRY_POLICY = [1, 5, 30, 5 * 60, 30 * 60, 2 * 60 * 60];

const SECRET = "a secret of the user's own";

/** The clocks of two processes may differ by this much. */
const CLOCKS_MS = 50;

const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);

/** A public address: what is created with it is never sent anything by these tests. */
const PUBLIC_URL = "https://your-app.com/webhooks";

/** The two kinds of webhooks: where each is created, and with what. */
const KINDS = [
  ["ticket", "/webhooks", { url: PUBLIC_URL, events: ["ticket.created"], dialect: "platform" }],
  ["survey", "/surveys/limits/webhooks", { url: PUBLIC_URL }],
] as const;

const kindOf = ({ event }: Case) => (/^(email|sms|whatsapp)\./.test(event) ? "status" : "inbound");

function callbackOf(provider: string, kind: "status" | "inbound"): Case {
  const found = CALLBACKS.find((each) => each.provider === provider && kindOf(each) === kind);
  if (!found) throw new Error(`There is no ${kind} of ${provider}`);
  return found;
}

/** A callback comes in, and what it says goes out to a webhook that subscribes to it. */
async function arrives(each: Case): Promise<{ event: string; data: Record<string, unknown> }> {
  const tenant = await newWorkspace(service);
  const inbox = openInbox(receiver);
  await tenant.webhook({ url: inbox.url, events: [each.event] });
  const source = await createSource(tenant, each.provider, each.credentials, each.options);
  const answer = await deliver(source.callback_url, await each.callback(source.callback_url));
  expect(answer.status).toBeLessThan(300);
  const sent = inJson(await inbox.first()) as { event: string; data: Record<string, unknown> };
  expect(sent).toMatchObject({ event: each.event, data: { provider: each.provider, ...each.data } });
  return sent;
}

const RESENT = { email_id: "re-1", to: ["jane@example.com"], from: "a@example.org", subject: "x" };

/** Each with an id of its own, as Resend sends them. */
const resendSigned = (body: object): Outgoing =>
  standardSigned(JSON.stringify(body), `msg_${randomUUID().replaceAll("-", "")}`, "svix");

let service: SpawnedService;
/** As it is deployed: with targets that are reachable from the internet alone. */
let strict: SpawnedService;
let receiver: Receiver;

type Fields = Record<string, unknown>;

const ticketWebhook = (workspace: Workspace, url: string, fields: Fields = {}): Promise<Webhook> =>
  workspace.webhook({ url, events: ["ticket.created"], dialect: "platform", ...fields });

const surveyWebhook = async (workspace: Workspace, survey: string, fields: Fields): Promise<Webhook> =>
  dataOf(await workspace.call<{ data: Webhook }>("POST", `/surveys/${survey}/webhooks`, fields));

/** A webhook in a workspace of its own. */
interface Tenant {
  workspace: Workspace;
  webhook: Webhook;
  inbox: Inbox;
}

async function tenant(handler: Handler, fields: Fields = {}): Promise<Tenant> {
  const inbox = openInbox(receiver, handler);
  const workspace = await newWorkspace(service);
  return { workspace, webhook: await ticketWebhook(workspace, inbox.url, fields), inbox };
}

const publish = ({ workspace }: Tenant, data: unknown = {}) => workspace.publish({ event: "ticket.created", data });

/** A webhook in a workspace of its own, to which one event was published. */
async function run(handler: Handler, fields: Fields = {}): Promise<Tenant> {
  const at = await tenant(handler, fields);
  await publish(at);
  return at;
}

/** The document's three steps, with the body as it arrived. */
function verifies(secret: string, { headers, body }: Received): boolean {
  const digest = createHmac("sha256", secret).update(body).digest();
  const computed = Buffer.from(digest.toString("hex"));
  const [scheme, value = ""] = String(headers["x-webhook-signature"]).split("=");
  const given = Buffer.from(value);
  return scheme === "sha256" && given.length === computed.length && timingSafeEqual(given, computed);
}

const inJson = ({ body }: Received): unknown => JSON.parse(body.toString());

/** What takes seconds: begun before everything else, so that it passes while the rest goes on. */
let slow: { timedOut: Tenant; byDefault: Tenant };

beforeAll(async () => {
  [service, strict, receiver] = await Promise.all([
    spawnService({ vars: { NOTIFY_FROM: "posthorn@example.com" } }),
    spawnService({ vars: { ALLOW_PRIVATE_TARGETS: "false" } }),
    startReceiver(),
  ]);
  const [timedOut, byDefault] = await Promise.all([run(hang(), { retry_policy: [] }), run(answer(500))]);
  slow = { timedOut, byDefault };
});

afterAll(() => Promise.all([service.stop(), strict.stop(), receiver.close()]));

describe("Webhooks Overview", () => {
  it("incoming webhooks: delivery status updates and inbound messages are received", async () => {
    for (const kind of ["status", "inbound"]) expect(CALLBACKS.filter((each) => kindOf(each) === kind)).not.toEqual([]);
    await arrives(callbackOf("twilio-sms", "status"));
    await arrives(callbackOf("twilio-sms", "inbound"));
  });

  it("outgoing webhooks: HTTP POST requests to your URLs, when a ticket is created or a survey response submitted", async () => {
    const workspace = await newWorkspace(service);
    const [ticket, response] = [openInbox(receiver), openInbox(receiver)];
    await ticketWebhook(workspace, ticket.url);
    await surveyWebhook(workspace, "nps", { url: response.url });
    await workspace.publish({ event: "ticket.created", data: {} });
    await workspace.publish({ event: SURVEY_TYPE, data: {}, channels: ["nps"] });
    expect(await ticket.first()).toMatchObject({ method: "POST", path: ticket.path });
    expect(await response.first()).toMatchObject({ method: "POST", path: response.path });
  });
});

describe("Outgoing webhooks", () => {
  let samples: Map<string, unknown>;
  let types: EventType[];
  const ORGANIZATION = "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51";
  let organization: Workspace;

  beforeAll(async () => {
    organization = await newWorkspace(service);
    expect((await organization.call("PATCH", "", { external_id: ORGANIZATION })).status).toBe(200);
    types = await listEventTypes(organization, "platform");
    samples = new Map(types.map(({ name, sample }) => [name, sample]));
  });

  it("two webhook systems are available: the events of tickets, and those of surveys", () => {
    expect(types.map(({ name }) => name)).toEqual([...TICKET_TYPES, SURVEY_TYPE]);
  });

  describe("Ticket webhooks fire on ticket lifecycle events and new messages", () => {
    const inboxes = new Map<string, Inbox>();
    const webhooks = new Map<string, Webhook>();
    const published = new Map<string, string[]>();

    beforeAll(async () => {
      for (const event of TICKET_TYPES) {
        const inbox = openInbox(receiver);
        inboxes.set(event, inbox);
        webhooks.set(event, await ticketWebhook(organization, inbox.url, { events: [event] }));
      }
      const timestamp = "2025-01-15T10:30:00.000Z";
      const events = TICKET_TYPES.map((event) => ({ event, data: own(samples, event), timestamp }));
      // Whatever of the first round goes astray has arrived, or is in a log, once the second has.
      for (const [round, batch] of [events, events.toReversed()].entries()) {
        for (const { event, id } of await organization.publishAll(batch)) {
          published.set(event, [...(published.get(event) ?? []), id]);
        }
        await Promise.all([...inboxes.values()].map((inbox) => inbox.arrived(round + 1)));
      }
    });

    it.each(TICKET_TYPES)("%s, in the documented envelope, to who subscribes to it and nobody else", async (event) => {
      const requests = own(inboxes, event).requests();
      const bodies = own(published, event).map(
        (id) =>
          `{"organizationId":"${ORGANIZATION}","eventType":"${event}","eventId":"${id}",` +
          `"timestamp":"2025-01-15T10:30:00.000Z","data":${JSON.stringify(own(samples, event))}}`,
      );
      expect(requests.map(({ body }) => body.toString())).toEqual(bodies);
      const rows = await organization.deliveries(own(webhooks, event).id);
      expect(rows.map((row) => row.event)).toEqual([event, event]);
    });

    it("an organization that was given no id has one", async () => {
      const at = await run(answer(200));
      const sent = inJson(await at.inbox.first()) as { organizationId: string };
      expect(sent.organizationId).toMatch(UUID);
    });
  });

  describe("Survey webhooks fire when a survey response is completed", () => {
    it("in the documented envelope", async () => {
      const inbox = openInbox(receiver);
      await surveyWebhook(organization, "csat-2025", { url: inbox.url });
      const { id } = await organization.publish({
        event: SURVEY_TYPE,
        data: own(samples, SURVEY_TYPE),
        channels: ["csat-2025"],
        timestamp: "2025-01-15T10:30:00.000Z",
      });
      expect((await inbox.first()).body.toString()).toBe(
        `{"surveyId":"csat-2025","eventType":"${SURVEY_TYPE}","eventId":"${id}",` +
          `"timestamp":"2025-01-15T10:30:00.000Z","data":${JSON.stringify(own(samples, SURVEY_TYPE))}}`,
      );
    });

    it("whose data are the response's id and time, its answers, and what was embedded", () => {
      const sample = own(samples, SURVEY_TYPE) as { answers: Record<string, unknown> };
      expect(Object.keys(sample)).toEqual(["responseId", "completedAt", "answers", "embeddedData", "metadata"]);
      expect(Object.values(sample.answers).length).toBeGreaterThan(0);
      for (const given of Object.values(sample.answers)) {
        expect(given).toEqual({ value: expect.anything(), choiceIds: expect.any(Array) });
      }
    });

    it("for responses to that survey alone, and not for its tickets", async () => {
      const [mine, theirs] = [openInbox(receiver), openInbox(receiver)];
      const webhook = await surveyWebhook(organization, "mine", { url: mine.url });
      await surveyWebhook(organization, "theirs", { url: theirs.url });
      await organization.publish({ event: SURVEY_TYPE, data: {}, channels: ["theirs"] });
      await organization.publish({ event: SURVEY_TYPE, data: {} });
      await organization.publish({ event: "ticket.created", data: {}, channels: ["mine"] });
      // What an endpoint gets is decided in the order of publishing: the others would be in its log by now.
      const { id } = await organization.publish({ event: SURVEY_TYPE, data: {}, channels: ["mine"] });
      expect(inJson(await mine.first())).toMatchObject({ surveyId: "mine", eventId: id });
      expect(inJson(await theirs.first())).toMatchObject({ surveyId: "theirs" });
      expect((await organization.deliveries(webhook.id)).map((row) => row.event_id)).toEqual([id]);
      expect(mine.requests()).toHaveLength(1);
      expect(theirs.requests()).toHaveLength(1);
    });
  });
});

describe("How delivery works", () => {
  it("creates a delivery record and queues an HTTP POST to each active webhook subscribed to that event", async () => {
    const workspace = await newWorkspace(service);
    const [first, second, paused, unsubscribed] = [
      openInbox(receiver),
      openInbox(receiver),
      openInbox(receiver),
      openInbox(receiver),
    ];
    const active = await Promise.all([first, second].map(({ url }) => ticketWebhook(workspace, url)));
    const resting = await ticketWebhook(workspace, paused.url, { status: "paused" });
    const other = await ticketWebhook(workspace, unsubscribed.url, { events: ["ticket.closed"] });

    const { id } = await workspace.publish({ event: "ticket.created", data: {} });
    await Promise.all([first.first(), second.first()]);
    const records = await eventually(
      async () =>
        dataOf(
          await workspace.call<{ data: { deliveries: { webhook_id: string; status: string }[] } }>(
            "GET",
            `/events/${id}`,
          ),
        ).deliveries.map(({ webhook_id, status }) => [webhook_id, status]),
      (seen) => seen.filter(([, status]) => status === "delivered").length === 2,
    );
    expect(records.toSorted()).toEqual(
      [...active.map((webhook) => [webhook.id, "delivered"]), [resting.id, "pending"]].toSorted(),
    );
    expect([paused, unsubscribed].map((inbox) => inbox.requests().length)).toEqual([0, 0]);

    await workspace.change(resting.id, { status: "active" });
    expect(inJson(await paused.first())).toMatchObject({ eventId: id });
    expect([first, second, paused, unsubscribed].map((inbox) => inbox.requests().length)).toEqual([1, 1, 1, 0]);
    expect(await workspace.deliveries(other.id)).toEqual([]);
  });

  it("the request includes a JSON payload with event details, and headers for event type, delivery id and signature", async () => {
    const at = await tenant(answer(200), { secret: SECRET });
    await publish(at, { ticketId: "aa9ca521", subject: "Survey link shows an empty page" });
    const request = await at.inbox.first();
    expect(inJson(request)).toMatchObject({
      data: { ticketId: "aa9ca521", subject: "Survey link shows an empty page" },
    });
    const [row] = await at.workspace.deliveries(at.webhook.id);
    expect(request.headers).toMatchObject({
      "x-webhook-event": "ticket.created",
      "x-webhook-delivery": row?.id,
      "x-webhook-signature": expect.any(String),
    });
  });

  describe("if delivery fails, it is retried with exponential backoff using the webhook's retry policy", () => {
    it.each(KINDS)("default of a %s webhook: 1s, 5s, 30s, 5m, 30m, 2h", async (_, at, fields) => {
      const workspace = await newWorkspace(strict);
      const { json } = await workspace.call<{ data: { retry_policy: number[] } }>("POST", at, fields);
      expect(json.data.retry_policy).toEqual(DEFAULT_RETRY_POLICY);
    });

    it("by default 1 s, then 5 s, then 30 s later", async () => {
      const { workspace, webhook, inbox } = slow.byDefault;
      const [first, second, third] = await inbox.arrived(3);
      if (!first || !second || !third) throw new Error("Three requests were there a moment ago");
      for (const [waited, seconds] of [
        [second.at - first.at, 1],
        [third.at - second.at, 5],
      ] as const) {
        expect(waited).toBeGreaterThanOrEqual(seconds * 1000);
      }
      const { status, next_attempt_at } = await workspace.attempted(webhook.id, 3);
      expect(status).toBe("pending");
      expect(Date.parse(next_attempt_at ?? "")).toBeGreaterThanOrEqual(third.at + 30_000 - CLOCKS_MS);
      expect(Date.parse(next_attempt_at ?? "")).toBeLessThanOrEqual(Date.now() + 33_000);
    });

    it("by a policy of its own, and then never again", async () => {
      const { workspace, webhook, inbox } = await run(answer(503), { retry_policy: [2, 1] });
      const { status, attempts } = await workspace.attempted(webhook.id, 3);
      expect(status).toBe("failed");
      const [first, second, third] = inbox.requests().map(({ at }) => at);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2000);
      expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(1000);
      expect(attempts.map((attempt) => attempt.status)).toEqual([503, 503, 503]);
      expect(inbox.requests()).toHaveLength(3);
    });

    it.each([302, 404, 500])("after an answer of %i", async (status) => {
      const { workspace, webhook } = await run(failTimes(1, status), { retry_policy: [1] });
      const delivery = await workspace.attempted(webhook.id, 2);
      expect(delivery.status).toBe("delivered");
      expect(delivery.attempts.map((attempt) => attempt.status)).toEqual([status, 200]);
    });
  });

  // Five failures make it failing: from then on one request at a time tries it, and these ten decide.
  describe("after 10 consecutive failures", () => {
    const FAILING = { retry_policy: Array(10).fill(3600) };

    it("the webhook is automatically disabled, and sent nothing more", async () => {
      const at = await tenant(answer(500), FAILING);
      await makeFailing(at.workspace, at.webhook.id);
      await failProbes(at.workspace, at.webhook.id, 9);
      expect(await at.workspace.getWebhook(at.webhook.id)).toMatchObject({ status: "active", disabled_reason: null });
      await failProbes(at.workspace, at.webhook.id, 1);
      const disabled = await eventually(
        () => at.workspace.getWebhook(at.webhook.id),
        ({ status }) => status === "disabled",
      );
      expect(disabled.disabled_reason).toMatch(/\S/);
      const { id } = await publish(at);
      await eventually(
        () => at.workspace.deliveries(at.webhook.id, `event_id=${id}`),
        ([row]) => row?.status === "pending" && row.next_attempt_at === null,
      );
      expect(at.inbox.requests()).toHaveLength(15);
    });

    it("and not after nine, a success, and nine more", async () => {
      const at = await tenant(answer(500), FAILING);
      await makeFailing(at.workspace, at.webhook.id);
      await failProbes(at.workspace, at.webhook.id, 9);
      at.inbox.answers(answer(200));
      expect(await probe(at.workspace, at.webhook.id)).toMatchObject({ failing: false, streak: 0 });
      at.inbox.answers(answer(500));
      await makeFailing(at.workspace, at.webhook.id);
      await failProbes(at.workspace, at.webhook.id, 9);
      expect(await at.workspace.health(at.webhook.id)).toMatchObject({ status: "active", failed_probes: 9 });
    });

    it("a webhook that subscribes to endpoint.disabled is told so, once", async () => {
      const at = await tenant(answer(500), FAILING);
      const admin = openInbox(receiver);
      await ticketWebhook(at.workspace, admin.url, { events: ["endpoint.disabled", "ticket.closed"] });
      await makeFailing(at.workspace, at.webhook.id);
      await failProbes(at.workspace, at.webhook.id, 10);
      expect(inJson(await admin.first())).toMatchObject({
        eventType: "endpoint.disabled",
        data: { webhook_id: at.webhook.id },
      });
      await eventually(
        () => at.workspace.getWebhook(at.webhook.id),
        ({ status }) => status === "disabled",
      );
      // What an endpoint gets is decided in the order of publishing: a second alert would come before this.
      await at.workspace.publish({ event: "ticket.closed", data: {} });
      const told = await admin.arrived(2);
      expect(told.map(({ headers }) => headers["x-webhook-event"])).toEqual(["endpoint.disabled", "ticket.closed"]);
    });

    it("an admin is notified, at the URL and by the email that the workspace names", async () => {
      const at = await tenant(answer(500), FAILING);
      const admin = openInbox(receiver);
      const told = { notify_url: admin.url, notify_email: "admin@acme.example" };
      const { notify_secret } = dataOf(await at.workspace.call<{ data: { notify_secret: string } }>("PATCH", "", told));
      await makeFailing(at.workspace, at.webhook.id);
      await failProbes(at.workspace, at.webhook.id, 10);
      // Before that it was told when it began to fail, and warned at five and at seven probes.
      const alerts = await admin.arrived(4);
      expect(alerts.map((alert) => (inJson(alert) as { type: string }).type).toSorted()).toEqual([
        "endpoint.disabled",
        ...Array(3).fill("endpoint.failing"),
      ]);
      for (const alert of alerts) expect(librariesAccepting(notify_secret, alert)).toEqual(LIBRARIES);
      const emails = await eventually(
        () => emailsTo(service, "admin@acme.example"),
        ({ length }) => length === 3,
      );
      for (const { text } of emails) expect(text).toContain(at.webhook.id);
      expect(emails.filter(({ subject }) => subject.startsWith("[Posthorn] Webhook disabled: "))).toHaveLength(1);
    });
  });
});

describe("Security", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await newWorkspace(strict);
  });

  /** Both kinds, on creation, and a ticket webhook on a change. */
  async function attempts(url: string): Promise<unknown[]> {
    const { id } = await ticketWebhook(workspace, PUBLIC_URL);
    const [ticket, survey] = KINDS;
    const answers = [
      await workspace.call<Problem>("POST", ticket[1], { ...ticket[2], url }),
      await workspace.call<Problem>("POST", survey[1], { ...survey[2], url }),
      await workspace.call<Problem>("PATCH", `/webhooks/${id}`, { url }),
    ];
    expect((await workspace.getWebhook(id)).url).toBe(PUBLIC_URL);
    await workspace.call("DELETE", `/webhooks/${id}`);
    return answers.map(refusal);
  }

  const refused = { status: 422, fields: ["url"] };

  it("webhook URLs must use HTTPS", async () => {
    for (const url of ["http://your-app.com/webhooks", "HTTP://your-app.com/webhooks", "ftp://your-app.com/webhooks"]) {
      expect(await attempts(url), url).toEqual([refused, refused, refused]);
    }
    for (const [, at, fields] of KINDS) expect((await workspace.call("POST", at, fields)).status).toBe(201);
  });

  describe("URLs are rejected that point to", () => {
    it.each([
      ["localhost", ["localhost", "LOCALHOST", "localhost.", "localhost:8443", "api.localhost"]],
      ["127.0.0.0/8", ["127.0.0.1", "127.255.255.254", "127.0.0.1:8443"]],
      ["10.0.0.0/8", ["10.0.0.1", "10.255.255.255"]],
      ["172.16.0.0/12", ["172.16.0.1", "172.31.255.255"]],
      ["192.168.0.0/16", ["192.168.0.1", "192.168.255.255"]],
      ["169.254.0.0/16, where clouds keep their credentials", ["169.254.169.254", "169.254.0.1"]],
      ["this host by the address zero", ["0.0.0.0", "0"]],
      ["private IPv6 addresses", ["[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]"]],
      ["127.0.0.1, 10.0.0.1 and 192.168.0.1 in decimal", ["2130706433", "167772161", "3232235521"]],
      ["127.0.0.1, 10.0.0.1 and 192.168.0.1 in hexadecimal", ["0x7f000001", "0xa.0.0.1", "0xc0.0xa8.0x0.0x1"]],
      ["127.0.0.1, 10.0.0.1 and 192.168.0.1 in octal", ["0177.0.0.1", "012.0.0.1", "0300.0250.0.1"]],
      ["127.0.0.1, 10.0.0.1 and 192.168.0.1, shortened", ["127.1", "10.1", "192.168.1"]],
      ["an address in full-width digits", ["１２７.0.0.1", "１０.0.0.1"]],
      [".internal", ["db.internal", "a.b.internal", "DB.INTERNAL", "db.internal."]],
      [".local", ["printer.local", "api.default.svc.cluster.local", "printer.local."]],
      [".svc", ["api.default.svc", "API.DEFAULT.SVC", "api.default.svc."]],
    ])("%s", async (_, hosts) => {
      for (const host of hosts) {
        expect(await attempts(`https://${host}/webhooks`), host).toEqual([refused, refused, refused]);
      }
    });
  });

  it("URLs that only look like those are not", async () => {
    const hosts = ["internal.example.com", "local.example.com", "my-svc.example.com", "10.0.0.1.example.com"];
    for (const host of [...hosts, "localhost.example.com", "notlocal.com", "your-app.com:8443"]) {
      const webhook = await ticketWebhook(workspace, `https://${host}/webhooks`);
      expect(webhook.url).toBe(`https://${host}/webhooks`);
    }
  });

  it("requests time out after 10 seconds", async () => {
    const { workspace: own, webhook } = slow.timedOut;
    expect(await own.getWebhook(webhook.id)).toMatchObject({ timeout_ms: 10_000 });
    const { status, attempts: made } = await own.attempted(webhook.id);
    expect(status).toBe("failed");
    expect(made).toMatchObject([{ status: null, error: "timeout", response_body: "" }]);
    expect(made[0]?.duration_ms).toBeGreaterThan(9_950);
  });

  it.each([
    [0, 0],
    [4_095, 4_095],
    [4_096, 4_096],
    [4_097, 4_096],
    [10_000, 4_096],
  ])("response bodies are captured up to 4,096 bytes: of %i bytes, %i", async (bytes, captured) => {
    // Numbered, so that it shows which part was captured.
    const body = Array.from({ length: 2500 }, (_, n) => String(n).padStart(4, "0"))
      .join("")
      .slice(0, bytes);
    for (const status of [200, 500]) {
      const { workspace: own, webhook } = await run(answer(status, body), { retry_policy: [] });
      const { attempts: made } = await own.attempted(webhook.id);
      expect(made).toMatchObject([{ status }]);
      expect(made[0]?.response_body).toBe(body.slice(0, captured));
    }
  });
});

describe("Verifying signatures", () => {
  it("if you configure a secret, it is the one you gave", async () => {
    const workspace = await newWorkspace(service);
    expect((await ticketWebhook(workspace, PUBLIC_URL, { secret: SECRET })).secret).toBe(SECRET);
    expect((await surveyWebhook(workspace, "s", { url: PUBLIC_URL, secret: SECRET })).secret).toBe(SECRET);
  });

  it.each([
    ["plain", { subject: "Survey link shows an empty page" }],
    ["with umlauts, dashes and signs", { subject: "Grüße – “naïve” ✓ ½ €" }],
    ["in scripts of two and three bytes", { subject: "Здравствуйте, こんにちは, 你好, مرحبا" }],
    ["with emoji, which take four bytes", { subject: "😀👩‍👩‍👧‍👦🇺🇳", "🔑": "value" }],
    ["with composed and decomposed accents", { composed: "\u00e9", decomposed: "e\u0301" }],
    ["with line separators, NUL and control characters", { text: "a\u2028b\u2029c\u0000d\u0007e\r\n\tf" }],
    ["with quotes and backslashes", { text: '"\\" </script> \\u00e9' }],
    ["empty", {}],
  ])("every delivery's X-Webhook-Signature passes the three steps, over a payload %s", async (_, data) => {
    const at = await tenant(answer(200), { secret: SECRET });
    await publish(at, data);
    const request = await at.inbox.first();
    expect(request.headers["x-webhook-signature"]).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(verifies(SECRET, request)).toBe(true);
    expect(inJson(request)).toMatchObject({ data });
    expect(verifies(`${SECRET}!`, request)).toBe(false);
    expect(verifies(SECRET, { ...request, body: Buffer.concat([request.body, Buffer.from(" ")]) })).toBe(false);
  });

  it("with a secret that holds more than ASCII", async () => {
    const secret = "Schlüssel mit Ümläuten 🔑";
    const at = await run(answer(200), { secret });
    expect(verifies(secret, await at.inbox.first())).toBe(true);
  });

  it("of survey responses and of retries, too", async () => {
    const workspace = await newWorkspace(service);
    const inbox = openInbox(receiver, failTimes(1));
    await surveyWebhook(workspace, "csat", { url: inbox.url, secret: SECRET });
    await workspace.publish({ event: SURVEY_TYPE, data: { answers: { wie: "gut – sehr" } }, channels: ["csat"] });
    const requests = await inbox.arrived(2);
    expect(requests.map((request) => verifies(SECRET, request))).toEqual([true, true]);
  });
});

describe("Standard headers", () => {
  /**
   * What HTTP clients send of themselves; and cf-worker, which the runtime adds to whatever a Worker sends and no Worker
   * can remove.
   */
  const TRANSPORT = [
    ...["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent"],
    "cf-worker",
  ];
  const ownHeaders = ({ headers }: Received) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !TRANSPORT.includes(name)));

  const EITHER = [
    ["ticket", (at: Workspace, url: string, fields?: Fields) => ticketWebhook(at, url, fields)],
    ["survey", (at: Workspace, url: string, fields?: Fields) => surveyWebhook(at, "csat", { url, ...fields })],
  ] as const;
  const BOTH_EVENTS = [
    { event: "ticket.created", data: {} },
    { event: SURVEY_TYPE, data: {}, channels: ["csat"] },
  ];
  const EVENT_OF = { ticket: "ticket.created", survey: SURVEY_TYPE };

  it.each(EITHER)(
    "of a %s webhook are Content-Type, X-Webhook-Event, X-Webhook-Delivery and X-Webhook-Signature, and no more",
    async (kind, create) => {
      const workspace = await newWorkspace(service);
      const inbox = openInbox(receiver);
      await create(workspace, inbox.url, { secret: SECRET });
      await workspace.publishAll(BOTH_EVENTS);
      const request = await inbox.first();
      expect(ownHeaders(request)).toEqual({
        "content-type": "application/json",
        "x-webhook-event": EVENT_OF[kind],
        "x-webhook-delivery": expect.stringMatching(UUID),
        "x-webhook-signature": `sha256=${createHmac("sha256", SECRET).update(request.body).digest("hex")}`,
      });
    },
  );

  it.each(EITHER)(
    "X-Webhook-Signature is there only if a secret is configured: a %s webhook without",
    async (kind, create) => {
      const workspace = await newWorkspace(service);
      const inbox = openInbox(receiver);
      expect((await create(workspace, inbox.url)).secret).toBeNull();
      await workspace.publishAll(BOTH_EVENTS);
      expect(ownHeaders(await inbox.first())).toEqual({
        "content-type": "application/json",
        "x-webhook-event": EVENT_OF[kind],
        "x-webhook-delivery": expect.stringMatching(UUID),
      });
    },
  );

  it("X-Webhook-Delivery is unique to the delivery, and the same for each of its attempts", async () => {
    const at = await tenant(failTimes(1), { retry_policy: [1] });
    const other = openInbox(receiver);
    await ticketWebhook(at.workspace, other.url);
    await publish(at, { n: 1 });
    await at.inbox.arrived(2);
    await publish(at, { n: 2 });
    const requests = await at.inbox.arrived(3);
    const [first, again, next] = requests.map(({ headers }) => headers["x-webhook-delivery"]);
    expect(again).toBe(first);
    // Another event is another delivery, and so is the same one to another webhook.
    const elsewhere = (await other.arrived(2)).map(({ headers }) => headers["x-webhook-delivery"]);
    const ids = [first, next, ...elsewhere];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(UUID);
  });

  it.each(EITHER)(
    "custom headers configured on a %s webhook are also included, in every attempt",
    async (kind, create) => {
      const workspace = await newWorkspace(service);
      const inbox = openInbox(receiver, failTimes(1));
      const headers = { "X-Tenant": "acme", Authorization: "Bearer theirs", "X-Api-Key": "k-1: 2; 3" };
      await create(workspace, inbox.url, { secret: SECRET, headers });
      await workspace.publishAll(BOTH_EVENTS);
      for (const request of await inbox.arrived(2)) {
        expect(ownHeaders(request)).toEqual({
          "content-type": "application/json",
          "x-webhook-event": EVENT_OF[kind],
          "x-webhook-delivery": expect.stringMatching(UUID),
          "x-webhook-signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
          "x-tenant": "acme",
          authorization: "Bearer theirs",
          "x-api-key": "k-1: 2; 3",
        });
      }
    },
  );
});

describe("Limits", () => {
  let workspace: Workspace;
  let known: string[];

  beforeAll(async () => {
    workspace = await newWorkspace(strict);
    known = [...new Set((await listEventTypes(workspace)).map(({ name }) => name))];
    expect(known.length).toBeGreaterThan(50);
  });

  const url = (length: number) => `${PUBLIC_URL}/${"x".repeat(length - PUBLIC_URL.length - 1)}`;

  describe.each(KINDS)("of a %s webhook", (_kind, at, fields) => {
    it.each<[string, string, unknown, unknown]>([
      ["a name has up to 200 characters", "name", "n".repeat(200), "n".repeat(201)],
      ["a URL has up to 2,000 characters", "url", url(2000), url(2001)],
      ["a retry policy has up to 10 delays", "retry_policy", times(10, 1), times(11, 1)],
      ["a secret has at least 16 characters", "secret", "s".repeat(16), "s".repeat(15)],
      ["a secret has up to 500 characters", "secret", "s".repeat(500), "s".repeat(501)],
    ])("%s", async (_, field, allowed, excessive) => {
      const accepted = await workspace.call<{ data: Fields & { id: string } }>("POST", at, {
        ...fields,
        [field]: allowed,
      });
      expect(accepted.status, accepted.text).toBe(201);
      expect(accepted.json.data[field]).toEqual(allowed);
      const refusedOnCreation = await workspace.call<Problem>("POST", at, { ...fields, [field]: excessive });
      expect(refusal(refusedOnCreation)).toEqual({ status: 422, fields: [field] });
      // A secret is changed by rotation, which makes up its own.
      if (field === "secret") return;
      const place = `${at}/${accepted.json.data.id}`;
      expect((await workspace.call("PATCH", place, { [field]: allowed })).status).toBe(200);
      const refusedOnChange = await workspace.call<Problem>("PATCH", place, { [field]: excessive });
      expect(refusal(refusedOnChange)).toEqual({ status: 422, fields: [field] });
    });
  });

  it("a ticket webhook has 1 to 50 events", async () => {
    const [[, at, fields]] = KINDS;
    const create = (events: string[]) => workspace.call<Problem>("POST", at, { ...fields, events });
    expect((await create(known.slice(0, 50))).status).toBe(201);
    expect((await create(known.slice(0, 1))).status).toBe(201);
    expect(refusal(await create(known.slice(0, 51)))).toEqual({ status: 422, fields: ["events"] });
    expect(refusal(await create([]))).toEqual({ status: 422, fields: ["events"] });
  });

  it("a survey has up to 10 webhooks", async () => {
    const create = (survey: string) =>
      workspace.call<Problem>("POST", `/surveys/${survey}/webhooks`, { url: PUBLIC_URL });
    for (let n = 1; n <= 10; n++) expect((await create("ten")).status).toBe(201);
    const eleventh = await create("ten");
    expect([eleventh.status, eleventh.json.code]).toEqual([409, "conflict"]);
    expect(eleventh.json.detail).toMatch(/10 webhooks/);
    const listed = await workspace.call<{ data: unknown[] }>("GET", "/surveys/ten/webhooks");
    expect(dataOf(listed)).toHaveLength(10);
    expect((await create("another")).status).toBe(201);
  });
});

describe("Incoming webhooks", () => {
  it("each provider has its own endpoint with provider-specific signature validation", async () => {
    const paths = new Set<string>();
    for (const provider of new Set(CALLBACKS.map((each) => each.provider))) {
      const each = CALLBACKS.find((callback) => callback.provider === provider);
      if (!each) throw new Error("It was among them a moment ago");
      const source = await createSource(await newWorkspace(service), provider, each.credentials, each.options);
      const { pathname } = new URL(source.callback_url);
      expect(pathname).toBe(`/in/${provider}/${source.id}`);
      paths.add(pathname);
      const forged = forge(await each.callback(source.callback_url), each.forge);
      expect((await deliver(source.callback_url, forged)).status, provider).toBe(each.refuses ?? 403);
    }
    expect(paths.size).toBe(new Set(CALLBACKS.map((each) => each.provider)).size);
  });

  describe("Email providers", () => {
    it("inbound email: customer email replies create ticket messages", async () => {
      const parsed = CALLBACKS.find((each) => each.provider === "sendgrid-inbound-parse");
      if (!parsed) throw new Error("There is no mail");
      const [address] = parsed.data.to as string[];
      const [mailbox, domain] = String(address).split("@");
      const options = { ...parsed.options, ticket_address: `${mailbox?.slice(0, 2)}{ticket}@${domain}` };
      const { event, data } = await arrives({ ...parsed, options, event: "ticket.message_created", data: {} });
      expect(event).toBe("ticket.message_created");
      expect(data).toMatchObject({ ticket_id: mailbox?.slice(2), direction: "incoming" });
    });

    it("email delivery status: delivery, bounce, open, and failure notifications", async () => {
      const provider = CALLBACKS.find((each) => each.provider === "resend" && kindOf(each) === "status");
      if (!provider) throw new Error("There is no status");
      for (const [type, event] of [
        ["email.delivered", "email.delivered"],
        ["email.bounced", "email.bounced"],
        ["email.opened", "email.opened"],
        ["email.failed", "email.failed"],
      ] as const) {
        const callback = (): Outgoing => resendSigned({ type, created_at: "2026-01-01T23:41:12.126Z", data: RESENT });
        await arrives({ ...provider, callback, event, data: { recipient: "jane@example.com", message_id: "re-1" } });
      }
    });
  });

  describe("Messaging and distribution providers", () => {
    it.each([
      ["SendGrid — email delivery events", "sendgrid", "status"],
      ["Twilio SMS — SMS delivery status", "twilio-sms", "status"],
      ["Twilio WhatsApp — WhatsApp delivery status", "twilio-whatsapp", "status"],
      ["Meta WhatsApp — WhatsApp Cloud API events", "meta-whatsapp", "status"],
      ["Meta WhatsApp — WhatsApp Cloud API events: messages", "meta-whatsapp", "inbound"],
      ["MessageBird — SMS delivery status", "messagebird", "status"],
      ["Gupshup — WhatsApp delivery status", "gupshup", "status"],
      ["Vonage — SMS delivery receipts", "vonage-sms", "status"],
      ["Plivo — SMS delivery reports", "plivo-sms", "status"],
    ] as const)("%s", async (_, provider, kind) => {
      await arrives(callbackOf(provider, kind));
    });

    it("AWS SES — email delivery events via SNS", async () => {
      const withAmazon = await startServiceWithAmazon();
      try {
        const tenant = await newWorkspace(withAmazon);
        const inbox = openInbox(receiver);
        await tenant.webhook({ url: inbox.url, events: ["email.delivered"] });
        const source = await createSource(tenant, "aws-ses-sns", {}, AMAZON_OPTIONS);
        const { body, headers } = message("Notification");
        expect((await fetch(source.callback_url, { method: "POST", body, headers })).status).toBe(200);
        expect(inJson(await inbox.first())).toMatchObject({ event: "email.delivered" });
      } finally {
        await withAmazon.stop();
      }
    });
  });
});
