import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { curl, type Exchange, exchange } from "../support/curl.ts";
import { eventually } from "../support/eventually.ts";
import { answer, failTimes, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { LIBRARIES, librariesAccepting } from "../support/signatures.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** The document's commands and answers, word for word. */
const COMMANDS = {
  list: `curl -X GET "{{BASE_URL}}/v2.3/webhooks/endpoints" \\
-H "Authorization: Bearer {{ACCESS_TOKEN}}" \\
-H "Accept: application/json"`,
  create: `curl -X POST "{{BASE_URL}}/v2.3/webhooks/endpoints" \\
-H "Authorization: Bearer {{ACCESS_TOKEN}}" \\
-H "Content-Type: application/json" \\
-H "Accept: application/json" \\
-d '{
"url": "https://partner.example.com/webhooks/xpath",
"events": ["cases.*", "assignments.*"],
"description": "Partner production endpoint"
}'`,
  get: `curl -X GET "{{BASE_URL}}/v2.3/webhooks/endpoints/{{WEBHOOK_ID}}" \\
-H "Authorization: Bearer {{ACCESS_TOKEN}}" \\
-H "Accept: application/json"`,
  patch: `curl -X PATCH "{{BASE_URL}}/v2.3/webhooks/endpoints/{{WEBHOOK_ID}}" \\
-H "Authorization: Bearer {{ACCESS_TOKEN}}" \\
-H "Content-Type: application/json" \\
-H "Accept: application/json" \\
-d '{
"status": "paused",
"events": ["cases.*"]
}'`,
  delete: `curl -X DELETE "{{BASE_URL}}/v2.3/webhooks/endpoints/{{WEBHOOK_ID}}" \\
-H "Authorization: Bearer {{ACCESS_TOKEN}}" \\
-H "Accept: application/json"`,
};

const ANSWERS = {
  list: `{
"data": [
{
"id": "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW",
"url": "https://partner.example.com/webhooks/xpath",
"description": "Partner production endpoint",
"events": ["cases.*", "assignments.*"],
"status": "active",
"created_at": "2026-04-29T09:10:00Z",
"updated_at": "2026-04-29T09:10:00Z"
}
]
}`,
  create: `{
"data": {
"id": "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW",
"url": "https://partner.example.com/webhooks/xpath",
"description": "Partner production endpoint",
"events": ["cases.*", "assignments.*"],
"status": "active",
"secret": "whsec_...",
"created_at": "2026-04-29T09:10:00Z",
"updated_at": "2026-04-29T09:10:00Z"
}
}`,
  get: `{
"data": {
"id": "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW",
"url": "https://partner.example.com/webhooks/xpath",
"description": "Partner production endpoint",
"events": ["cases.*", "assignments.*"],
"status": "active",
"created_at": "2026-04-29T09:10:00Z",
"updated_at": "2026-04-29T09:10:00Z"
}
}`,
  patch: `{
"data": {
"id": "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW",
"url": "https://partner.example.com/webhooks/xpath",
"description": "Partner production endpoint",
"events": ["cases.*"],
"status": "paused",
"created_at": "2026-04-29T09:10:00Z",
"updated_at": "2026-04-29T09:30:00Z"
}
}`,
};

/** What can happen, by the document's groups. */
const TASKS = ["cases.tasks.created", "cases.tasks.updated", "cases.tasks.deleted"];
const EXPENSES = ["cases.expenses.created", "cases.expenses.updated", "cases.expenses.deleted"];
const CONTACTS = ["assignments.contacts.created", "assignments.contacts.updated", "assignments.contacts.deleted"];
const BILLING = [
  "assignments.billing-details.created",
  "assignments.billing-details.updated",
  "assignments.billing-details.deleted",
];
const CASES = ["cases.created", "cases.updated", "cases.closed", "cases.archived", "cases.unarchived"];
const ASSIGNMENTS = [
  ...["assignments.created", "assignments.updated", "assignments.status.updated", "assignments.archived"],
  ...["assignments.unarchived", "assignments.extensions.created"],
];
const ALL = [...CASES, ...TASKS, ...EXPENSES, ...ASSIGNMENTS, ...CONTACTS, ...BILLING];

/** Every name of the document's list, in its order, and what reaches an endpoint that subscribes to it. */
const REACHED_BY: Record<string, string[]> = {
  "cases.*": [...CASES, ...TASKS, ...EXPENSES],
  "cases.created": ["cases.created"],
  "cases.updated": ["cases.updated"],
  "cases.closed": ["cases.closed"],
  "cases.archived": ["cases.archived"],
  "cases.unarchived": ["cases.unarchived"],
  "cases.tasks.*": TASKS,
  "cases.expenses.*": EXPENSES,
  "assignments.*": [...ASSIGNMENTS, ...CONTACTS, ...BILLING],
  "assignments.created": ["assignments.created"],
  "assignments.updated": ["assignments.updated"],
  "assignments.status.updated": ["assignments.status.updated"],
  "assignments.archived": ["assignments.archived"],
  "assignments.unarchived": ["assignments.unarchived"],
  "assignments.extensions.created": ["assignments.extensions.created"],
  "assignments.contacts.*": CONTACTS,
  "assignments.billing-details.*": BILLING,
};

const PATH = "/v2.3/webhooks/endpoints";
const URL_ = "https://partner.example.com/webhooks/xpath";
/** A ULID is 26 characters of Crockford's base 32, the first of them at most 7. */
const ID = /^wh_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const UNKNOWN_ID = "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW";

interface Endpoint {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  status: string;
  secret?: string;
  created_at: string;
  updated_at: string;
}

type One = { data: Endpoint };
type Many = { data: Endpoint[] };
type Problem = { code: string; errors?: { path: string }[] };

/** A customer of the documented API: one workspace, one token. */
interface Tenant {
  workspace: Workspace;
  token: string;
  /** Runs one of the document's commands. */
  curl(command: keyof typeof COMMANDS, webhookId?: string): Promise<Exchange>;
  /** Calls the API with the documented headers. */
  call(method: string, path: string, body?: unknown): Promise<Exchange>;
  create(fields?: Record<string, unknown>): Promise<Endpoint>;
  get(id: string): Promise<Endpoint>;
  list(): Promise<Endpoint[]>;
}

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const parsed = <T>({ text }: Exchange): T => JSON.parse(text) as T;

async function newTenant(): Promise<Tenant> {
  const workspace = await newWorkspace(service);
  const scopes = ["read", "manage"];
  const { token } = dataOf(
    await workspace.call<{ data: { token: string } }>("POST", "/tokens", { name: "partner", scopes }),
  );
  const succeeded = (done: Exchange) => {
    if (done.status < 200 || done.status > 299) throw new Error(`${done.status}: ${done.text}`);
    return done;
  };
  const tenant: Tenant = {
    workspace,
    token,
    curl: (command, WEBHOOK_ID = "") =>
      curl(COMMANDS[command], { BASE_URL: service.url, ACCESS_TOKEN: token, WEBHOOK_ID }),
    call(method, path, body) {
      const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "application/json" };
      if (body === undefined) return exchange(method, service.url + path, headers);
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return exchange(method, service.url + path, { ...headers, "Content-Type": "application/json" }, text);
    },
    create: async (fields = {}) =>
      parsed<One>(succeeded(await tenant.call("POST", PATH, { url: URL_, events: ["cases.*"], ...fields }))).data,
    get: async (id) => parsed<One>(succeeded(await tenant.call("GET", `${PATH}/${id}`))).data,
    list: async () => parsed<Many>(succeeded(await tenant.call("GET", PATH))).data,
  };
  return tenant;
}

const shown = ({ secret: _, ...rest }: Endpoint): Endpoint => rest;

/**
 * A documented answer about this endpoint: its id, secret and times instead of the example's, the keys as they stand
 * in the document. Compact, as its white space is the page's.
 */
function documented(answerText: string, { id, secret, created_at, updated_at }: Endpoint): string {
  const own: Record<string, unknown> = { id, secret, created_at, updated_at };
  return JSON.stringify(JSON.parse(answerText, (key, value: unknown) => (key in own ? own[key] : value)));
}

const compact = ({ text }: Exchange): string => JSON.stringify(JSON.parse(text));

const refusedPaths = (refusal: Exchange) => [
  refusal.status,
  parsed<Problem>(refusal).errors?.map((error) => error.path),
];

const to = (path: string): Received[] => receiver.requests.filter((request) => request.path === path);

/** The next request to a path. */
async function arrival(path: string): Promise<Received> {
  await receiver.waitFor(() => to(path).length > 0);
  const [request] = to(path);
  if (!request) throw new Error(`Nothing arrived at ${path}`);
  return request;
}

const typeOf = ({ body }: Received): string => (JSON.parse(body.toString()) as { type: string }).type;

interface Operation {
  method: string;
  path(endpoint: Endpoint): string;
  body?: Record<string, unknown>;
  status: number;
}

/** The tables of headers are the same ones for every operation, but for the type of a body. */
function describeHeaders({ method, path, body, status }: Operation): void {
  const text = body && JSON.stringify(body);

  async function scene() {
    const tenant = await newTenant();
    const endpoint = await tenant.create();
    return { tenant, endpoint, url: service.url + path(endpoint) };
  }

  describe("Headers", () => {
    it("Authorization is required: without it the answer is 401, and nothing happens", async () => {
      const { tenant, endpoint, url } = await scene();
      const refused = await exchange(
        method,
        url,
        { Accept: "application/json", ...(text ? { "Content-Type": "application/json" } : {}) },
        text,
      );
      expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
      expect(await tenant.list()).toEqual([shown(endpoint)]);
    });

    it("Authorization is Bearer and the access token: anything else is 401, and nothing happens", async () => {
      const { tenant, endpoint, url } = await scene();
      const rest = { Accept: "application/json", ...(text ? { "Content-Type": "application/json" } : {}) };
      for (const Authorization of [tenant.token, `Basic ${tenant.token}`, "Bearer", `Bearer ${tenant.token}x`]) {
        const refused = await exchange(method, url, { Authorization, ...rest }, text);
        expect([Authorization, refused.status]).toEqual([Authorization, 401]);
      }
      expect(await tenant.list()).toEqual([shown(endpoint)]);
    });

    if (text !== undefined) {
      it("Content-Type is required: without it the answer is 415, and nothing happens", async () => {
        const { tenant, endpoint, url } = await scene();
        const headers = { Authorization: `Bearer ${tenant.token}`, Accept: "application/json" };
        expect((await exchange(method, url, headers, text)).status).toBe(415);
        expect(await tenant.list()).toEqual([shown(endpoint)]);
      });

      it("Content-Type is application/json: another one is 415, and nothing happens", async () => {
        const { tenant, endpoint, url } = await scene();
        const headers = { Authorization: `Bearer ${tenant.token}`, Accept: "application/json" };
        for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
          expect((await exchange(method, url, { ...headers, "Content-Type": type }, text)).status).toBe(415);
        }
        expect(await tenant.list()).toEqual([shown(endpoint)]);
      });
    }

    it("Accept is application/json: so is the answer, and nobody is refused who forgot it or asks for another", async () => {
      for (const accept of [{ Accept: "application/json" }, {}, { Accept: "text/html" }]) {
        const { tenant, url } = await scene();
        const type = text === undefined ? {} : { "Content-Type": "application/json" };
        const headers = { Authorization: `Bearer ${tenant.token}`, ...type, ...accept };
        const done = await exchange(method, url, headers, text);
        expect([accept, done.status]).toEqual([accept, status]);
        // A 204 has no body, so it has no type.
        expect(done.headers["content-type"]).toBe(status === 204 ? undefined : "application/json");
      }
    });
  });
}

/** Where a path names an endpoint. `work` is the operation, done to the endpoint with that id. */
function describePathParameters(method: string, work: (tenant: Tenant, id: string) => Promise<Exchange>): void {
  describe("Path Parameters", () => {
    it(`webhookId is the endpoint's identifier: ${method} is about that one and no other`, async () => {
      const tenant = await newTenant();
      const [one, other] = [await tenant.create({ description: "one" }), await tenant.create({ description: "other" })];
      const done = await work(tenant, one.id);
      expect(done.status).toBeLessThan(300);
      if (done.status === 200) expect(parsed<One>(done).data).toMatchObject({ id: one.id, description: "one" });
      expect(await tenant.get(other.id)).toEqual(shown(other));
    });

    it("an identifier that no endpoint has is 404", async () => {
      const tenant = await newTenant();
      const endpoint = await tenant.create();
      for (const id of [UNKNOWN_ID, "42", endpoint.id.toLowerCase()]) {
        expect([id, (await work(tenant, id)).status]).toEqual([id, 404]);
      }
      expect(await tenant.list()).toEqual([shown(endpoint)]);
    });
  });
}

describe("Webhooks", () => {
  describe("Overview", () => {
    it.each(["assignments.created", "cases.created"])(
      "provide near real-time notifications for events related to assignments and cases: %s arrives with nothing after it",
      async (event) => {
        const { workspace, create } = await newTenant();
        const path = `/near-real-time/${event}`;
        await create({ url: receiver.url + path, events: [event] });
        await workspace.publish({ event, data: { id: 1 } });
        expect(typeOf(await arrival(path))).toBe(event);
      },
    );
  });

  describe("Endpoint Summary", () => {
    const one = ({ id }: Endpoint) => `${PATH}/${id}`;
    it.each([
      ["GET", "/v2.3/webhooks/endpoints", "List webhook endpoints", () => PATH, undefined, 200],
      ["POST", "/v2.3/webhooks/endpoints", "Create webhook endpoint", () => PATH, { url: URL_, events: ALL }, 201],
      ["GET", "/v2.3/webhooks/endpoints/{webhookId}", "Get webhook endpoint", one, undefined, 200],
      ["PATCH", "/v2.3/webhooks/endpoints/{webhookId}", "Update webhook endpoint", one, {}, 200],
      ["DELETE", "/v2.3/webhooks/endpoints/{webhookId}", "Delete webhook endpoint", one, undefined, 204],
    ] as const)("%s %s: %s", async (method, _route, _purpose, path, body, status) => {
      const tenant = await newTenant();
      const endpoint = await tenant.create();
      expect((await tenant.call(method, path(endpoint), body)).status).toBe(status);
      // One more, one less, or as many as before.
      const left = { POST: 2, DELETE: 0, GET: 1, PATCH: 1 }[method];
      expect(await tenant.list()).toHaveLength(left);
    });
  });

  describe("GET /v2.3/webhooks/endpoints", () => {
    it("Return webhook endpoints configured for the tenant: all of his, and nobody else's", async () => {
      const [tenant, other] = [await newTenant(), await newTenant()];
      expect(compact(await tenant.call("GET", PATH))).toBe('{"data":[]}');
      const mine = [await tenant.create(), await tenant.create({ status: "paused" })];
      await other.create();
      const listed = await tenant.list();
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(expect.arrayContaining(mine.map(shown)));
    });

    describeHeaders({ method: "GET", path: () => PATH, status: 200 });

    describe("Example Request", () => {
      it("is answered with 200", async () => {
        expect((await (await newTenant()).curl("list")).status).toBe(200);
      });
    });

    describe("Success Response (200)", () => {
      it("is the documented one: the same keys in the same order, and no secret", async () => {
        const tenant = await newTenant();
        const { data: endpoint } = parsed<One>(await tenant.curl("create"));
        const listed = await tenant.curl("list");
        expect(listed.headers["content-type"]).toBe("application/json");
        expect(compact(listed)).toBe(documented(ANSWERS.list, endpoint));
        expect(listed.text).not.toContain("secret");
      });
    });
  });

  describe("POST /v2.3/webhooks/endpoints", () => {
    it("Create a webhook endpoint: it is there from then on", async () => {
      const tenant = await newTenant();
      const endpoint = await tenant.create();
      expect(await tenant.list()).toEqual([shown(endpoint)]);
      expect(await tenant.get(endpoint.id)).toEqual(shown(endpoint));
    });

    describeHeaders({ method: "POST", path: () => PATH, body: { url: URL_, events: ["cases.*"] }, status: 201 });

    describe("Request Body Fields", () => {
      const url = URL_;
      const events = ["cases.created"];

      it.each([
        ["url is required", { events }, "url"],
        ["url is a string, no number", { url: 42, events }, "url"],
        ["url is a string, not null", { url: null, events }, "url"],
        ["url is a destination URL", { url: "partner", events }, "url"],
        ["events is required", { url }, "events"],
        ["events is an array, no string", { url, events: "cases.*" }, "events"],
        ["events is an array of strings", { url, events: ["cases.*", 7] }, "events.1"],
        ["events are event types", { url, events: ["cases.*", "cases.exploded"] }, "events.1"],
        ["description is a string", { url, events, description: 7 }, "description"],
        ["status is a string", { url, events, status: true }, "status"],
        ["status is active or paused", { url, events, status: "sleeping" }, "status"],
      ])("%s: otherwise the answer is 422, names the field, and nothing is saved", async (_, body, path) => {
        const tenant = await newTenant();
        expect(refusedPaths(await tenant.call("POST", PATH, body))).toEqual([422, [path]]);
        expect(await tenant.list()).toEqual([]);
      });

      it("url: Destination URL for webhook deliveries", async () => {
        const { workspace, create } = await newTenant();
        await create({ url: `${receiver.url}/destination?partner=7`, events });
        await workspace.publish({ event: "cases.created", data: {} });
        const { method, query } = await arrival("/destination");
        expect([method, query.toString()]).toEqual(["POST", "partner=7"]);
      });

      it("events: Event types subscribed by this endpoint, and no others reach it", async () => {
        const { workspace, create } = await newTenant();
        const subscribed = ["cases.closed", "assignments.contacts.*"];
        await create({ url: `${receiver.url}/subscribed`, events: subscribed });
        const happening = ["cases.created", "cases.closed", "assignments.created", "assignments.contacts.updated"];
        // The second time round shows whatever should not have come the first time.
        for (const round of [1, 2]) {
          await workspace.publishAll(happening.map((event) => ({ event, data: {} })));
          await receiver.waitFor(() => to("/subscribed").length >= 2 * round);
        }
        expect(to("/subscribed").map(typeOf).sort()).toEqual([
          ...["assignments.contacts.updated", "assignments.contacts.updated", "cases.closed", "cases.closed"],
        ]);
      });

      it("description is optional, a label", async () => {
        const { create } = await newTenant();
        expect((await create({ description: "Endpoint für Köln ✓" })).description).toBe("Endpoint für Köln ✓");
        expect((await create()).description).toBeNull();
      });

      it("status is optional: without it the endpoint is active, and gets its events", async () => {
        const { workspace, create } = await newTenant();
        expect((await create({ url: `${receiver.url}/initially-active`, events })).status).toBe("active");
        await workspace.publish({ event: "cases.created", data: {} });
        expect(typeOf(await arrival("/initially-active"))).toBe("cases.created");
      });

      it("status active is the same", async () => {
        expect((await (await newTenant()).create({ status: "active" })).status).toBe("active");
      });

      it("status paused: the endpoint gets nothing until it is active", async () => {
        const { workspace, create, call } = await newTenant();
        const paused = await create({ url: `${receiver.url}/initially-paused`, events, status: "paused" });
        expect(paused.status).toBe("paused");
        await create({ url: `${receiver.url}/beside-it`, events });
        // Its neighbour has the second one: the first one's time is past.
        for (const round of [1, 2]) {
          await workspace.publish({ event: "cases.created", data: { round } });
          await receiver.waitFor(() => to("/beside-it").length === round);
        }
        expect(to("/initially-paused")).toEqual([]);
        expect((await call("PATCH", `${PATH}/${paused.id}`, { status: "active" })).status).toBe(200);
        await receiver.waitFor(() => to("/initially-paused").length === 2);
      });
    });

    describe("Example Request", () => {
      it("is answered with 201, and the endpoint is there", async () => {
        const tenant = await newTenant();
        const created = await tenant.curl("create");
        expect(created.status).toBe(201);
        expect(await tenant.list()).toEqual([shown(parsed<One>(created).data)]);
      });
    });

    describe("Success Response (201)", () => {
      it("is the documented one: the same keys in the same order", async () => {
        const created = await (await newTenant()).curl("create");
        expect(created.headers["content-type"]).toBe("application/json");
        expect(compact(created)).toBe(documented(ANSWERS.create, parsed<One>(created).data));
      });

      it("id is wh_ and a ULID, another one each time", async () => {
        const tenant = await newTenant();
        const ids = [(await tenant.create()).id, (await tenant.create()).id];
        for (const id of ids) expect(id).toMatch(ID);
        expect(new Set(ids).size).toBe(2);
      });

      it("secret is whsec_ and the base64 of 24 to 64 bytes, another one each time", async () => {
        const tenant = await newTenant();
        const secrets = [(await tenant.create()).secret ?? "", (await tenant.create()).secret ?? ""];
        for (const secret of secrets) {
          expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]+={0,2}$/);
          const bytes = Buffer.from(secret.slice("whsec_".length), "base64").length;
          expect(bytes).toBeGreaterThanOrEqual(24);
          expect(bytes).toBeLessThanOrEqual(64);
        }
        expect(new Set(secrets).size).toBe(2);
      });

      it("secret is shown here and never again", async () => {
        const tenant = await newTenant();
        const { id, secret = "" } = await tenant.create();
        for (const again of [
          await tenant.call("GET", PATH),
          await tenant.call("GET", `${PATH}/${id}`),
          await tenant.call("PATCH", `${PATH}/${id}`, { description: "Another label" }),
        ]) {
          expect(again.status).toBe(200);
          expect(again.text).not.toContain('"secret"');
          expect(again.text).not.toContain(secret.slice("whsec_".length));
        }
      });

      it("created_at and updated_at are the time of the creation, in whole seconds of UTC", async () => {
        const tenant = await newTenant();
        const before = Math.floor(Date.now() / 1000) * 1000;
        const { created_at, updated_at } = await tenant.create();
        expect(created_at).toMatch(SECONDS);
        expect(Date.parse(created_at)).toBeGreaterThanOrEqual(before);
        expect(Date.parse(created_at)).toBeLessThanOrEqual(Date.now());
        expect(updated_at).toBe(created_at);
      });
    });
  });

  describe("GET /v2.3/webhooks/endpoints/{webhookId}", () => {
    it("Return one webhook endpoint", async () => {
      const tenant = await newTenant();
      const endpoint = await tenant.create({ status: "paused" });
      expect(await tenant.get(endpoint.id)).toEqual(shown(endpoint));
    });

    describeHeaders({ method: "GET", path: ({ id }) => `${PATH}/${id}`, status: 200 });

    describePathParameters("GET", (tenant, id) => tenant.call("GET", `${PATH}/${id}`));

    describe("Example Request", () => {
      it("is answered with 200", async () => {
        const tenant = await newTenant();
        expect((await tenant.curl("get", (await tenant.create()).id)).status).toBe(200);
      });
    });

    describe("Success Response (200)", () => {
      it("is the documented one: the same keys in the same order, and no secret", async () => {
        const tenant = await newTenant();
        const { data: endpoint } = parsed<One>(await tenant.curl("create"));
        const got = await tenant.curl("get", endpoint.id);
        expect(got.headers["content-type"]).toBe("application/json");
        expect(compact(got)).toBe(documented(ANSWERS.get, endpoint));
      });
    });
  });

  describe("PATCH /v2.3/webhooks/endpoints/{webhookId}", () => {
    it("Update endpoint URL: what is published from then on goes there", async () => {
      const { workspace, create, call } = await newTenant();
      const { id } = await create({ url: `${receiver.url}/moved-from` });
      await call("PATCH", `${PATH}/${id}`, { url: `${receiver.url}/moved-to` });
      await workspace.publish({ event: "cases.created", data: {} });
      await arrival("/moved-to");
      expect(to("/moved-from")).toEqual([]);
    });

    it("Update endpoint status: paused it gets nothing, and active again what was held and what is new", async () => {
      const { workspace, create, call } = await newTenant();
      const { id } = await create({ url: `${receiver.url}/paused` });
      await create({ url: `${receiver.url}/never-paused` });
      const publish = async (n: number) => {
        await workspace.publish({ event: "cases.created", data: { n } });
        await receiver.waitFor(() => to("/never-paused").length === n);
      };
      await publish(1);
      await receiver.waitFor(() => to("/paused").length === 1);
      await call("PATCH", `${PATH}/${id}`, { status: "paused" });
      for (const n of [2, 3]) await publish(n);
      expect(to("/paused")).toHaveLength(1);
      await call("PATCH", `${PATH}/${id}`, { status: "active" });
      await publish(4);
      await receiver.waitFor(() => to("/paused").length === 4);
    });

    it("Update endpoint metadata: its label", async () => {
      const { create, call, get } = await newTenant();
      const { id } = await create({ description: "Old label" });
      await call("PATCH", `${PATH}/${id}`, { description: "New label" });
      expect((await get(id)).description).toBe("New label");
    });

    it("Update subscribed events: what is published from then on is matched with them", async () => {
      const { workspace, create, call } = await newTenant();
      const { id } = await create({ url: `${receiver.url}/resubscribed`, events: ["cases.*"] });
      await call("PATCH", `${PATH}/${id}`, { events: ["assignments.*"] });
      for (const round of [1, 2]) {
        await workspace.publish({ event: "cases.created", data: {} });
        await workspace.publish({ event: "assignments.created", data: {} });
        await receiver.waitFor(() => to("/resubscribed").length >= round);
      }
      expect(to("/resubscribed").map(typeOf)).toEqual(["assignments.created", "assignments.created"]);
    });

    describeHeaders({
      method: "PATCH",
      path: ({ id }) => `${PATH}/${id}`,
      body: { description: "Another label" },
      status: 200,
    });

    describePathParameters("PATCH", (tenant, id) => tenant.call("PATCH", `${PATH}/${id}`, { status: "paused" }));

    describe("Request Body Fields", () => {
      const fields = {
        url: "https://partner.example.com/other",
        events: ["assignments.contacts.*", "cases.closed"],
        description: "Another label",
        status: "paused",
      };
      const subsets = Array.from({ length: 16 }, (_, bits) =>
        Object.fromEntries(Object.entries(fields).filter((_field, place) => bits & (1 << place))),
      );

      it.each(subsets.map((changes) => [Object.keys(changes).join(", ") || "nothing", changes] as const))(
        "no field is required: %s can be changed alone, and the rest stays",
        async (_, changes) => {
          const tenant = await newTenant();
          const created = await tenant.create({ description: "Label" });
          const changed = await tenant.call("PATCH", `${PATH}/${created.id}`, changes);
          expect(changed.status).toBe(200);
          const { updated_at } = parsed<One>(changed).data;
          expect(compact(changed)).toBe(JSON.stringify({ data: { ...shown(created), ...changes, updated_at } }));
          expect(await tenant.get(created.id)).toEqual(parsed<One>(changed).data);
        },
      );

      it.each([
        ["url is a string", { url: 42 }, "url"],
        ["url is a destination URL", { url: "partner" }, "url"],
        ["events is an array, no string", { events: "cases.*" }, "events"],
        ["events is an array of strings", { events: [7] }, "events.0"],
        ["description is a string", { description: 7 }, "description"],
        ["status is a string", { status: 1 }, "status"],
        ["status is active or paused", { status: "disabled" }, "status"],
      ])("%s: otherwise the answer is 422, names the field, and nothing changes", async (_, changes, path) => {
        const tenant = await newTenant();
        const created = await tenant.create();
        const refused = await tenant.call("PATCH", `${PATH}/${created.id}`, { description: "Label", ...changes });
        expect(refusedPaths(refused)).toEqual([422, [path]]);
        expect(await tenant.list()).toEqual([shown(created)]);
      });
    });

    describe("Example Request", () => {
      it("is answered with 200, and has its effect", async () => {
        const tenant = await newTenant();
        const { id } = await tenant.create({ events: ["cases.*", "assignments.*"] });
        expect((await tenant.curl("patch", id)).status).toBe(200);
        expect(await tenant.get(id)).toMatchObject({ status: "paused", events: ["cases.*"] });
      });
    });

    describe("Success Response (200)", () => {
      it("is the documented one: the same keys in the same order, and no secret", async () => {
        const tenant = await newTenant();
        const { data: created } = parsed<One>(await tenant.curl("create"));
        const patched = await tenant.curl("patch", created.id);
        expect(patched.headers["content-type"]).toBe("application/json");
        const { updated_at } = parsed<One>(patched).data;
        expect(compact(patched)).toBe(documented(ANSWERS.patch, { ...created, updated_at }));
      });

      it("updated_at is the time of the change, and created_at stays what it was", async () => {
        const tenant = await newTenant();
        const created = await tenant.create();
        // Whole seconds: the change must come in a later one to be seen.
        const changed = await eventually(
          async () => parsed<One>(await tenant.curl("patch", created.id)).data,
          ({ updated_at }) => updated_at > created.updated_at,
        );
        expect(changed.updated_at).toMatch(SECONDS);
        expect(Date.parse(changed.updated_at)).toBeLessThanOrEqual(Date.now());
        expect(changed.created_at).toBe(created.created_at);
      });
    });
  });

  describe("DELETE /v2.3/webhooks/endpoints/{webhookId}", () => {
    it("Delete a webhook endpoint: it is not there any more", async () => {
      const tenant = await newTenant();
      const { id } = await tenant.create();
      await tenant.call("DELETE", `${PATH}/${id}`);
      expect(await tenant.list()).toEqual([]);
      for (const [method, body] of [["GET"], ["PATCH", { status: "active" }], ["DELETE"]] as const) {
        expect([method, (await tenant.call(method, `${PATH}/${id}`, body)).status]).toEqual([method, 404]);
      }
    });

    it("Delete a webhook endpoint: it gets nothing any more", async () => {
      const { workspace, create, call } = await newTenant();
      const { id } = await create({ url: `${receiver.url}/deleted` });
      await create({ url: `${receiver.url}/not-deleted` });
      await call("DELETE", `${PATH}/${id}`);
      for (const round of [1, 2]) {
        await workspace.publish({ event: "cases.created", data: {} });
        await receiver.waitFor(() => to("/not-deleted").length === round);
      }
      expect(to("/deleted")).toEqual([]);
    });

    describeHeaders({ method: "DELETE", path: ({ id }) => `${PATH}/${id}`, status: 204 });

    describePathParameters("DELETE", (tenant, id) => tenant.call("DELETE", `${PATH}/${id}`));

    describe("Example Request", () => {
      it("has its effect", async () => {
        const tenant = await newTenant();
        await tenant.curl("delete", (await tenant.create()).id);
        expect(await tenant.list()).toEqual([]);
      });
    });

    describe("Success Response (204)", () => {
      // The page shows {"deleted": true}, which a 204 cannot carry: in HTTP it has no body (RFC 9110, 15.3.5).
      it("is 204, and so without a body", async () => {
        const tenant = await newTenant();
        const deleted = await tenant.curl("delete", (await tenant.create()).id);
        expect([deleted.status, deleted.text]).toEqual([204, ""]);
      });
    });
  });

  describe("Event Types", () => {
    const names = Object.keys(REACHED_BY);
    const pathOf = (name: string) => `/event-types/${names.indexOf(name)}`;
    /** Of other systems, or nearly one of these. */
    const FOREIGN = ["ticket.created", "note_deletion", "cases", "casesx.created", "assignmentsx.created"];
    const ROUNDS = 2;

    beforeAll(async () => {
      const { workspace, create } = await newTenant();
      for (const name of names) await create({ url: receiver.url + pathOf(name), events: [name] });
      // What arrives too much of one round would be there by the end of the next.
      for (let round = 1; round <= ROUNDS; round++) {
        await workspace.publishAll([...ALL, ...FOREIGN].map((event) => ({ event, data: { round } })));
        await receiver.waitFor(() =>
          names.every((name) => to(pathOf(name)).length >= round * (REACHED_BY[name] ?? []).length),
        );
      }
    });

    it.each(names)("%s can be subscribed to", async (name) => {
      const { create, get } = await newTenant();
      const { id, events } = await create({ events: [name] });
      expect(events).toEqual([name]);
      expect((await get(id)).events).toEqual([name]);
    });

    it("all of them can be subscribed to at once", async () => {
      expect((await (await newTenant()).create({ events: names })).events).toEqual(names);
    });

    it.each(names)("%s is reached by what it covers, and by nothing else", (name) => {
      const expected = Array.from({ length: ROUNDS }, () => REACHED_BY[name] ?? []).flat();
      expect(to(pathOf(name)).map(typeOf).sort()).toEqual(expected.sort());
    });
  });

  describe("Delivery", () => {
    /** The schedule of the Standard Webhooks specification, in seconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. */
    const SCHEDULE = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];

    async function deliveredTo(path: string, fields: Record<string, unknown> = {}) {
      const tenant = await newTenant();
      const endpoint = await tenant.create({ url: receiver.url + path, events: ["cases.created"], ...fields });
      await tenant.workspace.publish({ event: "cases.created", data: { id: 1 } });
      return { ...tenant, endpoint };
    }

    it.each([200, 201, 202, 204, 299])(
      "Endpoints should return 2xx to acknowledge delivery: %i does",
      async (status) => {
        receiver.on(`/acknowledging/${status}`, answer(status));
        const { workspace, endpoint } = await deliveredTo(`/acknowledging/${status}`);
        expect(await workspace.attempted(endpoint.id)).toMatchObject({
          status: "delivered",
          last_status: status,
          next_attempt_at: null,
        });
        expect(to(`/acknowledging/${status}`)).toHaveLength(1);
      },
    );

    it.each([300, 301, 302, 304, 307, 400, 401, 403, 404, 408, 410, 422, 429, 500, 502, 503, 599])(
      "Non-2xx responses are retried: after %i, when the schedule says so",
      async (status) => {
        receiver.on(`/refusing/${status}`, answer(status, "", { location: "/elsewhere" }));
        const { workspace, create } = await newTenant();
        const { id } = await create({ url: `${receiver.url}/refusing/${status}`, events: ["cases.created"] });
        expect(await workspace.getWebhook(id)).toMatchObject({ retry_policy: SCHEDULE });
        // Its first retry is five seconds away, which a busy machine may need to look at the first attempt.
        await workspace.change(id, { retry_policy: [3600] });
        await workspace.publish({ event: "cases.created", data: { id: 1 } });
        const delivery = await workspace.attempted(id);
        expect(delivery).toMatchObject({ status: "pending", last_status: status });
        const next = Date.parse(delivery.next_attempt_at ?? "");
        expect(next).toBeGreaterThanOrEqual(Date.parse(delivery.attempts[0]?.at ?? "") + 3_600_000);
        // A tenth of it may come on top; it counts from when the answer had come.
        expect(next).toBeLessThanOrEqual(Date.now() + 3_960_000);
        expect(to("/elsewhere")).toEqual([]);
      },
    );

    it("Non-2xx responses are retried until one is 2xx, with the same id and body", async () => {
      receiver.on("/recovering", failTimes(2));
      const { workspace, create } = await newTenant();
      const { id, secret = "" } = await create({ url: `${receiver.url}/recovering` });
      await workspace.change(id, { retry_policy: [1, 1] });
      await workspace.publish({ event: "cases.created", data: { id: 1 } });
      expect(await workspace.attempted(id, 3)).toMatchObject({ status: "delivered", next_attempt_at: null });
      const requests = to("/recovering");
      expect(requests).toHaveLength(3);
      expect(new Set(requests.map(({ delivery }) => delivery)).size).toBe(1);
      expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
      for (const request of requests) expect(librariesAccepting(secret, request)).toEqual(LIBRARIES);
    });

    describe("Use the endpoint secret to verify signatures", () => {
      let request: Received;
      let secret: string;
      let otherSecret: string;

      beforeAll(async () => {
        const { endpoint, create } = await deliveredTo("/signed");
        request = await arrival("/signed");
        secret = endpoint.secret ?? "";
        otherSecret = (await create()).secret ?? "";
      });

      it("the libraries standardwebhooks and svix verify a delivery with the secret of its endpoint", () => {
        expect(librariesAccepting(secret, request)).toEqual(LIBRARIES);
      });

      it("both refuse it with the secret of another endpoint", () => {
        expect(librariesAccepting(otherSecret, request)).toEqual([]);
      });

      it.each(["webhook-id", "webhook-timestamp", "body"])("both refuse it with another %s", (part) => {
        const body = Buffer.from(request.body.toString().replace('"id":1}', '"id":2}'));
        expect(body.equals(request.body)).toBe(false);
        const headers = {
          ...request.headers,
          ...(part === "webhook-id" ? { "webhook-id": `${String(request.headers["webhook-id"])}0` } : {}),
          // Within the time that the libraries allow.
          ...(part === "webhook-timestamp"
            ? { "webhook-timestamp": String(Number(request.headers["webhook-timestamp"]) + 1) }
            : {}),
        };
        expect(librariesAccepting(secret, { headers, body: part === "body" ? body : request.body })).toEqual([]);
      });
    });
  });
});
