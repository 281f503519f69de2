import { describe, expect, it } from "vitest";
import { RateLimiter } from "./rate-limiter.ts";

/** A binding that lets so many calls pass, and remembers them. */
function bindingPassing(passing: number) {
  const asked: string[] = [];
  return {
    asked,
    limit: async ({ key }: { key: string }) => {
      asked.push(key);
      return { success: asked.length <= passing };
    },
  };
}

const NOW = 1_000_000;

describe("a rate limiter", () => {
  it("tells the binding of every pack, not of every request", async () => {
    const limiter = new RateLimiter({ pack: 5, pauseMs: 10_000 });
    const binding = bindingPassing(100);
    for (let n = 0; n < 14; n++) await limiter.count(binding, "a", NOW);
    for (let n = 0; n < 4; n++) await limiter.count(binding, "b", NOW);
    expect(binding.asked).toEqual(["a", "a"]);
    expect(limiter.wait("a", NOW)).toBe(0);
  });

  it("refuses a key, and no other, from the binding's refusal to the end of the pause", async () => {
    const limiter = new RateLimiter({ pack: 2, pauseMs: 10_000 });
    const binding = bindingPassing(1);
    for (let n = 0; n < 3; n++) await limiter.count(binding, "a", NOW);
    expect(limiter.wait("a", NOW)).toBe(0);
    await limiter.count(binding, "a", NOW);
    expect(limiter.wait("a", NOW)).toBe(10);
    expect(limiter.wait("a", NOW + 9001)).toBe(1);
    expect(limiter.wait("a", NOW + 10_000)).toBe(0);
    expect(limiter.wait("b", NOW)).toBe(0);
  });

  it("counts what weighs more as more", async () => {
    const limiter = new RateLimiter({ pack: 20, pauseMs: 10_000 });
    const binding = bindingPassing(100);
    await limiter.count(binding, "a", NOW, 20);
    await limiter.count(binding, "a", NOW, 20);
    expect(binding.asked).toHaveLength(2);
  });

  it("lets everybody in where there is no binding, or it does not answer", async () => {
    const limiter = new RateLimiter({ pack: 1, pauseMs: 10_000 });
    expect(limiter.count(undefined, "a", NOW)).toBeUndefined();
    await limiter.count({ limit: () => Promise.reject(new Error("It is gone")) }, "a", NOW);
    expect(limiter.wait("a", NOW)).toBe(0);
  });

  it("keeps count of so many keys, and forgets the oldest first", async () => {
    const limiter = new RateLimiter({ pack: 1, pauseMs: 10_000 });
    await limiter.count(bindingPassing(0), "first", NOW);
    const none = bindingPassing(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 9_999; n++) await limiter.count(none, `${n}`, NOW);
    expect(limiter.wait("first", NOW)).toBe(10);
    await limiter.count(none, "one more", NOW);
    expect(limiter.wait("first", NOW)).toBe(0);
  });
});
