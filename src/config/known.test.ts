import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DatabaseAway } from "./away.ts";
import { FRESH_MS, Known, OLDEST_MS } from "./known.ts";

const START = Date.UTC(2026, 2, 26);

const away = () => Promise.reject(new DatabaseAway("D1 is away"));
const says = (value: string | null) => () => Promise.resolve(value);

/** A reading that answers when it is told to. */
function slow() {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  return { read: () => promise, answer: resolve };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("what is known", () => {
  it("is not asked for while it is fresh, and serves an hour while D1 is away", async () => {
    const known = new Known<string, string>();
    expect(await known.get(env, "a", START, says("1"))).toBe("1");
    expect(await known.get(env, "a", START + FRESH_MS - 1, says("2"))).toBe("1");
    expect(await known.get(env, "a", START + OLDEST_MS - 1, away)).toBe("1");
    await expect(known.get(env, "a", START + OLDEST_MS, away)).rejects.toThrow(DatabaseAway);
    expect(await known.get(env, "a", START + OLDEST_MS, says("2"))).toBe("2");
  });

  it("does not serve for what is no fault of D1's", async () => {
    const known = new Known<string, string>();
    await known.get(env, "a", START, says("1"));
    const damaged = () => Promise.reject(new Error("It does not open"));
    await expect(known.get(env, "a", START + FRESH_MS, damaged)).rejects.toThrow("It does not open");
  });

  it("is gone once D1 has said so, whatever an older reading still brings", async () => {
    const known = new Known<string, string>();
    await known.get(env, "a", START, says("1"));
    const older = slow();
    const reading = known.get(env, "a", START + FRESH_MS, older.read);
    expect(await known.get(env, "a", START + FRESH_MS, says(null))).toBeNull();
    older.answer("1");
    await reading;
    await expect(known.get(env, "a", START + FRESH_MS, away)).rejects.toThrow(DatabaseAway);
  });

  it("is gone once it was dropped, also for who was asking meanwhile", async () => {
    const known = new Known<string, string>();
    await known.get(env, "a", START, says("1"));
    const { promise, reject } = Promise.withResolvers<string>();
    const reading = known.get(env, "a", START + FRESH_MS, () => promise);
    known.dropWhere((value) => value === "1");
    reject(new DatabaseAway("D1 is away"));
    await expect(reading).rejects.toThrow(DatabaseAway);
  });

  it("serves once it was changed only while D1 is away, and an older reading does not bring it back", async () => {
    const known = new Known<string, string>();
    await known.get(env, "a", START, says("1"));
    const older = slow();
    const reading = known.get(env, "b", START, older.read);
    known.outdate("a");
    older.answer("of before");
    await reading;
    expect(await known.get(env, "a", START, away)).toBe("1");
    expect(await known.get(env, "a", START, says("2"))).toBe("2");
    expect(await known.get(env, "b", START, says("of after"))).toBe("of after");
  });

  it("is no more than 10,000 entries: what was read longest ago leaves", async () => {
    const known = new Known<number, string>();
    for (let n = 0; n <= 10_000; n++) await known.get(env, n, START, says(`${n}`));
    await expect(known.get(env, 0, START, away)).rejects.toThrow(DatabaseAway);
    expect(await known.get(env, 1, START, away)).toBe("1");
  });
});
