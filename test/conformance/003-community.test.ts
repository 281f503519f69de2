import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eventually } from "../support/eventually.ts";
import {
  answer,
  type Handler,
  hang,
  type Received,
  type Receiver,
  redirect,
  startReceiver,
} from "../support/receiver.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import { hexSignature } from "../support/signatures.ts";
import { type DeliveryRow, dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/** The document's first notification, its lost brackets put back. */
const STATUS_CHANGE = `{
	"CommunityName": "yourCompany",
	"EventType": "ticket_status_change",
	"Events": [
		{
			"InboxLink": "",
			"PreviousTicketStatus": "open",
			"Ticket": {
				"Author": {
					"Id": "35692164-bfaa-4c49-a23c-ecfa618f7d20",
					"Name": "Robert Baker",
					"Image": null,
					"Email": "",
					"Status": "client",
					"IsBot": false
				},
				"Category": {
					"Id": 15721,
					"Name": "Other cases",
					"Parents": []
				},
				"CreationTime": "2019-12-17T08:03:48.318717+01:00",
				"DetailedSource": "web_website",
				"Id": 4478963,
				"LastThreadElementCreationTime": "2019-12-17T08:10:03.8181291+01:00",
				"LockedBy": null,
				"Message": "I want to take my cat to a vet",
				"OriginalLink": null,
				"Properties": {
					"IsAnonymized": false,
					"IsMuted": false,
					"HasAttachments": false,
					"HasDraft": false,
					"IsAssignedToBot": false,
					"IsDeleted": false,
					"IsExpired": false,
					"IsHidden": false,
					"IsLocked": false,
					"IsSpam": false,
					"IsSensitive": false
				},
				"ReplyCount": 1,
				"Sentiment": "question",
				"Source": "web",
				"SourceName": null,
				"Status": "pending",
				"Title": "Cat is ill",
				"HtmlMessage": "I want to take my cat to a vet"
			}
		}
	],
	"TicketId": 4478963
}`;

/** The document's second one. */
const NOTE_DELETION = `{
	"CommunityName": "yourCompany",
	"EventType": "note_deletion",
	"Events": [
		{
			"NoteId": 182605
		}
	]
}`;

const EVENT_TYPES = [
  ...["ticket_creation", "ticket_status_change", "ticket_assignee_change", "ticket_category_change"],
  ...["reply_creation", "note_creation", "note_update", "note_deletion"],
];

const TOKEN = "someverificationtoken";
const TIMEOUT_MS = 20_000;

interface Notification {
  CommunityName: string;
  EventType: string;
  Events: unknown[];
  TicketId?: number;
}

interface Problem {
  code: string;
  detail: string;
  errors?: { path: string }[];
}

let service: SpawnedService;
/** A service for what takes its time: a consumer that waits keeps others of its lane waiting on one machine. */
let patient: SpawnedService;
let receiver: Receiver;
/** What takes its time, under way since the beginning of the file. */
let slow: { workspace: Workspace; never: Webhook; verification: Promise<Problem> };

beforeAll(async () => {
  [service, patient, receiver] = await Promise.all([spawnService(), spawnService(), startReceiver()]);
  const workspace = await newWorkspace(patient);
  // One attempt, so that its end is the delivery's.
  const never = await workspace.webhook(community(scene(obliging({ posts: hang() })).url, { retry_policy: [] }));
  await workspace.publish({ event: "ticket_status_change", data: {} });
  const verification = refusal(workspace, "POST", "/webhooks", community(scene(hang()).url));
  // Its test awaits it; until then a failure is nobody's.
  verification.catch(() => {});
  slow = { workspace, never, verification };
});

afterAll(() => Promise.all([service.stop(), patient.stop(), receiver.close()]));

/** Does what the document asks of an endpoint: the token must match, the body contains the challenge. */
function obliging({ token = TOKEN, posts = answer(200) }: { token?: string; posts?: Handler } = {}): Handler {
  return (request, response) => {
    if (request.method !== "GET") return posts(request, response);
    const fits = request.query.get("verifyToken") === token;
    return answer(fits ? 200 : 403, fits ? (request.query.get("challenge") ?? "") : "wrong token")(request, response);
  };
}

let scenes = 0;

/** A path of the receiver's own, and what arrived there. */
function scene(handler: Handler, at: Receiver = receiver) {
  const path = `/webhooks/${++scenes}`;
  at.on(path, handler);
  const arrived = (method: string) =>
    at.requests.filter((request) => request.path === path && request.method === method);
  return {
    url: at.url + path,
    verifications: () => arrived("GET"),
    notifications: () => arrived("POST"),
    /** The first notification, once it is there. */
    async notified(): Promise<Received> {
      await at.waitFor(() => arrived("POST").length > 0);
      const [request] = arrived("POST");
      if (!request) throw new Error("Nothing arrived");
      return request;
    },
  };
}

const community = (url: string, more: Record<string, unknown> = {}) => ({
  url,
  events: ["ticket_status_change"],
  dialect: "community",
  verify_token: TOKEN,
  ...more,
});

async function newCommunity(fields: Record<string, unknown> = { community_name: "yourCompany" }): Promise<Workspace> {
  const workspace = await newWorkspace(service, "Your Company Ltd.");
  dataOf(await workspace.call<{ data: unknown }>("PATCH", "", fields));
  return workspace;
}

const listed = async (workspace: Workspace) =>
  dataOf(await workspace.call<{ data: Record<string, unknown>[] }>("GET", "/webhooks"));

/** What the only event of a documented notification is about, as it would be published. */
const dataFrom = (notification: string): unknown => (JSON.parse(notification) as Notification).Events[0];

/** A documented notification without the white space of its page. */
const compact = (notification: string): string => JSON.stringify(JSON.parse(notification));

/** What came back from a verification that failed, which saved nothing. */
async function refusal(workspace: Workspace, method: string, path: string, fields: unknown): Promise<Problem> {
  const before = await listed(workspace);
  const { status, json } = await workspace.call<Problem>(method, path, fields);
  expect(status).toBe(422);
  expect(await listed(workspace)).toEqual(before);
  return json;
}

describe("Create Endpoint", () => {
  it("your endpoint must be able to process two types of requests, Verification Requests and Event Notifications: it gets no others", async () => {
    const workspace = await newCommunity();
    const { url } = scene(obliging());
    const { pathname } = new URL(url);
    await workspace.webhook(community(url));
    await workspace.publish({ event: "ticket_status_change", data: {} });
    const mine = () => receiver.requests.filter((request) => request.path === pathname);
    await receiver.waitFor(() => mine().length === 2);
    expect(mine().map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  it("both requests use HTTPS: where private targets are not allowed, plain HTTP is refused", async () => {
    const strict = await spawnService({ vars: { ALLOW_PRIVATE_TARGETS: "false" } });
    try {
      const workspace = await newWorkspace(strict);
      const { url, verifications } = scene(obliging());
      for (const target of [url, "http://partner.example.com/webhooks"]) {
        const { errors } = await refusal(workspace, "POST", "/webhooks", community(target));
        expect(errors?.map(({ path }) => path)).toEqual(["url"]);
      }
      expect(verifications()).toEqual([]);
    } finally {
      await strict.stop();
    }
  });

  it("both requests use HTTPS: an endpoint of plain HTTP from before gets neither", async () => {
    const lenient = await spawnService();
    const { url, verifications, notifications } = scene(obliging());
    const { path, webhook } = await newWorkspace(lenient);
    const { id } = await webhook(community(url, { retry_policy: [] }));
    await lenient.stop();
    const strict = await spawnService({ stateDir: lenient.stateDir, vars: { ALLOW_PRIVATE_TARGETS: "false" } });
    try {
      const call = api(strict.url, strict.adminToken);
      const event = { event: "ticket_status_change", data: {} };
      expect((await call("POST", `${path}/events`, event)).status).toBe(202);
      const [delivery] = await eventually(
        async () => dataOf(await call<{ data: DeliveryRow[] }>("GET", `${path}/webhooks/${id}/deliveries`)),
        ([only]) => only !== undefined && only.status !== "pending",
      );
      expect(delivery).toMatchObject({ status: "failed", last_error: "blocked" });
      expect(notifications()).toEqual([]);
      expect((await call("PATCH", `${path}/webhooks/${id}`, { verify_token: TOKEN })).status).toBe(422);
      expect(verifications()).toHaveLength(1);
    } finally {
      await strict.stop();
    }
  });

  it("your server must have a valid certificate: then both requests arrive; self-signed ones are not supported: then neither does", async () => {
    const pem = fileURLToPath(new URL("./self-signed.pem", import.meta.url));
    const text = readFileSync(pem, "utf8");
    const server = await startReceiver({ tls: { key: text, cert: text } });
    // To the runtime that is told to trust it, a certificate is as good as a bought one: nothing else is wrong with it.
    vi.stubEnv("SSL_CERT_FILE", pem);
    const trusting = await spawnService();
    try {
      const workspace = await newWorkspace(trusting);
      const { url, verifications, notifications } = scene(obliging(), server);
      const { id } = await workspace.webhook(community(url, { retry_policy: [] }));
      expect(verifications()).toHaveLength(1);
      await workspace.publish({ event: "ticket_status_change", data: {} });
      await server.waitFor(() => notifications().length === 1);

      vi.unstubAllEnvs();
      await trusting.restart();
      expect((await refusal(workspace, "POST", "/webhooks", community(url))).code).toBe("handshake_failed");
      await workspace.publish({ event: "ticket_status_change", data: {} });
      await eventually(
        () => workspace.deliveries(id),
        ([last]) => last?.status === "failed",
      );
      expect([verifications().length, notifications().length]).toEqual([1, 1]);
    } finally {
      vi.unstubAllEnvs();
      await Promise.all([trusting.stop(), server.close()]);
    }
  });

  describe("Verification Requests", () => {
    it("anytime you configure the webhooks, we'll send a GET request to your endpoint URL: when they are created", async () => {
      const workspace = await newCommunity();
      const { url, verifications } = scene(obliging());
      await workspace.webhook(community(url));
      expect(verifications()).toHaveLength(1);
    });

    it("anytime you configure the webhooks: when their URL is set", async () => {
      const workspace = await newCommunity();
      const [from, to] = [scene(obliging()), scene(obliging())];
      const { id } = await workspace.webhook(community(from.url));
      await workspace.change(id, { url: to.url });
      expect([from.verifications().length, to.verifications().length]).toEqual([1, 1]);
      expect(to.verifications()[0]?.query.get("verifyToken")).toBe(TOKEN);
    });

    it("anytime you configure the webhooks: when their verify token is set", async () => {
      const workspace = await newCommunity();
      const accepting: Handler = (request, response) =>
        answer(200, request.query.get("challenge") ?? "")(request, response);
      const { url, verifications } = scene(accepting);
      const { id } = await workspace.webhook(community(url));
      await workspace.change(id, { verify_token: "another token" });
      const tokens = verifications().map(({ query }) => query.get("verifyToken"));
      expect(tokens).toEqual([TOKEN, "another token"]);
    });

    it("include the query string parameters challenge and verifyToken", async () => {
      const workspace = await newCommunity();
      const { url, verifications } = scene(obliging());
      await workspace.webhook(community(url));
      expect(verifications()[0]?.query.toString()).toMatch(/^challenge=\d+&verifyToken=someverificationtoken$/);
    });

    it("append them to the end of your endpoint URL, behind a query of its own", async () => {
      const workspace = await newCommunity();
      const { url, verifications } = scene(obliging());
      await workspace.webhook(community(`${url}?tenant=7&from=community`));
      expect(verifications()[0]?.query.toString()).toMatch(
        /^tenant=7&from=community&challenge=\d+&verifyToken=someverificationtoken$/,
      );
    });

    it("carry a challenge of the documented size: an endpoint may read it into 32 bits", async () => {
      const workspace = await newCommunity();
      const { url, verifications } = scene(obliging());
      for (let time = 0; time < 20; time++) await workspace.webhook(community(url));
      const challenges = verifications().map(({ query }) => Number(query.get("challenge")));
      expect(challenges).toHaveLength(20);
      expect(Math.max(...challenges)).toBeLessThanOrEqual(2_147_483_647);
      expect(Math.min(...challenges)).toBeGreaterThanOrEqual(1_000_000_000);
    });

    it("carry another challenge each time", async () => {
      const workspace = await newCommunity();
      const { url, verifications } = scene(obliging());
      for (let time = 0; time < 3; time++) await workspace.webhook(community(url));
      expect(new Set(verifications().map(({ query }) => query.get("challenge"))).size).toBe(3);
    });
  });

  describe("Validating Verification Requests", () => {
    it.each([TOKEN, "with space & more=less?", "żółć ✓ +%20", "a".repeat(200)])(
      "the verifyToken value matches the string you set: %s",
      async (token) => {
        const workspace = await newCommunity();
        const { url, verifications } = scene(obliging({ token }));
        await workspace.webhook(community(url, { verify_token: token }));
        expect(verifications()[0]?.query.get("verifyToken")).toBe(token);
      },
    );

    it("you set up this token during configuring webhooks: without one nothing is asked and nothing is saved", async () => {
      const workspace = await newCommunity();
      const { url, verifications } = scene(obliging());
      const { errors } = await refusal(workspace, "POST", "/webhooks", { ...community(url), verify_token: undefined });
      expect(errors?.map(({ path }) => path)).toEqual(["verify_token"]);
      expect(verifications()).toEqual([]);
    });

    it("an endpoint that finds another token refuses: nothing is saved, and the answer says what came back", async () => {
      const workspace = await newCommunity();
      const { url } = scene(obliging({ token: "what the endpoint expects" }));
      const { code, detail } = await refusal(workspace, "POST", "/webhooks", community(url));
      expect(code).toBe("handshake_failed");
      expect(detail).toContain("403");
      expect(detail).toContain("wrong token");
    });

    const echoing =
      (before: string, after: string): Handler =>
      (request, response) =>
        answer(200, `${before}${request.query.get("challenge")}${after}`)(request, response);

    it.each([
      ["the challenge alone", echoing("", "")],
      ["the challenge between white space", echoing("\r\n ", "\n")],
      ["the challenge in text", echoing("challenge: ", ", as you wished")],
      ["the challenge in JSON", echoing('{"challenge":"', '"}')],
    ])("the response body should contain the challenge value: %s passes", async (_, handler) => {
      const workspace = await newCommunity();
      const { id } = await workspace.webhook(community(scene(handler).url));
      expect((await listed(workspace)).map((webhook) => webhook.id)).toEqual([id]);
    });

    const half: Handler = (request, response) =>
      answer(200, request.query.get("challenge")?.slice(0, -1))(request, response);
    const otherStatus =
      (status: number): Handler =>
      (request, response) =>
        answer(status, request.query.get("challenge") ?? "")(request, response);

    it.each([
      ["nothing", answer(200), /200/],
      ["something else", answer(200, "hello"), /200.*hello/],
      ["a part of the challenge", half, /200/],
      ["the challenge, but 201", otherStatus(201), /201/],
      ["the challenge, but 404", otherStatus(404), /404/],
      ["the challenge, but 500", otherStatus(500), /500/],
      ["a redirect to where it would pass", redirect("/elsewhere"), /302/],
    ] as [string, Handler, RegExp][])(
      "an endpoint that answers with %s does not pass: nothing is saved, and the answer says what came back",
      async (_, handler, expected) => {
        const workspace = await newCommunity();
        const { code, detail } = await refusal(workspace, "POST", "/webhooks", community(scene(handler).url));
        expect(code).toBe("handshake_failed");
        expect(detail).toMatch(expected);
      },
    );

    it("the same on every change of the URL or the verify token: nothing of the change is saved", async () => {
      const workspace = await newCommunity();
      const { url, notified } = scene(obliging());
      const { id } = await workspace.webhook(community(url));
      const refusing = scene(answer(200, "hello"));
      for (const changes of [
        { url: refusing.url, description: "moved" },
        { verify_token: "not what the endpoint expects", description: "renewed" },
      ]) {
        const { code } = await refusal(workspace, "PATCH", `/webhooks/${id}`, changes);
        expect(code).toBe("handshake_failed");
      }
      await workspace.publish({ event: "ticket_status_change", data: {} });
      await notified();
      expect(refusing.notifications()).toEqual([]);
    });

    // That it may take 20 s is seen in src/delivery/handshake.test.ts, without waiting for it.
    it("an endpoint that never answers does not pass", async () => {
      const { code, detail } = await slow.verification;
      expect(code).toBe("handshake_failed");
      expect(detail).toContain("timeout");
    });
  });

  describe("Event Notifications", () => {
    it.each(EVENT_TYPES)("you will subscribe to specific events on an object type: %s is one", async (event) => {
      const workspace = await newCommunity();
      const { url, notified, notifications } = scene(obliging());
      const { id } = await workspace.webhook(community(url, { events: [event] }));
      // The other ones go first, so that they would be there first.
      const others = EVENT_TYPES.filter((other) => other !== event);
      for (const published of [...others, event]) await workspace.publish({ event: published, data: {} });
      const { EventType } = JSON.parse((await notified()).body.toString()) as Notification;
      expect(EventType).toBe(event);
      expect(notifications()).toHaveLength(1);
      expect(await workspace.deliveries(id)).toHaveLength(1);
    });

    it("whenever such event happened, we will send your endpoint a POST request with a JSON payload", async () => {
      const workspace = await newCommunity();
      const { url, notified } = scene(obliging());
      await workspace.webhook(community(url));
      await workspace.publish({ event: "ticket_status_change", data: dataFrom(STATUS_CHANGE) });
      const { method, headers, body } = await notified();
      expect(method).toBe("POST");
      expect(headers["content-type"]).toBe("application/json");
      expect(() => JSON.parse(body.toString())).not.toThrow();
    });

    it("a ticket's status changed from open to pending: the notification is the documented one, and no more", async () => {
      const workspace = await newCommunity();
      const { url, notified } = scene(obliging());
      await workspace.webhook(community(url));
      await workspace.publish({ event: "ticket_status_change", data: dataFrom(STATUS_CHANGE) });
      const { body } = await notified();
      expect(JSON.parse(body.toString())).toEqual(JSON.parse(STATUS_CHANGE));
      expect(body.toString()).toBe(compact(STATUS_CHANGE));
    });

    it.each([
      ["the community's name", { community_name: "yourCompany" }, "yourCompany"],
      ["the workspace's name where it has none", { community_name: null }, "Your Company Ltd."],
    ])("CommunityName is %s", async (_, fields, expected) => {
      const workspace = await newCommunity(fields);
      const { url, notified } = scene(obliging());
      await workspace.webhook(community(url));
      await workspace.publish({ event: "ticket_status_change", data: dataFrom(STATUS_CHANGE) });
      const { CommunityName } = JSON.parse((await notified()).body.toString()) as Notification;
      expect(CommunityName).toBe(expected);
    });
  });

  describe("Payload Contents", () => {
    it("all payloads are formatted with JSON, in one structure: a sample of every event type", async () => {
      const workspace = await newCommunity();
      const { url, notifications } = scene(obliging());
      const { id } = await workspace.webhook(community(url, { events: EVENT_TYPES }));
      for (const event of EVENT_TYPES) {
        expect((await workspace.call("POST", `/webhooks/${id}/test`, { event })).status).toBe(202);
      }
      await receiver.waitFor(() => notifications().length === EVENT_TYPES.length);
      const payloads = notifications().map(({ body }) => JSON.parse(body.toString()) as Notification);
      for (const { CommunityName, EventType, Events, TicketId, ...more } of payloads) {
        expect(CommunityName).toBe("yourCompany");
        expect(Events).toHaveLength(1);
        expect(Events[0]).toBeTypeOf("object");
        // Those about a ticket name it; a deleted note has left nothing to tell which ticket it was on.
        expect([EventType, TicketId]).toEqual([EventType, EventType === "note_deletion" ? undefined : 4478963]);
        expect(more).toEqual({});
      }
      expect(payloads.map(({ EventType }) => EventType).sort()).toEqual(EVENT_TYPES.toSorted());
    });

    it.todo("we do not store any Webhook event notification data: it does not hold here, the delivery log keeps it");

    it("the structure of the JSON body: a deleted note is the documented one, and no more", async () => {
      const workspace = await newCommunity();
      const { url, notified } = scene(obliging());
      await workspace.webhook(community(url, { events: ["note_deletion"] }));
      await workspace.publish({ event: "note_deletion", data: dataFrom(NOTE_DELETION) });
      const { body } = await notified();
      expect(JSON.parse(body.toString())).toEqual(JSON.parse(NOTE_DELETION));
      expect(body.toString()).toBe(compact(NOTE_DELETION));
    });

    it.todo("more info about the payload structure in the following document: that document is not at hand");
  });

  describe("Responding to Event Notifications", () => {
    it("your endpoint should respond with 200 OK: then the notification is done", async () => {
      const workspace = await newCommunity();
      const { url, notifications } = scene(obliging());
      const { id } = await workspace.webhook(community(url));
      await workspace.publish({ event: "ticket_status_change", data: {} });
      expect(await workspace.attempted(id)).toMatchObject({
        status: "delivered",
        last_status: 200,
        next_attempt_at: null,
      });
      expect(notifications()).toHaveLength(1);
    });

    it("an endpoint that does not is notified again", async () => {
      const workspace = await newCommunity();
      const { url, notifications } = scene(obliging({ posts: answer(500) }));
      const { id } = await workspace.webhook(community(url));
      await workspace.publish({ event: "ticket_status_change", data: dataFrom(STATUS_CHANGE) });
      await receiver.waitFor(() => notifications().length === 2);
      expect(await workspace.attempted(id, 2)).toMatchObject({ status: "pending", last_status: 500 });
      expect(notifications().map(({ body }) => body.toString())).toEqual(Array(2).fill(compact(STATUS_CHANGE)));
    });

    it("your endpoint should respond in 20 seconds or less: one that does not has failed, and not before", async () => {
      const { workspace, never } = slow;
      expect(await workspace.getWebhook(never.id)).toMatchObject({ timeout_ms: TIMEOUT_MS });
      const delivery = await workspace.attempted(never.id);
      expect(delivery).toMatchObject({ status: "failed", last_status: null, last_error: "timeout" });
      expect(delivery.attempts[0]?.duration_ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 100);
    });
  });
});

describe("what the page does not say: X-Webhook-Signature", () => {
  const SECRET = "a secret of the user's own";

  it("is sha256= and the hex HMAC of the body with the webhook's secret", async () => {
    const workspace = await newCommunity();
    const { url, notified } = scene(obliging());
    await workspace.webhook(community(url, { secret: SECRET }));
    await workspace.publish({ event: "ticket_status_change", data: dataFrom(STATUS_CHANGE) });
    const { headers, body } = await notified();
    expect(headers["x-webhook-signature"]).toBe(`sha256=${hexSignature(SECRET, body)}`);
    expect(headers["x-webhook-signature"]).not.toBe(`sha256=${hexSignature(SECRET, `${body} `)}`);
    expect(headers["x-webhook-signature"]).not.toBe(`sha256=${hexSignature(`${SECRET}.`, body)}`);
  });

  it("is not there without a secret", async () => {
    const workspace = await newCommunity();
    const { url, notified } = scene(obliging());
    expect((await workspace.webhook(community(url))).secret).toBeNull();
    await workspace.publish({ event: "ticket_status_change", data: {} });
    expect(Object.keys((await notified()).headers).filter((name) => name.includes("signature"))).toEqual([]);
  });
});
