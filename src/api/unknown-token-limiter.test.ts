import { beforeEach, describe, expect, it } from "vitest";
import type { RateLimitBinding } from "../lib/rate-limiter.ts";
import { UnknownTokenLimiter } from "./unknown-token-limiter.ts";

const NOW = 1_000_000;
const HOME = "192.0.2.1";
const ELSEWHERE = "192.0.2.2";

/** Lets three units of each address pass, as the binding does in one period. */
function three(): RateLimitBinding {
  const counts = new Map<string, number>();
  return {
    limit: async ({ key }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return { success: (counts.get(key) ?? 0) <= 3 };
    },
  };
}

let limiter: UnknownTokenLimiter;
let binding: RateLimitBinding;

beforeEach(() => {
  limiter = new UnknownTokenLimiter();
  binding = three();
});

async function guess(count: number, from = HOME): Promise<number> {
  let wait = 0;
  for (let n = 0; n < count; n++) wait = await limiter.wrong(binding, from, `guess ${n}`, NOW);
  return wait;
}

describe("an address that guesses", () => {
  it("is slowed down from the guess that is too many, for a minute", async () => {
    expect(await guess(3)).toBe(0);
    expect(limiter.wait(HOME, "another", NOW)).toBe(0);
    expect(await limiter.wrong(binding, HOME, "another", NOW)).toBe(60);
    expect(limiter.wait(HOME, "another", NOW)).toBe(60);
    expect(limiter.wait(HOME, "another", NOW + 59_000)).not.toBe(60);
    expect(limiter.wait(HOME, "another", NOW + 60_000)).toBe(0);
  });

  it("gets one look-up a second then, whatever it sends", async () => {
    await guess(4);
    const looks = (at: number) => Array.from({ length: 50 }, (_, n) => limiter.wait(HOME, `more ${at} ${n}`, at));
    expect(looks(NOW + 1).filter((wait) => wait === 0)).toHaveLength(1);
    expect(looks(NOW + 500).filter((wait) => wait === 0)).toHaveLength(0);
    expect(looks(NOW + 1001).filter((wait) => wait === 0)).toHaveLength(1);
  });

  it("does not slow down others elsewhere", async () => {
    await guess(4);
    expect(limiter.wait(ELSEWHERE, "a good one", NOW)).toBe(0);
  });

  it("does not slow down who is known there; one who is known from elsewhere only is nobody there", async () => {
    limiter.right(HOME, "a good one", NOW);
    limiter.right(ELSEWHERE, "a guessed one", NOW);
    await guess(4);
    limiter.wait(HOME, "takes the look-up", NOW);
    expect(limiter.wait(HOME, "a good one", NOW)).toBe(0);
    expect(limiter.wait(HOME, "a guessed one", NOW)).toBe(60);
  });

  it("loses what is known there when that is known no more", async () => {
    limiter.right(HOME, "revoked since", NOW);
    await guess(4);
    await limiter.wrong(binding, HOME, "revoked since", NOW);
    expect(limiter.wait(HOME, "revoked since", NOW)).toBe(60);
  });

  it("is slowed down without a binding never", async () => {
    for (let n = 0; n < 100; n++) expect(await limiter.wrong(undefined, HOME, `guess ${n}`, NOW)).toBe(0);
  });
});

describe("a program that repeats what was refused", () => {
  it("counts a twentieth each time", async () => {
    for (let n = 0; n < 60; n++) expect(await limiter.wrong(binding, HOME, "revoked", NOW)).toBe(0);
    expect(await limiter.wrong(binding, HOME, "revoked", NOW)).toBe(60);
  });

  it("takes nobody's look-up", async () => {
    for (let n = 0; n < 61; n++) await limiter.wrong(binding, HOME, "revoked", NOW);
    for (let n = 0; n < 100; n++) expect(limiter.wait(HOME, "revoked", NOW)).toBe(60);
    expect(limiter.wait(HOME, "a good one that is new here", NOW)).toBe(0);
  });
});
