import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as schema from "../../src/config/schema.ts";
import worker from "../../src/index.ts";
import { CHUNKS, sweep } from "../../src/sweep/sweep.ts";
import { workspaceWithWebhook } from "./service.ts";

/** What ends by itself does not stay in D1 for ever, whoever uses the service or nobody does. */

const NOW = Date.UTC(2026, 2, 26, 14, 30);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let workspace: number;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  await env.DB.batch(
    ["portal_sessions", "portal_links", "api_tokens"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  ({ workspace } = await workspaceWithWebhook());
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const run = (at = NOW) => worker.scheduled(createScheduledController({ scheduledTime: at, cron: "17 * * * *" }), env);

const insert = (table: string, row: Record<string, unknown>) => {
  const names = Object.keys(row);
  const places = names.map(() => "?").join(", ");
  return env.DB.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`).bind(...Object.values(row));
};

/** Each begins with what it is to be found by: `old` is to go, `kept` is to stay. */
const marks = async (table: string, column: string) => {
  const { results } = await env.DB.prepare(
    `SELECT ${column} AS mark FROM ${table} WHERE ${column} LIKE 'old%' OR ${column} LIKE 'kept%' ORDER BY 1`,
  ).all<{ mark: string }>();
  return results.map(({ mark }) => mark);
};

const token = (id: string, expires_at: number | null) =>
  insert("api_tokens", {
    ...{ id, name: "t", hash: id, scopes: '["read"]', workspace_id: workspace, created_at: 0 },
    expires_at,
  });
const link = (id: string, expires_at: number, token_id: string | null = null) =>
  insert("portal_links", {
    ...{ id, hash: id, scopes: '["read"]', workspace_id: workspace, session_seconds: 60, created_at: 0 },
    ...{ expires_at, token_id },
  });
const session = (hash: string, expires_at: number, more: Record<string, unknown> = {}) =>
  insert("portal_sessions", { hash, workspace_id: workspace, created_at: 0, expires_at, ...more });
const secret = (sealed: string, expires_at: number | null) =>
  env.DB.prepare(
    "INSERT INTO endpoint_secrets (endpoint, sealed, created_at, expires_at) SELECT number, ?, 0, ? FROM endpoints WHERE workspace_id = ?",
  ).bind(sealed, expires_at, workspace);
const entry = (action: string, at: number) =>
  insert("audit_log", { at, workspace_id: workspace, action, actor: "admin" });

describe("by the clock", () => {
  it("what has ended goes, and what has not stays", async () => {
    await env.DB.prepare("DELETE FROM audit_log").run();
    await env.DB.batch([
      token("old", NOW - 30 * DAY),
      token("kept: told from one that never was", NOW - 30 * DAY + 1),
      token("kept: it does not end", null),
      link("old", NOW - DAY),
      link("old: of a token that is gone", NOW + HOUR, "old"),
      link("kept", NOW - DAY + 1),
      session("old", NOW),
      session("old: of a link that is gone", NOW + HOUR, { link_id: "old" }),
      session("old: of a token that is gone", NOW + HOUR, { token_id: "old" }),
      session("kept", NOW + 1),
      secret("old", NOW),
      secret("kept: it signs along", NOW + 1),
      secret("kept: it signs", null),
      entry("old", NOW - 365 * DAY),
      entry("kept", NOW - 365 * DAY + 1),
    ]);
    await run();
    expect(await marks("api_tokens", "id")).toEqual(["kept: it does not end", "kept: told from one that never was"]);
    expect(await marks("portal_links", "id")).toEqual(["kept"]);
    expect(await marks("portal_sessions", "hash")).toEqual(["kept"]);
    expect(await marks("endpoint_secrets", "sealed")).toEqual(["kept: it signs", "kept: it signs along"]);
    expect(await marks("audit_log", "action")).toEqual(["kept"]);
  });

  it("every table is swept that has an end in it: one that comes later belongs into the test above", () => {
    const tables = Object.values(schema).filter((each) => is(each, SQLiteTable));
    const ending = tables.filter((table) => "expiresAt" in getTableColumns(table)).map(getTableName);
    expect(ending.toSorted()).toEqual(["api_tokens", "endpoint_secrets", "portal_links", "portal_sessions"]);
  });

  it("nothing is left of what was deleted but what tells of it: every other table goes with its workspace", () => {
    const tables = Object.values(schema).filter((each) => is(each, SQLiteTable));
    const goingAlong = (table: SQLiteTable): boolean =>
      getTableConfig(table).foreignKeys.some((key) => {
        const { foreignTable } = key.reference();
        return key.onDelete === "cascade" && (foreignTable === schema.workspaces || goingAlong(foreignTable));
      });
    const staying = tables.filter((table) => table !== schema.workspaces && !goingAlong(table)).map(getTableName);
    expect(staying.toSorted()).toEqual(["audit_log", "errands"]);
  });

  it("goes in chunks, and no further in one run than it may", async () => {
    await env.DB.batch(Array.from({ length: 25 }, (_, n) => session(`old ${n}`, NOW - 1)));
    const deletions = vi.spyOn(env.DB, "prepare");
    await sweep(env, NOW, { rows: 4, most: 3 });
    expect(await marks("portal_sessions", "hash")).toHaveLength(25 - 12);
    const asked = deletions.mock.calls.filter(([sql]) => /^delete from "portal_sessions"/i.test(sql));
    expect(asked).toHaveLength(3);
    await sweep(env, NOW, { rows: 10, most: 3 });
    expect(await marks("portal_sessions", "hash")).toEqual([]);
  });

  it("may take as many in one run as the documents say", () => {
    expect(CHUNKS.rows * CHUNKS.most).toBe(20_000);
  });

  it("goes on where something that is still good lies among the oldest", async () => {
    const some = Array.from({ length: 9 }, (_, n) => link(`old ${n}`, NOW - DAY));
    await env.DB.batch([link("kept", NOW + HOUR), ...some]);
    await sweep(env, NOW, { rows: 4, most: 10 });
    expect(await marks("portal_links", "id")).toEqual(["kept"]);
  });

  it("goes on with the others where one cannot be swept, and says that it failed", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await env.DB.batch([session("old", NOW), entry("old", NOW - 400 * DAY), link("old", NOW - DAY)]);
    const prepare = env.DB.prepare.bind(env.DB);
    vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
      if (/^delete from "portal_links" where .*select "id" from "portal_links"/i.test(sql))
        throw new Error("D1 is away");
      return prepare(sql);
    });
    await expect(run()).rejects.toThrow("portal links");
    expect(await marks("portal_sessions", "hash")).toEqual([]);
    expect(await marks("audit_log", "action")).not.toContain("old");
    vi.restoreAllMocks();
    await run();
    expect(await marks("portal_links", "id")).not.toContain("old");
  });

  it("reads no more of a table than it deletes, but for what has just begun", async () => {
    await run();
    await env.DB.batch(Array.from({ length: 300 }, (_, n) => session(`kept ${n}`, NOW + HOUR)));
    await env.DB.batch(Array.from({ length: 300 }, (_, n) => token(`kept ${n}`, NOW + HOUR)));
    await env.DB.batch(Array.from({ length: 300 }, (_, n) => secret(`kept ${n}`, NOW + HOUR)));
    const statements: { sql: string; values: unknown[] }[] = [];
    const prepare = env.DB.prepare.bind(env.DB);
    vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
      const statement = prepare(sql);
      const bind = statement.bind.bind(statement);
      statement.bind = (...values) => {
        statements.push({ sql, values });
        return bind(...values);
      };
      return statement;
    });
    await sweep(env, NOW, { rows: 100, most: 1 });
    vi.restoreAllMocks();
    for (const table of ["portal_sessions", "api_tokens", "endpoint_secrets"]) {
      const own = statements.filter(({ sql }) => new RegExp(`^delete from "${table}"`, "i").test(sql));
      expect(own.length, table).toBe(1);
      for (const { sql, values } of own) {
        const { meta } = await env.DB.prepare(sql)
          .bind(...values)
          .run();
        expect(meta.rows_read, table).toBeLessThanOrEqual(10);
      }
    }
  });
});
