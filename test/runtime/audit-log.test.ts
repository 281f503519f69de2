import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { requestId } from "../../src/api/answer-headers.ts";
import type { AppEnv } from "../../src/api/context.ts";
import { defineRoute, nothing } from "../../src/api/route.ts";
import { pruneAuditLog } from "../../src/config/audit-queries.ts";
import { soon } from "../support/soon.ts";
import { attempt, quietWebhook } from "./quiet.ts";
import { api, workspaceWithWebhook } from "./service.ts";

const START = Date.UTC(2026, 2, 26, 14, 30);
const DAY = 86_400_000;

interface Entry {
  at: string;
  action: string;
  record: string | null;
  actor: { type: string; id: string | null; name: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  request_id: string | null;
  ip: string | null;
  country: string | null;
  user_agent: string | null;
}

const entriesOf = (workspace: number, query = "") => api<Entry[]>("GET", `/workspaces/${workspace}/audit-log${query}`);

const numbers = async () =>
  (await env.DB.prepare("SELECT number FROM audit_log ORDER BY number").all<{ number: number }>()).results.map(
    ({ number }) => number,
  );

/** All that people configure, as D1 has it; when it was last touched is not among it. */
async function configuration(): Promise<unknown[]> {
  const tables = [
    "workspaces",
    "api_tokens",
    "endpoints",
    "endpoint_secrets",
    "event_types",
    "sources",
    "portal_links",
  ];
  const rows = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
  return rows.map(({ results }) => results.map((row) => ({ ...(row as object), updated_at: undefined })));
}

/** From now on D1 takes no entry. */
const refuseEntries = () =>
  env.DB.prepare("CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'it is full'); END").run();

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await env.DB.prepare("DROP TRIGGER IF EXISTS full").run();
});

describe("a change and its entry", () => {
  let workspace: number;
  let webhook: string;
  let token: string;
  let source: string;
  let link: string;

  beforeEach(async () => {
    ({ workspace, webhook } = await workspaceWithWebhook());
    const at = `/workspaces/${workspace}`;
    ({ id: token } = await api<{ id: string }>("POST", `${at}/tokens`, { name: "t", scopes: ["read"] }));
    ({ id: link } = await api<{ id: string }>("POST", `${at}/portal-links`));
    await api("POST", `${at}/event-types`, { name: "order.sent" });
    const account = { provider: "github", name: "g", credentials: { secret: "s3cr3t-of-github" } };
    ({ id: source } = await api<{ id: string }>("POST", `${at}/sources`, account));
  });

  it("are both there or neither: what cannot be entered does not happen", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const at = `/workspaces/${workspace}`;
    const url = "http://127.0.0.1:1/other";
    const changes: [method: string, path: string, body?: unknown][] = [
      ["POST", "/workspaces", { name: "New" }],
      ["POST", "/workspaces", { name: "New", notify_url: url }],
      ["PATCH", at, { name: "Other" }],
      ["PATCH", at, { notify_url: url }],
      ["DELETE", at],
      ["POST", `${at}/tokens`, { name: "new", scopes: ["read"] }],
      ["DELETE", `${at}/tokens/${token}`],
      ["POST", `${at}/portal-links`],
      ["DELETE", `${at}/portal-links/${link}`],
      ["POST", `${at}/portal-sessions/end`],
      ["POST", `${at}/webhooks`, { url, events: ["*"] }],
      ["PATCH", `${at}/webhooks/${webhook}`, { url }],
      ["POST", `${at}/webhooks/${webhook}/rotate-secret`, {}],
      ["POST", `${at}/webhooks/${webhook}/test`],
      ["POST", `${at}/webhooks/${webhook}/replay`, { since: "2026-01-01T00:00:00Z" }],
      ["DELETE", `${at}/webhooks/${webhook}`],
      ["POST", `${at}/surveys/s1/webhooks`, { url }],
      ["POST", `${at}/event-types`, { name: "order.paid" }],
      ["PATCH", `${at}/event-types/order.sent`, { title: "Sent" }],
      ["DELETE", `${at}/event-types/order.sent`],
      ["POST", `${at}/sources`, { provider: "github", name: "g", credentials: { secret: "another-s3cr3t" } }],
      ["PATCH", `${at}/sources/${source}`, { name: "h" }],
      ["DELETE", `${at}/sources/${source}`],
    ];
    const before = await configuration();
    await refuseEntries();
    for (const [method, path, body] of changes) {
      await expect(api(method, path, body), `${method} ${path}`).rejects.toThrow(/: 50[03] /);
    }
    expect(await configuration()).toEqual(before);
    expect(await api("GET", `${at}/webhooks/${webhook}/deliveries`)).toEqual([]);
  });

  it("are neither there where the change is refused by D1", async () => {
    await api("POST", "/workspaces", { name: "Taken", external_id: `taken-${workspace}` });
    const had = (await numbers()).length;
    await expect(api("PATCH", `/workspaces/${workspace}`, { external_id: `taken-${workspace}` })).rejects.toThrow(
      "409",
    );
    await expect(api("POST", "/workspaces", { name: "N", external_id: `taken-${workspace}` })).rejects.toThrow("409");
    expect((await numbers()).length).toBe(had);
  });

  it("are neither there where a change finds nothing, or says nothing", async () => {
    const had = (await numbers()).length;
    const at = `/workspaces/${workspace}`;
    for (const path of [
      "/webhooks/wh_none",
      "/sources/src_none",
      "/tokens/tok_none",
      "/portal-links/lnk_none",
      "/event-types/none.such",
    ]) {
      await expect(api("DELETE", at + path)).rejects.toThrow("404");
    }
    await api("PATCH", at, {});
    await api("PATCH", `${at}/event-types/order.sent`, {});
    const dry = { since: "2026-01-01T00:00:00Z", dry_run: true };
    await api("POST", `${at}/webhooks/${webhook}/replay`, dry);
    expect((await numbers()).length).toBe(had);
  });
});

describe("an entry", () => {
  it("tells from where the change was asked for", async () => {
    const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
    const response = await exports.default.fetch(`https://posthorn.example/api/v1/workspaces/${workspace}`, {
      method: "PATCH",
      headers: {
        authorization: `Bearer ${env.ADMIN_TOKEN}`,
        "content-type": "application/json",
        "cf-connecting-ip": "2001:db8::7",
        "user-agent": `curl/8.7.1 ${"x".repeat(500)}`,
      },
      body: '{"name":"Apex"}',
      cf: { country: "CH" } as RequestInitCfProperties,
    });
    expect(response.status).toBe(200);
    const [entry] = await entriesOf(workspace);
    expect(entry).toMatchObject({
      action: "workspace.updated",
      request_id: response.headers.get("x-request-id"),
      ip: "2001:db8::7",
      country: "CH",
    });
    expect(entry?.user_agent).toMatch(/^curl\/8\.7\.1 x+$/);
    expect(entry?.user_agent?.length).toBe(200);
  });

  it("says of what the service did by itself that nobody asked for it", async () => {
    const { workspace, webhook } = await quietWebhook();
    // Five failed rounds make it failing, and ten probes end it.
    for (let seq = 1; seq <= 15; seq++) await attempt(webhook, seq, false);
    await soon(async () => expect(await entriesOf(workspace, "?actor=service")).toHaveLength(1));
    const [entry] = await entriesOf(workspace, "?actor=service");
    expect(entry).toMatchObject({
      action: "webhook.disabled",
      record: webhook,
      actor: { type: "service", id: null, name: null },
      before: { status: "active", disabled_reason: null },
      after: { status: "disabled", disabled_reason: expect.any(String) },
      request_id: null,
      ip: null,
    });
  });

  it("is made for an operation that forgets to make its own", async () => {
    const { workspace } = await workspaceWithWebhook();
    const path = "/api/v1/workspaces/{workspace}/things/{thing}";
    const facts = { path, scope: "manage", tag: "Things", summary: "Forget" } as const;
    const success = { status: 204, schema: nothing } as const;
    const forgetful = defineRoute(
      { ...facts, method: "delete", audit: "webhook.deleted", success },
      async () => undefined,
    );
    const app = new Hono<AppEnv>();
    app.use(requestId).delete(path.replaceAll(/\{(\w+)\}/g, ":$1"), forgetful.guard, forgetful.handle);
    const headers = { authorization: `Bearer ${env.ADMIN_TOKEN}` };
    const context = createExecutionContext();
    const at = `/api/v1/workspaces/${workspace}/things/42`;
    expect((await app.request(at, { method: "DELETE", headers }, env, context)).status).toBe(204);
    await waitOnExecutionContext(context);
    const [entry] = await entriesOf(workspace, "?action=webhook.deleted");
    expect(entry).toMatchObject({ record: "42", actor: { type: "admin" }, before: null, after: null });
  });
});

describe("the log", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: START }));

  it("forgets what is older than AUDIT_DAYS, in small chunks, beside later changes", async () => {
    await env.DB.prepare("DELETE FROM audit_log").run();
    const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "0" });
    for (let n = 1; n <= 14; n++) await api("PATCH", `/workspaces/${workspace}`, { name: String(n) });
    const old = await numbers();
    expect(old).toHaveLength(15);

    // The last moment of the year that wrangler.toml says, and then the moment after it.
    vi.setSystemTime(START + 365 * DAY - 1);
    expect(await entriesOf(workspace)).toHaveLength(15);
    await api("PATCH", `/workspaces/${workspace}`, { name: "late" });
    const [late = 0] = (await numbers()).slice(-1);
    vi.setSystemTime(START + 365 * DAY);
    expect((await entriesOf(workspace)).map(({ after }) => after)).toEqual([{ name: "late" }]);
    expect(await numbers()).toEqual([...old, late]);

    await api("PATCH", `/workspaces/${workspace}`, { name: "later" });
    await soon(async () => expect(await numbers()).toEqual([...old.slice(10), late, late + 1]));
    await api("PATCH", `/workspaces/${workspace}`, { name: "last" });
    await soon(async () => expect(await numbers()).toEqual([late, late + 1, late + 2]));
  });

  it("costs two written rows an entry, one for its deletion, and reads but a few rows to look for old ones", async () => {
    await env.DB.prepare("DELETE FROM audit_log").run();
    const insert = env.DB.prepare(
      "INSERT INTO audit_log (at, workspace_id, action, actor) VALUES (?, 1, 'a', 'admin')",
    );
    expect((await insert.bind(START).run()).meta.rows_written).toBe(2);
    expect((await env.DB.prepare("DELETE FROM audit_log").run()).meta.rows_written).toBe(1);

    await env.DB.batch(Array.from({ length: 500 }, () => insert.bind(START)));
    const prepare = env.DB.prepare.bind(env.DB);
    const asked: string[] = [];
    vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
      asked.push(sql);
      return prepare(sql);
    });
    await pruneAuditLog(env, START);
    const [sql = ""] = asked;
    const { meta } = await prepare(sql)
      .bind(10, START - 1)
      .run();
    expect(meta.rows_written).toBe(0);
    // Each of the ten is read to be found, kept in between, and looked at.
    expect(meta.rows_read).toBeLessThanOrEqual(30);
  });

  it("is kept, and says so, where it cannot be pruned", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "0" });
    const prepare = env.DB.prepare.bind(env.DB);
    vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
      if (/^delete from "audit_log"/i.test(sql)) throw new Error("D1_ERROR: out of order");
      return prepare(sql);
    });
    await api("PATCH", `/workspaces/${workspace}`, { name: "1" });
    await soon(() => expect(said).toHaveBeenCalledWith("The audit log was not pruned:", expect.anything()));
    expect(await entriesOf(workspace)).toHaveLength(2);
  });
});

describe("a long value", () => {
  // 256 characters is what docs/audit-log.md says.
  const KEPT = 256;
  const long = (letter: string, length: number) => letter.repeat(length);
  const stored = async () =>
    (await env.DB.prepare(
      "SELECT length(before) AS before, length(after) AS after FROM audit_log ORDER BY number DESC LIMIT 1",
    ).first<{ before: number | null; after: number | null }>()) ?? { before: null, after: null };

  it("is cut, which the entry says with how long it was; others are as they are", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    const at = `/workspaces/${workspace}/webhooks/${webhook}`;
    const url = `http://127.0.0.1:1/${long("u", 1981)}`;
    // Two units of UTF-16 each, and one character.
    const description = long("🎺", 400);
    const events = Array.from({ length: 50 }, (_, n) => `${long("a", 150)}${n}.*`.slice(-152));
    const channels = Array.from({ length: 20 }, (_, n) => String(n).padStart(200, "c"));
    const name = long("n", 200);
    // A workspace's own type, so that the patterns cover one.
    for (const type of events)
      await api("POST", `/workspaces/${workspace}/event-types`, { name: `${type.slice(0, -2)}.x` });
    await api("PATCH", at, { url, description, events, channels, name });
    const after = {
      url: { cut: url.slice(0, KEPT), length: 2000 },
      description: { cut: long("🎺", KEPT), length: 400 },
      events: { cut: JSON.stringify(events).slice(0, KEPT), length: JSON.stringify(events).length },
      channels: { cut: JSON.stringify(channels).slice(0, KEPT), length: JSON.stringify(channels).length },
      name,
    };
    const [updated] = await entriesOf(workspace, "?action=webhook.updated");
    expect(updated?.after).toEqual(after);
    // The same as before: what was cut may differ beyond what is kept.
    await api("PATCH", at, { url, description, events, channels, name });
    const [again] = await entriesOf(workspace, "?action=webhook.updated");
    const { name: _, ...cut } = after;
    expect([again?.before, again?.after]).toEqual([cut, cut]);
    const { before: kept = 0, after: set = 0 } = await stored();
    expect((kept ?? 0) + (set ?? 0)).toBeLessThan(4096);
    await api("DELETE", at);
    const [deleted] = await entriesOf(workspace, "?action=webhook.deleted");
    expect(deleted?.before).toMatchObject(after);
    expect((await stored()).before).toBeLessThan(2048);
  });

  it("of 256 characters is whole, and one of 257 is not", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    for (const length of [KEPT, KEPT + 1]) {
      await api("PATCH", `/workspaces/${workspace}/webhooks/${webhook}`, { description: long("é", length) });
    }
    const [second, first] = await entriesOf(workspace, "?action=webhook.updated");
    expect(first?.after).toEqual({ description: long("é", KEPT) });
    expect(second?.after).toEqual({ description: { cut: long("é", KEPT), length: KEPT + 1 } });
    expect(second?.before).toEqual({ description: long("é", KEPT) });
  });

  it("is cut where a source is made, changed and deleted, and of what was replayed", async () => {
    const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "0" });
    const public_url = `https://hooks.example.com/${long("p", 1000)}`;
    const source = { provider: "github", name: "g", credentials: { secret: "s3cr3t" }, public_url };
    const { id } = await api<{ id: string }>("POST", `/workspaces/${workspace}/sources`, source);
    await api("PATCH", `/workspaces/${workspace}/sources/${id}`, { public_url });
    await api("DELETE", `/workspaces/${workspace}/sources/${id}`);
    const entries = await entriesOf(workspace, "?limit=3");
    const cut = { public_url: { cut: public_url.slice(0, KEPT), length: public_url.length } };
    expect(entries.map(({ before, after }) => [before, after])).toEqual([
      [expect.objectContaining(cut), null],
      [cut, cut],
      [null, expect.objectContaining(cut)],
    ]);

    const { workspace: other, webhook } = await workspaceWithWebhook();
    const events = Array.from({ length: 50 }, (_, n) => String(n).padStart(200, "e"));
    const since = "2026-01-01T00:00:00.000Z";
    await api("POST", `/workspaces/${other}/webhooks/${webhook}/replay`, { since, events });
    const [replayed] = await entriesOf(other, "?action=webhook.replayed");
    const text = JSON.stringify(events);
    expect(replayed?.after).toMatchObject({ since, events: { cut: text.slice(0, KEPT), length: text.length } });
  });
});
