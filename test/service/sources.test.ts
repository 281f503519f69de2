import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, api } from "../support/api.ts";
import { type Problem, refusal } from "../support/refusal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

interface Source {
  id: string;
  provider: string;
  name: string;
  callback_url: string;
  public_url: string | null;
  credentials: Record<string, string>;
  signed: boolean;
  options: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

interface Used {
  sources: { used: number; limit: number | null };
}

const PLANS = {
  pair: { webhooks: 0, sources: 2, events: 0 },
  none: { webhooks: 0, sources: 0, events: 0 },
};
const GITHUB = { provider: "github", name: "Repository", credentials: { secret: "hunter2" } };
const STRIPE = { provider: "stripe", name: "Payments", credentials: { signing_secret: "whsec_x" } };
const META = { provider: "meta-whatsapp", name: "Chats", credentials: { app_secret: "a", verify_token: "v" } };

let service: SpawnedService;
let workspace: Workspace;

beforeAll(async () => {
  service = await spawnService({ vars: { PLANS: JSON.stringify(PLANS) } });
  workspace = await newWorkspace(service);
});

afterAll(() => service.stop());

const create = <T = { data: Source }>(fields: object, within = workspace) => within.call<T>("POST", "/sources", fields);
const made = async (fields: object, within = workspace) => dataOf<Source>(await create(fields, within));
const change = <T = { data: Source }>(id: string, changes: object, within = workspace) =>
  within.call<T>("PATCH", `/sources/${id}`, changes);
const get = (id: string, within = workspace) => within.call<{ data: Source }>("GET", `/sources/${id}`);
const idsOf = async (within: Workspace) =>
  dataOf(await within.call<{ data: Source[] }>("GET", "/sources?limit=100")).map(({ id }) => id);
const usage = async (within: Workspace) => dataOf(await within.call<{ data: Used }>("GET", "/usage")).sources;

const planned = (within: Workspace, plan: string | null) =>
  api(service.url, service.adminToken)("PATCH", within.path, { plan });

async function onPlan(plan: string): Promise<Workspace> {
  const own = await newWorkspace(service);
  expect((await planned(own, plan)).status).toBe(200);
  return own;
}

/** What an answer says is wrong, by field. */
function faults({ status, json }: Answer<Problem>): Record<string, string> {
  expect(status).toBe(422);
  return Object.fromEntries((json.errors ?? []).map(({ path, message }) => [path, message]));
}

describe("a source", () => {
  it("is created, read, listed, changed and deleted", async () => {
    const own = await newWorkspace(service);
    const created = await create({ ...STRIPE, options: { tolerance: 60 } }, own);
    expect(created.status).toBe(201);
    const source = created.json.data;
    expect(source).toEqual({
      id: expect.stringMatching(/^src_[0-9A-HJKMNP-TV-Z]{26}$/),
      provider: "stripe",
      name: "Payments",
      callback_url: `${service.url}/in/stripe/${source.id}`,
      public_url: null,
      credentials: { signing_secret: "set" },
      signed: true,
      options: { tolerance: 60 },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: source.created_at,
    });
    expect(dataOf(await get(source.id, own))).toEqual(source);
    const second = await made(GITHUB, own);
    expect(second.options).toEqual({});
    expect(await idsOf(own)).toEqual([second.id, source.id]);
    const changed = dataOf<Source>(await change(source.id, { name: "Billing" }, own));
    expect(changed).toEqual({ ...source, name: "Billing", updated_at: changed.updated_at });
    expect(changed.updated_at >= source.updated_at).toBe(true);
    expect(dataOf(await get(source.id, own))).toEqual(changed);
    expect((await own.call("DELETE", `/sources/${source.id}`)).status).toBe(204);
    expect((await own.call("DELETE", `/sources/${source.id}`)).status).toBe(404);
    expect((await get(source.id, own)).status).toBe(404);
    expect((await change(source.id, { name: "x" }, own)).status).toBe(404);
    expect((await change(source.id, { credentials: { signing_secret: "x" } }, own)).status).toBe(404);
    expect(await idsOf(own)).toEqual([second.id]);
  });

  it("is listed page by page", async () => {
    const own = await newWorkspace(service);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await made(GITHUB, own)).id);
    const seen: string[] = [];
    for (let cursor = ""; ; ) {
      const { json } = await own.call<{ data: Source[]; next_cursor: string | null }>(
        "GET",
        `/sources?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(json.data.length).toBeLessThanOrEqual(2);
      seen.push(...json.data.map(({ id }) => id));
      if (json.next_cursor === null) break;
      cursor = json.next_cursor;
    }
    expect(seen).toEqual(ids);
  });

  it("never gives its credentials back, to whatever request", async () => {
    const own = await newWorkspace(service);
    const [first, second, third, wrong] = ["hunter2-old", "hunter2-new", "hunter2-third", "hunter2-wrong"];
    const created = await create({ ...GITHUB, credentials: { secret: [first, second] } }, own);
    const { id } = dataOf(created);
    const answers: Answer<unknown>[] = [
      created,
      await get(id, own),
      await own.call("GET", "/sources"),
      await change(id, { credentials: { secret: third } }, own),
      await change(id, { name: "x" }, own),
      await change(id, { credentials: { secret: [wrong, wrong, wrong] } }, own),
      await change(id, { credentials: { secret: { [wrong]: wrong } } }, own),
      await change(id, { credentials: wrong }, own),
      await create({ ...GITHUB, name: 7, credentials: { secret: wrong } }, own),
      await create({ ...GITHUB, provider: "x", credentials: { secret: wrong } }, own),
      await create({ ...GITHUB, credentials: { secret: wrong, more: wrong } }, own),
      await own.call("GET", "/usage"),
      await own.call("DELETE", `/sources/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      ...[201, 200, 200, 200, 200],
      ...[422, 422, 422, 422, 422, 422],
      ...[200, 204],
    ]);
    for (const { text, headers } of answers) {
      expect(text + JSON.stringify([...headers])).not.toContain("hunter2");
    }
    expect(service.output()).not.toContain("hunter2");
  });

  it("takes two secrets while one is rotated out", async () => {
    const { id } = await made(GITHUB);
    const set = async (credentials: object) => dataOf<Source>(await change(id, { credentials })).credentials;
    expect(await set({ secret: ["new", "hunter2"] })).toEqual({ secret: "2 set" });
    expect(dataOf(await get(id)).credentials).toEqual({ secret: "2 set" });
    expect(await set({ secret: ["new"] })).toEqual({ secret: "set" });
    expect(faults(await change<Problem>(id, { credentials: { secret: ["a", "b", "c"] } }))).toEqual({
      "credentials.secret": expect.stringMatching(/2/),
    });
    expect(faults(await change<Problem>(id, { credentials: { secret: ["a", ""] } }))).toEqual({
      "credentials.secret.1": "It must not be empty",
    });
  });

  it("has all its credentials replaced by a change: those before count for nothing", async () => {
    const { id } = await made(META);
    expect(faults(await change<Problem>(id, { credentials: { app_secret: "b" } }))).toEqual({
      "credentials.verify_token": "Invalid input: expected string or array, received undefined",
    });
    const both = { app_secret: ["b", "a"], verify_token: "w" };
    expect(dataOf<Source>(await change(id, { credentials: both })).credentials).toEqual({
      app_secret: "2 set",
      verify_token: "set",
    });
  });

  it("keeps its options unless a change names them, and loses them by null", async () => {
    const { id } = await made({ ...STRIPE, options: { tolerance: 60 } });
    const options = async (changes: object) => dataOf<Source>(await change(id, changes)).options;
    expect(await options({ name: "x" })).toEqual({ tolerance: 60 });
    expect(await options({ options: { tolerance: 0 } })).toEqual({ tolerance: 0 });
    expect(await options({ options: null })).toEqual({});
    expect(faults(await change<Problem>(id, { options: { tolerance: -1 } }))).toEqual({
      "options.tolerance": expect.any(String),
    });
    expect(dataOf(await get(id)).options).toEqual({});
  });

  it("goes with its workspace", async () => {
    const own = await newWorkspace(service);
    await made(GITHUB, own);
    await made(STRIPE, own);
    expect((await api(service.url, service.adminToken)("DELETE", own.path)).status).toBe(204);
    expect((await own.call("GET", "/sources")).status).toBe(404);
  });
});

describe("a callback URL", () => {
  it("is the one that was asked, and the public one where there is one", async () => {
    const source = await made({ ...GITHUB, public_url: "HTTPS://Hooks.Example.com/GitHub" });
    const url = "https://hooks.example.com/GitHub";
    expect([source.callback_url, source.public_url]).toEqual([url, url]);
    const own = dataOf<Source>(await change(source.id, { public_url: null }));
    expect([own.callback_url, own.public_url]).toEqual([`${service.url}/in/github/${source.id}`, null]);
    const other = dataOf<Source>(await change(source.id, { public_url: "https://b.example/x" }));
    expect(other.callback_url).toBe("https://b.example/x");
  });

  it("names whichever host was called: nothing of it is stored", async () => {
    const source = await made(GITHUB);
    const called = service.url.replace("127.0.0.1", "localhost");
    const { json } = await api(called, service.adminToken)<{ data: Source }>(
      "GET",
      `${workspace.path}/sources/${source.id}`,
    );
    expect(json.data.callback_url).toBe(`${called}/in/github/${source.id}`);
    expect(dataOf(await get(source.id)).callback_url).toBe(source.callback_url);
  });

  it.each([
    "http://hooks.example.com/github",
    "https://hooks.example.com/",
    "https://hooks.example.com/github?a=b",
    "https://hooks.example.com/github#a",
    "https://user:pass@hooks.example.com/github",
    "github",
  ])("is no such one: %s", async (public_url) => {
    expect(faults(await create<Problem>({ ...GITHUB, public_url }))).toEqual({ public_url: expect.any(String) });
  });
});

describe("a source is refused", () => {
  it("for a provider that nobody knows, with the closest", async () => {
    const answer = await create<Problem>({ ...GITHUB, provider: "GitHb" });
    const message = expect.stringMatching(
      /^There is no provider GitHb\. The closest are github\b.*documentation lists/,
    );
    expect(faults(answer)).toEqual({ provider: message });
    expect(answer.json.code).toBe("invalid_request");
  });

  it.each(["constructor", "__proto__", "toString"])("for a provider that every object has: %s", async (provider) => {
    expect(refusal(await create<Problem>({ ...GITHUB, provider }))).toEqual({ status: 422, fields: ["provider"] });
  });

  const required = "Invalid input: expected string or array, received undefined";
  it.each([
    ["none", {}, { "credentials.secret": required }],
    ["an empty one", { secret: "" }, { "credentials.secret": "It must not be empty" }],
    ["none in a list", { secret: [] }, { "credentials.secret": expect.any(String) }],
    ["a number", { secret: 7 }, { "credentials.secret": "Invalid input: expected string or array, received number" }],
    ["null", { secret: null }, { "credentials.secret": "Invalid input: expected string or array, received null" }],
    ["others", { token: "x" }, { "credentials.secret": required, "credentials.token": "Unknown field" }],
    ["a text", "hunter2", { credentials: expect.any(String) }],
    ["a list", ["hunter2"], { credentials: expect.any(String) }],
    ["nothing", undefined, { credentials: expect.any(String) }],
  ])("for its credentials: %s", async (_, credentials, expected) => {
    expect(faults(await create<Problem>({ ...GITHUB, credentials }))).toEqual(expected);
  });

  it("for every fault of its credentials and options at once", async () => {
    const wrong = { ...STRIPE, credentials: { signing_secret: "" }, options: { tolerance: "60", more: 1 } };
    expect(Object.keys(faults(await create<Problem>(wrong))).sort()).toEqual([
      "credentials.signing_secret",
      "options.more",
      "options.tolerance",
    ]);
  });

  it.each([
    ["name", { name: "" }],
    ["name", { name: "n".repeat(201) }],
    ["name", { name: undefined }],
    ["provider", { provider: undefined }],
    ["options", { options: [] }],
    ["more", { more: 1 }],
    ["callback_url", { callback_url: "https://a.example/x" }],
  ])("for its %s", async (path, fields) => {
    expect(refusal(await create<Problem>({ ...GITHUB, ...fields }))).toEqual({ status: 422, fields: [path] });
  });

  it("by a change to another provider, which says what to do", async () => {
    const { id } = await made(GITHUB);
    expect(faults(await change<Problem>(id, { provider: "stripe" }))).toEqual({
      provider: expect.stringMatching(/keeps its provider.*create another source/),
    });
    expect(faults(await change<Problem>(id, { credentials: { signing_secret: "x" } }))).toMatchObject({
      "credentials.secret": required,
    });
  });

  it("and is not there afterwards", async () => {
    const own = await newWorkspace(service);
    await create({ ...GITHUB, credentials: {} }, own);
    await create({ ...GITHUB, provider: "x" }, own);
    expect(await idsOf(own)).toEqual([]);
  });
});

describe("the limit of sources", () => {
  it("is told with what there is, and gives room with each deletion and a larger plan", async () => {
    const own = await onPlan("pair");
    const first = await made(GITHUB, own);
    await made(GITHUB, own);
    const { status, json } = await create<Problem>(GITHUB, own);
    expect([status, json.code]).toEqual([403, "quota_exceeded"]);
    expect(json.detail).toBe(
      "The plan pair allows 2 sources, and this workspace has 2: delete one, or move the workspace to a larger plan.",
    );
    expect(await usage(own)).toEqual({ used: 2, limit: 2 });
    expect((await change(first.id, { name: "x" }, own)).status).toBe(200);
    await own.call("DELETE", `/sources/${first.id}`);
    expect(await usage(own)).toEqual({ used: 1, limit: 2 });
    await made(GITHUB, own);
    await planned(own, "none");
    expect((await create<Problem>(GITHUB, own)).json.detail).toContain("has 2: move the workspace to a larger plan");
    await planned(own, null);
    await made(GITHUB, own);
    expect(await usage(own)).toEqual({ used: 3, limit: 200 });
  });

  it("lets one of two pass that come at once when there is room for one, thirty times", async () => {
    const own = await onPlan("pair");
    const kept = (await made(GITHUB, own)).id;
    for (let round = 0; round < 30; round++) {
      const answers = await Promise.all([create(GITHUB, own), create(STRIPE, own)]);
      const statuses = answers.map(({ status }) => status).sort();
      expect([round, ...statuses]).toEqual([round, 201, 403]);
      const winner = answers.find(({ status }) => status === 201)?.json.data.id;
      expect(await idsOf(own)).toEqual([winner, kept]);
      expect((await own.call("DELETE", `/sources/${winner}`)).status).toBe(204);
    }
  });
});

describe("the document", () => {
  it("says what a public URL may be", async () => {
    const { json } = await api(service.url, "")<{
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    }>("GET", "/openapi.json");
    for (const name of ["NewSource", "SourceChanges"]) {
      expect(json.components.schemas[name]?.properties.public_url).toMatchObject({
        type: ["string", "null"],
        format: "uri",
        maxLength: 2000,
      });
    }
  });

  it("names the operations with their scopes and answers", async () => {
    const { json } = await api(service.url, "")<{
      paths: Record<string, Record<string, { description: string; responses: Record<string, unknown> }>>;
    }>("GET", "/openapi.json");
    const told = (path: string, method: string) => {
      const { description, responses } = json.paths[`/api/v1/workspaces/{workspace}/sources${path}`]?.[method] ?? {};
      return [description, ...Object.keys(responses ?? {})].join(" ");
    };
    const body = "400 401 403 404 413 414 415 422 429 500 503";
    expect(told("", "post")).toBe(`Scope: \`manage\`. 201 ${body}`);
    expect(told("", "get")).toBe("Scope: `read`. 200 401 403 404 414 422 429 500 503");
    expect(told("/{source}", "get")).toBe("Scope: `read`. 200 401 403 404 414 422 429 500 503");
    expect(told("/{source}", "patch")).toBe(`Scope: \`manage\`. 200 ${body}`);
    expect(told("/{source}", "delete")).toBe("Scope: `manage`. 204 401 403 404 414 422 429 500 503");
  });
});
