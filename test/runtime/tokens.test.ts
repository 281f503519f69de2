import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { soon } from "../support/soon.ts";
import { api } from "./service.ts";

const START = Date.UTC(2026, 2, 26, 14, 30);
const HOUR = 3_600_000;

interface Token {
  id: string;
  token: string;
  expires_at: string | null;
  last_used_at: string | null;
}

let workspace: number;
/** What D1 is asked, as SQL. */
let asked: string[];

// The clock is the test's; D1, the queues and everything else that waits go by the real one.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  workspace = (await api<{ id: number }>("POST", "/workspaces", { name: "Acme" })).id;
  const prepare = env.DB.prepare.bind(env.DB);
  asked = [];
  vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
    asked.push(sql);
    return prepare(sql);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const create = (fields: Record<string, unknown> = {}) =>
  api<Token>("POST", `/workspaces/${workspace}/tokens`, { name: "t", scopes: ["read"], ...fields });

const listed = async (id: string) =>
  (await api<Token[]>("GET", `/workspaces/${workspace}/tokens`)).find((token) => token.id === id);

async function use(token: string): Promise<{ status: number; detail: string | undefined }> {
  const response = await exports.default.fetch(`https://posthorn.example/api/v1/workspaces/${workspace}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { detail } = await response.json<{ detail?: string }>();
  return { status: response.status, detail };
}

const uses = () => asked.filter((sql) => /^update "api_tokens"/i.test(sql)).length;

describe("a token with an end", () => {
  it("is good until its moment and refused from then on, though the isolate remembers it", async () => {
    const { id, token, expires_at } = await create({ expires_in: 20 });
    expect(expires_at).toBe("2026-03-26T14:30:20.000Z");
    expect((await use(token)).status).toBe(200);
    vi.setSystemTime(START + 19_999);
    expect((await use(token)).status).toBe(200);
    const reads = () => asked.filter((sql) => /from "api_tokens"/i.test(sql)).length;
    const before = reads();
    vi.setSystemTime(START + 20_000);
    expect(await use(token)).toEqual({ status: 401, detail: "The token expired at 2026-03-26T14:30:20.000Z." });
    expect(reads()).toBe(before);
    // Long after it was forgotten, too.
    vi.setSystemTime(START + HOUR);
    expect((await use(token)).status).toBe(401);
    expect(await listed(id)).toMatchObject({ expires_at: "2026-03-26T14:30:20.000Z" });
  });

  it("may be named by the moment, with any offset", async () => {
    const { id, expires_at } = await create({ expires_at: "2026-03-26T16:00:00+01:00" });
    expect(expires_at).toBe("2026-03-26T15:00:00.000Z");
    expect(await listed(id)).toMatchObject({ expires_at });
  });

  it("is none where nothing is said, or null", async () => {
    for (const fields of [{}, { expires_at: null }, { expires_in: null }, { expires_at: null, expires_in: null }]) {
      expect((await create(fields)).expires_at).toBeNull();
    }
  });

  it.each([
    ["a moment that is over", { expires_at: "2026-03-26T14:29:59Z" }, "expires_at"],
    ["this very moment", { expires_at: "2026-03-26T14:30:00Z" }, "expires_at"],
    ["no time at all", { expires_in: 0 }, "expires_in"],
    ["half a second", { expires_in: 0.5 }, "expires_in"],
    ["more than ten years", { expires_in: 315_360_001 }, "expires_in"],
    ["both", { expires_in: 60, expires_at: "2026-03-26T15:00:00Z" }, "expires_in"],
    ["no moment", { expires_at: "tomorrow" }, "expires_at"],
  ])("cannot be %s", async (_, fields, path) => {
    await expect(create(fields)).rejects.toThrow(new RegExp(`422 .*"path":"${path}"`));
  });
});

describe("the last use of a token", () => {
  it("is noted once an hour, however often it is used", async () => {
    const { id, token, last_used_at } = await create();
    expect(last_used_at).toBeNull();
    const noted = () => soon(async () => expect((await listed(id))?.last_used_at).not.toBeNull());
    // One after the other, before the isolate reads the token anew.
    for (let n = 0; n < 5; n++) await use(token);
    await noted();
    expect((await listed(id))?.last_used_at).toBe("2026-03-26T14:30:00.000Z");
    for (let minute = 1; minute < 60; minute++) {
      vi.setSystemTime(START + minute * 60_000);
      expect((await use(token)).status).toBe(200);
    }
    expect(uses()).toBe(1);
    vi.setSystemTime(START + HOUR);
    await use(token);
    await soon(async () => expect((await listed(id))?.last_used_at).toBe("2026-03-26T15:30:00.000Z"));
    expect(uses()).toBe(2);
  });

  it("is written by one isolate alone where several see it, and bills one row", async () => {
    const { id, token } = await create();
    await use(token);
    await soon(() => expect(uses()).toBe(1));
    const [sql] = asked.filter((each) => /^update "api_tokens"/i.test(each));
    // What another isolate would send that has not read the row since.
    const again = (at: number) =>
      env.DB.prepare(sql ?? "")
        .bind(at, id, at - HOUR)
        .run();
    expect((await again(START + 1)).meta.rows_written).toBe(0);
    expect((await again(START + HOUR)).meta.rows_written).toBe(1);
  });

  it("holds up nothing where it cannot be written", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const { id, token } = await create();
    const prepare = vi.mocked(env.DB.prepare).getMockImplementation();
    vi.mocked(env.DB.prepare).mockImplementation((sql) => {
      if (/^update "api_tokens"/i.test(sql)) throw new Error("D1_ERROR: out of order");
      if (!prepare) throw new Error("There is nothing to prepare with");
      return prepare(sql);
    });
    expect((await use(token)).status).toBe(200);
    await soon(() => expect(said).toHaveBeenCalledWith(expect.stringContaining(id), expect.anything()));
    expect((await listed(id))?.last_used_at).toBeNull();
  });

  it("is noted of those who are refused for their scope, and not of an expired one", async () => {
    const { id, token } = await create({ scopes: ["publish"], expires_in: 10 });
    vi.setSystemTime(START + 10_000);
    expect((await use(token)).status).toBe(401);
    expect(uses()).toBe(0);
    vi.setSystemTime(START + 9000);
    expect((await use(token)).status).toBe(403);
    await soon(async () => expect((await listed(id))?.last_used_at).toBe("2026-03-26T14:30:09.000Z"));
  });
});

describe("a token that ended", () => {
  const DAY = 24 * HOUR;
  const ids = async () => (await api<Token[]>("GET", `/workspaces/${workspace}/tokens`)).map(({ id }) => id);

  it("is listed for thirty days, and goes when the next is made, ten at a time", async () => {
    const old: string[] = [];
    for (let n = 0; n < 12; n++) old.push((await create({ expires_in: 1 })).id);
    const [younger, endless] = [await create({ expires_in: 2 }), await create()];
    // The moment before the thirty days are over, and then the moment.
    vi.setSystemTime(START + 1000 + 30 * DAY - 1);
    await create();
    expect(await ids()).toEqual(expect.arrayContaining(old));
    vi.setSystemTime(START + 1000 + 30 * DAY);
    await create();
    expect((await ids()).filter((id) => old.includes(id))).toHaveLength(2);
    await create();
    const left = await ids();
    expect(left.filter((id) => old.includes(id))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining([younger.id, endless.id]));
  });
});
