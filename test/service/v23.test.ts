import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { failTimes, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** The documented requests, word for word. */
const CREATE = `{
"url": "https://partner.example.com/webhooks/xpath",
"events": ["cases.*", "assignments.*"],
"description": "Partner production endpoint"
}`;
const PATCH = `{
"status": "paused",
"events": ["cases.*"]
}`;

const EVENT_TYPES = [
  ...["cases.*", "cases.created", "cases.updated", "cases.closed", "cases.archived", "cases.unarchived"],
  ...["cases.tasks.*", "cases.expenses.*", "assignments.*", "assignments.created", "assignments.updated"],
  ...["assignments.status.updated", "assignments.archived", "assignments.unarchived"],
  ...["assignments.extensions.created", "assignments.contacts.*", "assignments.billing-details.*"],
];

const PATH = "/v2.3/webhooks/endpoints";
const ID = /^wh_[0-9A-HJKMNP-TV-Z]{26}$/;
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

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
type Problem = { code: string; detail: string; errors?: { path: string }[] };

/** A tenant with a token of his own. */
interface Tenant {
  workspace: Workspace;
  call: Api;
  create(fields?: object | string): Promise<Endpoint>;
}

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

async function tokenOf(workspace: Workspace, scopes: string[]): Promise<string> {
  return dataOf(await workspace.call<{ data: { token: string } }>("POST", "/tokens", { name: "t", scopes })).token;
}

async function newTenant(scopes = ["read", "manage"]): Promise<Tenant> {
  const workspace = await newWorkspace(service);
  const call = api(service.url, await tokenOf(workspace, scopes));
  return { workspace, call, create: async (fields = CREATE) => dataOf(await call<One>("POST", PATH, fields)) };
}

const without = ({ secret: _, ...rest }: Endpoint) => rest;

/** When the clock has reached another second, so that a change shows in `updated_at`. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1001));

describe("the documented operations", () => {
  it("create an endpoint and answer with the documented keys, in that order", async () => {
    const { call } = await newTenant();
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { status, headers, text, json } = await call<One>("POST", PATH, CREATE);
    expect(status).toBe(201);
    expect(headers.get("content-type")).toBe("application/json");
    const { id, secret = "", created_at } = json.data;
    expect(id).toMatch(ID);
    expect(secret).toMatch(/^whsec_/);
    const key = Buffer.from(secret.slice(6), "base64").length;
    expect(key).toBeGreaterThanOrEqual(24);
    expect(key).toBeLessThanOrEqual(64);
    expect(created_at).toMatch(SECONDS);
    expect(Date.parse(created_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(created_at)).toBeLessThanOrEqual(Date.now());
    expect(text).toBe(
      `{"data":{"id":"${id}","url":"https://partner.example.com/webhooks/xpath",` +
        '"description":"Partner production endpoint","events":["cases.*","assignments.*"],"status":"active",' +
        `"secret":"${secret}","created_at":"${created_at}","updated_at":"${created_at}"}}`,
    );
  });

  it("get an endpoint, without its secret", async () => {
    const { call, create } = await newTenant();
    const created = await create();
    const { status, text } = await call("GET", `${PATH}/${created.id}`);
    expect(status).toBe(200);
    expect(text).toBe(JSON.stringify({ data: without(created) }));
  });

  it("list all endpoints, the newest first, without secrets and without pages", async () => {
    const { call, create } = await newTenant();
    expect((await call("GET", PATH)).text).toBe('{"data":[]}');
    const created: Endpoint[] = [];
    for (let number = 0; number < 60; number++) created.push(await create());
    const { status, text } = await call("GET", PATH);
    expect(status).toBe(200);
    expect(text).toBe(JSON.stringify({ data: created.reverse().map(without) }));
  });

  it("change what is given and leave the rest", async () => {
    const { call, create } = await newTenant();
    const created = await create();
    await nextSecond();
    const { status, text, json } = await call<One>("PATCH", `${PATH}/${created.id}`, PATCH);
    expect(status).toBe(200);
    const { updated_at } = json.data;
    expect(updated_at).toMatch(SECONDS);
    expect(Date.parse(updated_at)).toBeGreaterThan(Date.parse(created.created_at));
    expect(text).toBe(
      JSON.stringify({ data: { ...without(created), events: ["cases.*"], status: "paused", updated_at } }),
    );
  });

  it.each([
    { url: "https://partner.example.com/other" },
    { events: ["assignments.contacts.*"] },
    { description: "Another label" },
    { description: null },
    { status: "paused" },
    {},
  ])("change %j alone", async (changes) => {
    const { call, create } = await newTenant();
    const created = await create();
    const { status, json } = await call<One>("PATCH", `${PATH}/${created.id}`, changes);
    expect(status).toBe(200);
    expect(json.data).toEqual({ ...without(created), ...changes, updated_at: json.data.updated_at });
    expect((await call<One>("GET", `${PATH}/${created.id}`)).json).toEqual(json);
  });

  it("delete an endpoint: 204 without a body, and it is gone", async () => {
    const { call, create } = await newTenant();
    const { id } = await create();
    const { status, text } = await call("DELETE", `${PATH}/${id}`);
    expect([status, text]).toEqual([204, ""]);
    expect((await call("GET", `${PATH}/${id}`)).status).toBe(404);
    expect((await call("DELETE", `${PATH}/${id}`)).status).toBe(404);
    expect((await call("GET", PATH)).text).toBe('{"data":[]}');
  });

  it("take a URL and events alone, or an initial status", async () => {
    const { create } = await newTenant();
    const url = "https://partner.example.com/";
    expect(await create({ url, events: ["cases.created"] })).toMatchObject({ description: null, status: "active" });
    expect(await create({ url, events: ["cases.created"], status: "paused" })).toMatchObject({ status: "paused" });
  });

  it("take every documented event type", async () => {
    const { create } = await newTenant();
    expect((await create({ url: "https://a.example/", events: EVENT_TYPES })).events).toEqual(EVENT_TYPES);
  });
});

describe("what is refused", () => {
  const url = "https://partner.example.com/";
  const events = ["cases.*"];

  it.each([
    ["no URL", { events }, "url"],
    ["no events", { url }, "events"],
    ["no event among them", { url, events: [] }, "events"],
    ["another status", { url, events, status: "disabled" }, "status"],
    ["a dialect", { url, events, dialect: "gopimi" }, "dialect"],
    ["a secret", { url, events, secret: "whsec_AAAA" }, "secret"],
    ["an unknown field", { url, events, headers: {} }, "headers"],
  ])("a creation with %s", async (_, body, path) => {
    const { call } = await newTenant();
    const { status, headers, json } = await call<Problem>("POST", PATH, body);
    expect(status).toBe(422);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(json.errors?.map((error) => error.path)).toEqual([path]);
    expect((await call("GET", PATH)).text).toBe('{"data":[]}');
  });

  it("a change of anything that is not documented, or to a target that is not allowed", async () => {
    const { call, create } = await newTenant();
    const created = await create();
    const paths = async (body: object) => {
      const { status, json } = await call<Problem>("PATCH", `${PATH}/${created.id}`, body);
      return [status, json.errors?.map((error) => error.path)];
    };
    expect(await paths({ timeout_ms: 1000 })).toEqual([422, ["timeout_ms"]]);
    expect(await paths({ secret: created.secret })).toEqual([422, ["secret"]]);
    expect(await paths({ url: "ftp://partner.example.com/" })).toEqual([422, ["url"]]);
    expect((await call<One>("GET", `${PATH}/${created.id}`)).json.data).toEqual(without(created));
  });

  it("an id that is not there, or is another tenant's, or of a webhook of another system", async () => {
    const { workspace, call } = await newTenant();
    const other = await (await newTenant()).create();
    const gopimi = await workspace.webhook({ url });
    for (const id of ["wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW", other.id, gopimi.id]) {
      for (const [method, body] of [["GET"], ["PATCH", {}], ["DELETE"]] as const) {
        const { status, json } = await call<Problem>(method, `${PATH}/${id}`, body);
        expect([method, status, json.code]).toEqual([method, 404, "not_found"]);
      }
    }
    expect((await call("GET", PATH)).text).toBe('{"data":[]}');
    expect((await workspace.getWebhook(gopimi.id)).status).toBe("active");
  });

  it("the admin token, which belongs to no workspace, and a token without the scope", async () => {
    const admin = await api(service.url, service.adminToken)<Problem>("GET", PATH);
    expect([admin.status, admin.json.code]).toEqual([403, "forbidden"]);
    expect(admin.json.detail).toContain("belongs to no workspace");
    expect((await (await newTenant(["manage"])).call("GET", PATH)).status).toBe(403);
    const reader = await newTenant(["read"]);
    expect((await reader.call("GET", PATH)).status).toBe(200);
    expect((await reader.call("POST", PATH, CREATE)).status).toBe(403);
    expect((await api(service.url, "")("GET", PATH)).status).toBe(401);
  });
});

it("the canonical API shows the same endpoints, and one that was disabled is paused here until it is activated", async () => {
  const { workspace, call, create } = await newTenant();
  receiver.on("/failing", failTimes(10));
  const { id } = await create({ url: `${receiver.url}/failing`, events: ["cases.*"] });
  await workspace.change(id, { retry_policy: [] });
  expect(await workspace.getWebhook(id)).toMatchObject({ id, dialect: "cases", status: "active" });
  for (let failures = 1; failures <= 10; failures++) {
    await workspace.publish({ event: "cases.created", data: {} });
    await eventually(
      () => workspace.health(id),
      ({ streak }) => streak === failures,
    );
  }
  await eventually(
    () => workspace.getWebhook(id),
    ({ status }) => status === "disabled",
  );
  const seen = dataOf(await call<One>("GET", `${PATH}/${id}`));
  expect(seen.status).toBe("paused");
  expect(dataOf(await call<One>("PATCH", `${PATH}/${id}`, { status: "active" })).status).toBe("active");
  expect((await workspace.getWebhook(id)).status).toBe("active");
});

describe("deliveries", () => {
  /** What the specification's own library makes of a request. */
  function verified(secret: string, { headers, body }: Received): unknown {
    return new Verifier(secret).verify(body.toString(), {
      "webhook-id": String(headers["webhook-id"]),
      "webhook-timestamp": String(headers["webhook-timestamp"]),
      "webhook-signature": String(headers["webhook-signature"]),
    });
  }

  const to = (path: string) => receiver.requests.filter((request) => request.path === path);

  it("are verified with the endpoint's secret, and are the subscribed ones alone", async () => {
    const { workspace, create } = await newTenant();
    const { secret = "" } = await create({ url: `${receiver.url}/signed`, events: ["cases.*"] });
    const timestamp = "2026-04-29T09:10:00Z";
    await workspace.publish({ event: "assignments.created", data: {}, timestamp });
    const { id } = await workspace.publish({ event: "cases.tasks.created", data: { task: 1 }, timestamp });
    await receiver.waitFor(() => to("/signed").length > 0);
    const [request, ...more] = to("/signed");
    if (!request) throw new Error("Nothing arrived");
    expect(more).toEqual([]);
    expect(request.body.toString()).toBe(
      `{"id":"${id}","type":"cases.tasks.created","timestamp":"${timestamp}","data":{"task":1}}`,
    );
    expect(verified(secret, request)).toEqual(JSON.parse(request.body.toString()));
    const changed = { ...request, body: Buffer.from(request.body.toString().replace("1}}", "2}}")) };
    expect(() => verified(secret, changed)).toThrow("No matching signature found");
  });

  it("that are not acknowledged by a 2xx are tried again, the first time after five seconds", async () => {
    const { workspace, create } = await newTenant();
    receiver.on("/retried", failTimes(1, 302));
    const { secret = "" } = await create({ url: `${receiver.url}/retried`, events: ["cases.created"] });
    await workspace.publish({ event: "cases.created", data: {} });
    await receiver.waitFor(() => to("/retried").length === 2, { timeoutMs: 15_000 });
    const [first, second] = to("/retried");
    if (!first || !second) throw new Error("Nothing arrived");
    expect(second.at - first.at).toBeGreaterThanOrEqual(4_900);
    expect(second.body).toEqual(first.body);
    expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
    expect(verified(secret, second)).toMatchObject({ type: "cases.created" });
  });

  it("wait while the endpoint is paused, and stop when it is deleted", async () => {
    const { workspace, call, create } = await newTenant();
    const { id } = await create({ url: `${receiver.url}/paused`, events: ["cases.*"], status: "paused" });
    await workspace.publish({ event: "cases.created", data: { n: 1 } });
    await nextSecond();
    expect(to("/paused")).toEqual([]);
    await call("PATCH", `${PATH}/${id}`, { status: "active" });
    await receiver.waitFor(() => to("/paused").length === 1);
    expect((await call("DELETE", `${PATH}/${id}`)).status).toBe(204);
    await workspace.publish({ event: "cases.created", data: { n: 2 } });
    await nextSecond();
    expect(to("/paused").length).toBe(1);
  });
});
