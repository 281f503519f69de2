import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LATE_MS } from "../../src/config/errands.ts";
import { Endpoint } from "../../src/delivery/endpoint.ts";
import { EventStream } from "../../src/events/stream.ts";
import { Source } from "../../src/inbound/source.ts";
import worker from "../../src/index.ts";
import { OFTEN } from "../../src/sweep/sweep.ts";
import { soon } from "../support/soon.ts";
import { quiet } from "./quiet.ts";
import { api } from "./service.ts";

/** A deletion, or a change, is decided in D1. What objects have to do for it comes to its end, wherever it was stopped. */

const AGAIN = 300_000;

let now = Date.UTC(2026, 2, 26, 14, 30);
let workspace: number;
let webhook: string;
let source: string;
let said: ReturnType<typeof vi.spyOn>;

beforeEach(async () => {
  now += 10 * LATE_MS;
  vi.useFakeTimers({ toFake: ["Date"], now });
  said = vi.spyOn(console, "error").mockImplementation(() => {});
  await env.DB.prepare("DELETE FROM errands").run();
  ({ id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" }));
  const at = `/workspaces/${workspace}`;
  ({ id: webhook } = await api<{ id: string }>("POST", `${at}/webhooks`, {
    url: "http://127.0.0.1:1/",
    events: ["*"],
  }));
  await quiet(webhook);
  const account = { provider: "github", name: "g", credentials: { secret: "s3cr3t-of-github" } };
  ({ id: source } = await api<{ id: string }>("POST", `${at}/sources`, account));
  await api("POST", `${at}/events`, { event: "ticket.created", data: {} });
  await soon(async () => expect(await deliveries()).toBe(1));
  await recordCallback("d-1");
  // Waiting has moved it on.
  now = Date.now();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const run = (at: number, cron = OFTEN) => worker.scheduled(createScheduledController({ scheduledTime: at, cron }), env);

const call = async (method: string, path: string, body?: unknown) =>
  (
    await exports.default.fetch(`https://posthorn.example/api/v1/workspaces/${workspace}${path}`, {
      method,
      headers: { authorization: `Bearer ${env.ADMIN_TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  ).status;

const errands = async () =>
  (await env.DB.prepare("SELECT object, name, task FROM errands ORDER BY object").all()).results;

const rows = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE workspace_id = ?`).bind(workspace).first("n")) ?? 0;

const deliveries = async () => (await env.ENDPOINT.getByName(webhook).listDeliveries({ limit: 10 })).deliveries.length;
const receipts = async () => (await env.SOURCE.getByName(source).listReceipts(10, undefined)).rows.length;
const events = async () =>
  (await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 })).events.length;

/** As an isolate does that still remembers the source. */
const recordCallback = (key: string) =>
  env.SOURCE.getByName(source).accept({
    workspaceId: workspace,
    provider: "github",
    origin: "https://posthorn.example",
    at: Date.now(),
    request: { method: "POST", url: "https://x.example/", headers: {}, body: new Uint8Array() },
    // Nothing that would be published.
    records: [],
    malformed: key,
    replayKeys: [],
    tickets: {},
    keepMs: 86_400_000,
  });

const refuses = () => {
  throw new Error("Away, for the test");
};

/** Nobody can be told to forget anything. */
function stuck(): void {
  for (const each of [Endpoint, Source, EventStream]) vi.spyOn(each.prototype, "destroy").mockImplementation(refuses);
}

const KINDS = [
  ["a webhook", () => `/webhooks/${webhook}`, () => [["endpoint", webhook]], "endpoints", deliveries],
  ["a source", () => `/sources/${source}`, () => [["source", source]], "sources", receipts],
  [
    "a workspace",
    () => "",
    () => [
      ["endpoint", webhook],
      ["source", source],
      ["stream", `${workspace}`],
    ],
    "endpoints",
    events,
  ],
] as const;

describe.each(KINDS)("deleting %s", (_, path, objects, table, held) => {
  it("is done where its objects cannot be emptied, and they are once they can", async () => {
    stuck();
    expect(await call("DELETE", path())).toBe(204);
    expect(await call("GET", path())).toBe(404);
    expect(await rows(table)).toBe(0);
    expect(await errands()).toEqual(objects().map(([object, name]) => ({ object, name, task: "empty" })));
    for (const [, name] of objects()) expect(said.mock.calls.flat().join(" ")).toContain(name);
    // Not before it is due again, and not while it still cannot.
    await run(now + AGAIN - 1);
    await run(now + AGAIN);
    expect(await errands()).toHaveLength(objects().length);
    vi.restoreAllMocks();
    await run(now + 2 * AGAIN);
    await soon(async () => expect(await held()).toBe(0));
  });

  it("is done where that they were emptied cannot be written down", async () => {
    const prepare = env.DB.prepare.bind(env.DB);
    vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
      if (/^delete from "errands"/i.test(sql)) throw new Error("D1_ERROR: Network connection lost.");
      return prepare(sql);
    });
    expect(await call("DELETE", path())).toBe(204);
    await soon(async () => expect(await held()).toBe(0));
    vi.restoreAllMocks();
    await run(now + LATE_MS);
    expect(await errands()).toEqual([]);
  });

  it("empties once more when nobody can hand anything to what was deleted any longer", async () => {
    expect(await call("DELETE", path())).toBe(204);
    await soon(async () => expect(await held()).toBe(0));
    await recordCallback("d-2");
    await env.EVENT_STREAM.getByName(`${workspace}`).publish([
      { type: "ticket.created", data: "{}", occurredAt: null, channels: [], idempotencyKey: null },
    ]);
    await run(now + LATE_MS - 1);
    expect(await errands()).toHaveLength(objects().length);
    await run(now + LATE_MS);
    await soon(async () => expect(await held()).toBe(0));
    expect(await errands()).toEqual([]);
  });

  it("keeps nothing that comes later still", async () => {
    expect(await call("DELETE", path())).toBe(204);
    await soon(async () => expect(await held()).toBe(0));
    await run(now + LATE_MS);
    expect(await errands()).toEqual([]);
    await recordCallback("d-2");
    await env.EVENT_STREAM.getByName(`${workspace}`).publish([
      { type: "ticket.created", data: "{}", occurredAt: null, channels: [], idempotencyKey: null },
    ]);
    await soon(async () => expect(await held()).toBe(0));
  });

  it("answers where its objects stand still", async () => {
    const real = globalThis.setTimeout;
    // Whoever waits ten seconds for an object, or five, waits no longer.
    const sooner = (callback: () => void, ms?: number) => real(callback, ms === 10_000 || ms === 5000 ? 0 : ms);
    vi.spyOn(globalThis, "setTimeout").mockImplementation(sooner as typeof setTimeout);
    for (const each of [Endpoint, Source, EventStream]) {
      vi.spyOn(each.prototype, "destroy").mockImplementation(() => new Promise(() => {}));
    }
    expect(await call("DELETE", path())).toBe(204);
    expect(await errands()).toHaveLength(objects().length);
  });
});

const AS_DEPLOYED = { Endpoint: env.ENDPOINT, EventStream: env.EVENT_STREAM, Source: env.SOURCE };

it.each(Object.entries(AS_DEPLOYED))("an alarm that comes again leaves nothing in an emptied %s", async (_, all) => {
  const stub = (all as DurableObjectNamespace<Endpoint | EventStream | Source>).getByName(`${now}`);
  const tables = await runInDurableObject(stub, async (object, { storage }) => {
    await object.alarm();
    return storage.sql
      .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
      .toArray();
  });
  expect(tables).toEqual([]);
});

describe("a workspace with more than one run does", () => {
  it("is emptied over several, the longest due first, and those that cannot be hold up none of the others", async () => {
    stuck();
    const insert = env.DB.prepare(
      "INSERT INTO errands (object, name, task, version, since, due) VALUES ('endpoint', ?, 'empty', 0, 0, ?)",
    );
    await env.DB.batch(Array.from({ length: 30 }, (_, n) => insert.bind(`wh_${n}`, n)));
    vi.mocked(Endpoint.prototype.destroy).mockImplementation(async function (this: Endpoint) {
      if (this.name === "wh_0") refuses();
    });
    await run(now);
    expect(await errands()).toEqual([{ object: "endpoint", name: "wh_0", task: "empty" }]);
    expect(said.mock.calls.flat().join(" ")).toContain("wh_0");
  });
});

describe("a change whose objects cannot be told", () => {
  const deaf = () => vi.spyOn(EventStream.prototype, "subscriptionsChanged").mockRejectedValue(new Error("Away"));

  it("is answered as what it is: of the stream, which reads its subscriptions again by itself", async () => {
    deaf();
    const made = await api<{ id: string; secret: string }>("POST", `/workspaces/${workspace}/webhooks`, {
      url: "http://127.0.0.1:1/",
      events: ["*"],
    });
    expect(made.secret).toBeTruthy();
    expect(await call("PATCH", `/webhooks/${made.id}`, { events: ["ticket.created"] })).toBe(200);
    expect(await call("DELETE", `/webhooks/${made.id}`)).toBe(204);
    const notified = await api<{ notify_secret: string }>("PATCH", `/workspaces/${workspace}`, {
      notify_url: "http://127.0.0.1:1/",
    });
    expect(Object.values(notified)).toContainEqual(expect.stringMatching(/^whsec_/));
    expect(said).toHaveBeenCalled();
  });

  it("shows a secret that was made, though nothing can be read afterwards", async () => {
    const prepare = env.DB.prepare.bind(env.DB);
    let isMade = false;
    vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
      isMade ||= /^insert into "endpoints"/i.test(sql);
      if (isMade && /^select .* from "(?:workspaces|endpoints)"/i.test(sql)) throw new Error("D1_ERROR: out of order");
      return prepare(sql);
    });
    const changes = { notify_url: "http://127.0.0.1:1/" };
    const changed = await api<Record<string, unknown>>("PATCH", `/workspaces/${workspace}`, changes);
    expect(changed).toMatchObject(changes);
    expect(Object.values(changed)).toContainEqual(expect.stringMatching(/^whsec_/));
  });

  it.each([
    ["pausing", { status: "paused" }, "paused"],
    ["another URL", { url: "http://127.0.0.1:2/" }, "active"],
  ])("is heard of later by the endpoint: %s", async (_, change, status) => {
    const deafened = vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValue(new Error("Away"));
    // It is changed, and says that not everybody knows.
    expect(await call("PATCH", `/webhooks/${webhook}`, change)).toBe(503);
    expect(await errands()).toEqual([{ object: "endpoint", name: webhook, task: "refresh" }]);
    deafened.mockRestore();
    await run(now + AGAIN);
    expect(await errands()).toEqual([]);
    expect((await env.ENDPOINT.getByName(webhook).health()).status).toBe(status);
  });

  it("is answered once the endpoint has heard of it, though it fails at first", async () => {
    const away = new Error("Away");
    vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValueOnce(away).mockRejectedValueOnce(away);
    expect(await call("PATCH", `/webhooks/${webhook}`, { status: "paused" })).toBe(200);
    expect((await env.ENDPOINT.getByName(webhook).health()).status).toBe("paused");
    expect(await errands()).toEqual([]);
  });

  it("that was not heard of may be sent again", async () => {
    const deafened = vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValue(new Error("Away"));
    expect(await call("PATCH", `/webhooks/${webhook}`, { status: "paused" })).toBe(503);
    deafened.mockRestore();
    expect(await call("PATCH", `/webhooks/${webhook}`, { status: "paused" })).toBe(200);
    expect((await env.ENDPOINT.getByName(webhook).health()).status).toBe("paused");
    expect(await errands()).toEqual([]);
  });

  it("of where notifications go may be sent again, too", async () => {
    const path = `/workspaces/${workspace}`;
    await api("PATCH", path, { notify_url: "http://127.0.0.1:1/" });
    const changed = { notify_url: "http://127.0.0.1:2/" };
    const deafened = vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValue(new Error("Away"));
    await expect(api("PATCH", path, changed)).rejects.toThrow("503");
    expect(await errands()).toHaveLength(1);
    deafened.mockRestore();
    expect(await api("PATCH", path, changed)).toMatchObject(changed);
    expect(await errands()).toEqual([]);
  });

  it("is heard of later by the endpoint: a replaced secret, which is shown", async () => {
    const deafened = vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValue(new Error("Away"));
    const path = `/workspaces/${workspace}/webhooks/${webhook}/rotate-secret`;
    expect((await api<{ secret: string }>("POST", path)).secret).toBeTruthy();
    expect(await errands()).toHaveLength(1);
    deafened.mockRestore();
    await run(now + AGAIN);
    expect(await errands()).toEqual([]);
  });

  it("is heard of later by the endpoint: enabling it again", async () => {
    await env.DB.prepare("UPDATE endpoints SET status = 'disabled', version = version + 1 WHERE id = ?")
      .bind(webhook)
      .run();
    await env.ENDPOINT.getByName(webhook).refresh();
    expect((await env.ENDPOINT.getByName(webhook).health()).status).toBe("disabled");
    const deafened = vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValue(new Error("Away"));
    expect(await call("PATCH", `/webhooks/${webhook}`, { status: "active" })).toBe(503);
    deafened.mockRestore();
    expect((await env.ENDPOINT.getByName(webhook).health()).status).toBe("disabled");
    await run(now + AGAIN);
    expect((await env.ENDPOINT.getByName(webhook).health()).status).toBe("active");
  });

  it("leaves nothing behind where they were told", async () => {
    expect(await call("PATCH", `/webhooks/${webhook}`, { name: "other" })).toBe(200);
    expect(await errands()).toEqual([]);
  });
});
