import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, api } from "../support/api.ts";
import { GIVEN_SECRETS, MASK, STEPS, type Step, type Told, type Values } from "../support/audit-steps.ts";
import { ROUTE_TABLE } from "../support/route-table.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

const AGENT = "audit-test/1.0";

interface Entry {
  id: string;
  at: string;
  workspace_id: number | null;
  action: string;
  record: string | null;
  actor: { type: string; id: string | null; name: string | null };
  before: Values | null;
  after: Values | null;
  request_id: string;
  ip: string | null;
  country: string | null;
  user_agent: string;
}

interface Page {
  data: Entry[];
  next_cursor: string | null;
}

/** None of these may be in any entry: what the changes set, and everything that is answered as a secret or a token. */
const secrets = [...GIVEN_SECRETS];

const BEGUN = Date.now();

let service: SpawnedService;
let admin: Api;
let workspace: Workspace;
let ids: Record<string, string>;
let token: { id: string; token: string };
/** By the steps. */
const requestIds: string[] = [];

const id = (name: string): string => {
  const found = ids[name];
  if (found === undefined) throw new Error(`Nothing has made ${name}`);
  return found;
};

/** Everything that an answer calls a secret or a token, however deep. */
function collectSecrets(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (/secret$|^token$/.test(key) && typeof inner === "string") secrets.push(inner);
    collectSecrets(inner);
  }
}

async function take({ route, by, body, ready, keep }: Step): Promise<void> {
  await ready?.(workspace, id);
  const [method = "", path = ""] = route.split(" ");
  const to = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => id(name));
  const call = by === "admin" ? admin : api(service.url, token.token);
  const answer = await call<{ data: Values }>(method, to, body, { "user-agent": AGENT });
  if (answer.status > 299) throw new Error(`${route}: ${answer.status} ${answer.text}`);
  collectSecrets(answer.json);
  requestIds.push(answer.headers.get("x-request-id") ?? "");
  if (keep) ids = { ...ids, ...(keep(answer.json.data) as Record<string, string>) };
}

/** The whole log, the newest first, as many at once as are asked for. */
async function allOf(call: Api, path: string, limit = 100): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let cursor = ""; ; ) {
    const answer = await call<Page>("GET", `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    found.push(...dataOf(answer));
    if (answer.json.next_cursor === null) return found;
    cursor = answer.json.next_cursor;
  }
}

const told = ({ action, record, before, after }: Entry): Told => [action, record, before, after];

/** What each step has left in the log, the entries of a step by their action. */
const left: { step: Step; expected: Told[]; entries: Entry[] }[] = [];

beforeAll(async () => {
  service = await spawnService();
  admin = api(service.url, service.adminToken);
  workspace = await newWorkspace(service, "Acme");
  const fields = { name: "Ada's laptop", scopes: ["manage"] };
  token = dataOf(await workspace.call<{ data: typeof token }>("POST", "/tokens", fields));
  secrets.push(token.token, service.adminToken);
  ids = { workspace: String(workspace.id), survey: "s7", name: "order.sent" };
  let known = (await allOf(admin, "/api/v1/audit-log")).length;
  for (const step of STEPS) {
    await take(step);
    const log = await allOf(admin, "/api/v1/audit-log");
    const entries = log.slice(0, log.length - known).toSorted((a, b) => a.action.localeCompare(b.action));
    left.push({ step, expected: step.tells(id), entries });
    known = log.length;
  }
});

afterAll(() => service.stop());

describe("each change", () => {
  it("that there is a route for is made here", () => {
    // What these leave is told by the log of events, and by the source's receipts.
    const elsewhere = ["POST /api/v1/workspaces/{workspace}/events", "POST /in/{provider}/{source}"];
    const changing = Object.keys(ROUTE_TABLE).filter((route) => !route.startsWith("GET "));
    expect([...new Set(STEPS.map(({ route }) => route)), ...elsewhere].toSorted()).toEqual(changing.toSorted());
  });

  it.each(STEPS.map(({ route }, n) => [n, route] as const))("%i, %s, is told with what was before and after", (n) => {
    const { expected, entries } = left[n] ?? { expected: null, entries: [] };
    expect(entries.map(told)).toEqual(expected);
  });

  it.each(STEPS.map(({ route }, n) => [n, route] as const))("%i, %s, is told with who made it, and from where", (n) => {
    const { step, entries } = left[n] ?? { step: undefined, entries: [] };
    const actor =
      step?.by === "admin"
        ? { type: "admin", id: null, name: null }
        : { type: "token", id: token.id, name: "Ada's laptop" };
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) {
      expect(entry).toMatchObject({ actor, user_agent: AGENT, request_id: requestIds[n] });
      expect(entry.id).toMatch(/^aud_[0-9A-HJKMNP-TV-Z]{26}$/);
      expect(Date.parse(entry.at)).toBeGreaterThanOrEqual(BEGUN);
      expect(Date.parse(entry.at)).toBeLessThanOrEqual(Date.now());
    }
  });
});

describe("the log", () => {
  const path = () => `${workspace.path}/audit-log`;

  it("has no secret in it", async () => {
    expect(secrets.length).toBeGreaterThan(14);
    const text = JSON.stringify(await allOf(admin, "/api/v1/audit-log"));
    expect(text).toContain(MASK);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it("of a workspace has what concerns it, and the admin's has all", async () => {
    const whole = await allOf(admin, "/api/v1/audit-log");
    const own = await allOf(workspace.call, "/audit-log");
    expect(own.map((entry) => entry.id)).toEqual(
      whole.filter((entry) => entry.workspace_id === workspace.id).map((entry) => entry.id),
    );
    expect(own.length).toBeLessThan(whole.length);
    // The one that is deleted is told of still.
    const second = await admin<Page>("GET", `/api/v1/audit-log?workspace_id=${id("workspace")}`);
    expect(dataOf(second).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["workspace.deleted", "workspace.created", "notification.created"]),
    );
    expect(dataOf(second).every((entry) => entry.workspace_id === Number(id("workspace")))).toBe(true);
  });

  it("comes in pages, the newest first, each entry once", async () => {
    const whole = await allOf(workspace.call, "/audit-log");
    expect((await allOf(workspace.call, "/audit-log", 4)).map((entry) => entry.id)).toEqual(whole.map(({ id }) => id));
    const times = whole.map(({ at }) => at);
    expect(times.toSorted().toReversed()).toEqual(times);
    expect(new Set(whole.map((entry) => entry.id)).size).toBe(whole.length);
  });

  it("can be asked for an action, a record, an actor and a time, and for all of them together", async () => {
    const whole = await allOf(workspace.call, "/audit-log");
    const middle = whole[Math.floor(whole.length / 2)];
    if (!middle) throw new Error("The log is empty");
    const deleted = whole.find(({ action }) => action === "webhook.deleted");
    if (!deleted) throw new Error("No webhook was deleted");
    const asked: [query: string, wanted: (entry: Entry) => boolean][] = [
      ["action=webhook.updated", ({ action }) => action === "webhook.updated"],
      [`record=${deleted.record}`, ({ record }) => record === deleted.record],
      ["actor=admin", ({ actor }) => actor.type === "admin"],
      [`actor=${token.id}`, ({ actor }) => actor.id === token.id],
      [`since=${middle.at}`, ({ at }) => at >= middle.at],
      [`until=${middle.at}`, ({ at }) => at <= middle.at],
      [
        `since=${deleted.at}&until=${deleted.at}&actor=${token.id}&action=webhook.deleted&record=${deleted.record}`,
        (entry) => entry.id === deleted.id,
      ],
    ];
    for (const [query, wanted] of asked) {
      const found = dataOf(await workspace.call<Page>("GET", `/audit-log?limit=100&${query}`));
      const expected = whole.filter(wanted).map((entry) => entry.id);
      expect(expected.length, query).toBeGreaterThan(0);
      expect(expected.length, query).toBeLessThan(whole.length);
      expect(
        found.map((entry) => entry.id),
        query,
      ).toEqual(expected);
    }
    expect(dataOf(await workspace.call<Page>("GET", "/audit-log?actor=service"))).toEqual([]);
  });

  it.each(["action=webhook.painted", "actor=nobody", "since=yesterday", "cursor=!", "workspace=1&limit=0"])(
    "refuses %s",
    async (query) => {
      const { status } = await workspace.call("GET", `/audit-log?${query}`);
      expect(status).toBe(422);
    },
  );

  it("says of a time whose plus was not escaped how to write it, and takes it so", async () => {
    const since = "2026-03-26T14:30:00+05:30";
    const asItIs = await workspace.call<{ detail: string }>("GET", `/audit-log?since=${since}`);
    expect([asItIs.status, asItIs.json.detail]).toEqual([422, expect.stringMatching(/^since: .*%2B/)]);
    expect((await workspace.call("GET", `/audit-log?since=${since.replace("+", "%2B")}`)).status).toBe(200);
  });

  it.each(["limit=1e1", "limit=0x10", "limit=%205", "limit=+5"])(
    "takes decimal digits alone: not %s",
    async (query) => {
      for (const path of ["audit-log", "webhooks", "events", "tokens"]) {
        const { status, json } = await workspace.call<{ detail: string }>("GET", `/${path}?${query}`);
        expect([path, status, json.detail]).toEqual([path, 422, expect.stringContaining("decimal digits")]);
      }
    },
  );

  it("does not tell a workspace from where the admin comes, but from where its own tokens are used", async () => {
    const headers = { "user-agent": AGENT, "cf-connecting-ip": "198.51.100.7" };
    const by = api(service.url, token.token);
    await by("POST", `${workspace.path}/event-types`, { name: "by.token" }, headers);
    await workspace.call("POST", "/event-types", { name: "by.admin" }, headers);
    const seen = async (call: Api, of: string) => {
      const [entry] = dataOf(await call<Page>("GET", `${path()}?record=${of}`));
      return { ip: entry?.ip, user_agent: entry?.user_agent };
    };
    const from = { ip: "198.51.100.7", user_agent: AGENT };
    expect(await seen(by, "by.token")).toEqual(from);
    expect(await seen(by, "by.admin")).toEqual({ ip: null, user_agent: null });
    expect(await seen(admin, "by.admin")).toEqual(from);
  });

  it("has nothing of what was refused", async () => {
    const before = (await allOf(workspace.call, "/audit-log")).length;
    const by = api(service.url, token.token);
    expect((await by("PATCH", workspace.path, { name: "Mine" })).status).toBe(403);
    expect((await by("POST", `${workspace.path}/webhooks`, { url: "ftp://x", events: ["*"] })).status).toBe(422);
    expect((await by("DELETE", `${workspace.path}/webhooks/wh_none`)).status).toBe(404);
    expect((await allOf(workspace.call, "/audit-log")).length).toBe(before);
  });
});
