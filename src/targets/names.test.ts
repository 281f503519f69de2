import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Names } from "./names.ts";
import type { Finding, Refusal } from "./resolve.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const refusal = (kind: Refusal["kind"]): Refusal => ({ kind, reason: `${kind}.` });
const PUBLIC = (ttlMs: number): Finding => ({ refusal: null, ttlMs });
const PRIVATE = (ttlMs: number): Finding => ({ refusal: refusal("forbidden"), ttlMs });
const NOTHING: Finding = { refusal: refusal("unresolved"), ttlMs: 0 };
const AWAY: Finding = { refusal: refusal("unavailable"), ttlMs: 0 };

/** Names with a clock that goes when it is told to, and a resolver that says what it is told to. */
function scene(first: Finding) {
  let now = 1_000_000;
  const timers: { at: number; ring: () => void }[] = [];
  const names = new Names({ now: () => now, after: (ms, ring) => timers.push({ at: now + ms, ring }) });
  const at = {
    dns: first,
    lookups: 0,
    pass(ms: number) {
      now += ms;
      for (const timer of timers) if (timer.at <= now) timer.ring();
    },
    ask: (host = "hooks.example.com", look = async () => at.dns) =>
      names.refusal(host, () => {
        at.lookups++;
        return look();
      }),
  };
  return at;
}

describe("what DNS said", () => {
  it.each([
    ["its time to live", 5 * MINUTE, 5 * MINUTE],
    ["five seconds at least", 0, 5000],
    ["an hour at most", 7 * 24 * HOUR, HOUR],
  ])("is remembered for %s", async (_, ttlMs, lives) => {
    const at = scene(PUBLIC(ttlMs));
    expect(await at.ask()).toBeNull();
    at.dns = PRIVATE(ttlMs);
    at.pass(lives - 1);
    expect(await at.ask()).toBeNull();
    expect(at.lookups).toBe(1);
    at.pass(1);
    expect(await at.ask()).toEqual(refusal("forbidden"));
    expect(at.lookups).toBe(2);
  });

  it("against a name is remembered too, for five seconds where it has no address", async () => {
    const at = scene(NOTHING);
    expect(await at.ask()).toEqual(refusal("unresolved"));
    at.dns = PUBLIC(MINUTE);
    at.pass(4999);
    expect(await at.ask()).toEqual(refusal("unresolved"));
    at.pass(1);
    expect(await at.ask()).toBeNull();
  });

  it("of one name is not said of another", async () => {
    const at = scene(PUBLIC(HOUR));
    await at.ask("a.example.com");
    at.dns = PRIVATE(HOUR);
    expect(await at.ask("b.example.com")).toEqual(refusal("forbidden"));
    expect(await at.ask("a.example.com")).toBeNull();
  });

  it("leaves, the oldest first, when there is too much of it", async () => {
    const at = scene(PUBLIC(HOUR));
    for (let n = 0; n <= 10_000; n++) await at.ask(`${n}.example.com`);
    expect(at.lookups).toBe(10_001);
    await at.ask("1.example.com");
    await at.ask("10000.example.com");
    expect(at.lookups).toBe(10_001);
    await at.ask("0.example.com");
    expect(at.lookups).toBe(10_002);
  });
});

describe("while the resolver is away", () => {
  it.each([
    ["public", PUBLIC(MINUTE), null],
    ["private", PRIVATE(MINUTE), refusal("forbidden")],
  ])("an answer that was %s serves for another hour, and no longer", async (_, finding, expected) => {
    const at = scene(finding);
    await at.ask();
    at.dns = AWAY;
    at.pass(MINUTE + HOUR - 1);
    expect(await at.ask()).toEqual(expected);
    expect(at.lookups).toBe(2);
    at.pass(5000);
    expect(await at.ask()).toEqual(refusal("unavailable"));
  });

  it("it is asked again only after five seconds", async () => {
    const at = scene(PUBLIC(MINUTE));
    await at.ask();
    at.dns = AWAY;
    at.pass(MINUTE);
    for (let times = 0; times < 3; times++) expect(await at.ask()).toBeNull();
    expect(at.lookups).toBe(2);
    at.dns = PRIVATE(MINUTE);
    at.pass(5000);
    expect(await at.ask()).toEqual(refusal("forbidden"));
  });

  it("nothing serves for a name that had no address", async () => {
    const at = scene(NOTHING);
    await at.ask();
    at.dns = AWAY;
    at.pass(5000);
    expect(await at.ask()).toEqual(refusal("unavailable"));
  });

  it("nothing serves for a name whose own servers do not answer: their owner decides when", async () => {
    const at = scene(PUBLIC(MINUTE));
    await at.ask();
    at.dns = NOTHING;
    at.pass(MINUTE);
    expect(await at.ask()).toEqual(refusal("unresolved"));
  });
});

describe("those who ask at the same time", () => {
  it("share one lookup", async () => {
    const at = scene(PUBLIC(MINUTE));
    const { promise, resolve } = Promise.withResolvers<Finding>();
    const asking = [1, 2, 3].map(() => at.ask("hooks.example.com", () => promise));
    resolve(PRIVATE(MINUTE));
    expect(await Promise.all(asking)).toEqual(Array(3).fill(refusal("forbidden")));
    expect(at.lookups).toBe(1);
  });

  it("do not wait for ever for one that never comes back, nor does anybody after them", async () => {
    const at = scene(PUBLIC(MINUTE));
    void at.ask("hooks.example.com", () => new Promise(() => {}));
    at.pass(1000);
    const joined = at.ask();
    expect(at.lookups).toBe(1);
    at.pass(2500);
    expect(await joined).toMatchObject({ kind: "unavailable" });
    at.pass(5000);
    expect(await at.ask()).toBeNull();
    expect(at.lookups).toBe(2);
  });
});

it("a private answer holds from when it is heard, whatever was before, for as long as it lives", async () => {
  const before = fc.array(fc.record({ dns: fc.constantFrom(PUBLIC(MINUTE), NOTHING, AWAY), pass: fc.nat(2 * HOUR) }));
  const after = fc.array(fc.nat(30_000), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(before, after, async (past, times) => {
      const at = scene(PUBLIC(0));
      for (const { dns, pass } of past) {
        at.dns = dns;
        await at.ask();
        at.pass(pass);
      }
      at.pass(HOUR);
      at.dns = PRIVATE(10 * MINUTE);
      await at.ask();
      at.dns = PUBLIC(HOUR);
      for (const time of times) {
        at.pass(time);
        expect(await at.ask()).toEqual(refusal("forbidden"));
      }
    }),
  );
});
