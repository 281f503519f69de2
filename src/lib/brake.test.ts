import { describe, expect, it } from "vitest";
import { Brake } from "./brake.ts";

/** A limiter that lets so many calls pass, and remembers them. */
function limiter(passing: number) {
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

describe("a brake", () => {
  it("tells the binding of every pack, not of every request", async () => {
    const brake = new Brake({ pack: 5, pauseMs: 10_000 });
    const binding = limiter(100);
    for (let n = 0; n < 14; n++) await brake.count(binding, "a", NOW);
    for (let n = 0; n < 4; n++) await brake.count(binding, "b", NOW);
    expect(binding.asked).toEqual(["a", "a"]);
    expect(brake.wait("a", NOW)).toBe(0);
  });

  it("refuses a key, and no other, from the binding's refusal to the end of the pause", async () => {
    const brake = new Brake({ pack: 2, pauseMs: 10_000 });
    const binding = limiter(1);
    for (let n = 0; n < 3; n++) await brake.count(binding, "a", NOW);
    expect(brake.wait("a", NOW)).toBe(0);
    await brake.count(binding, "a", NOW);
    expect(brake.wait("a", NOW)).toBe(10);
    expect(brake.wait("a", NOW + 9001)).toBe(1);
    expect(brake.wait("a", NOW + 10_000)).toBe(0);
    expect(brake.wait("b", NOW)).toBe(0);
  });

  it("counts what weighs more as more", async () => {
    const brake = new Brake({ pack: 20, pauseMs: 10_000 });
    const binding = limiter(100);
    await brake.count(binding, "a", NOW, 20);
    await brake.count(binding, "a", NOW, 20);
    expect(binding.asked).toHaveLength(2);
  });

  it("lets everybody in where there is no binding, or it does not answer", async () => {
    const brake = new Brake({ pack: 1, pauseMs: 10_000 });
    expect(brake.count(undefined, "a", NOW)).toBeUndefined();
    await brake.count({ limit: () => Promise.reject(new Error("It is gone")) }, "a", NOW);
    expect(brake.wait("a", NOW)).toBe(0);
  });

  it("keeps count of so many keys, and forgets the oldest first", async () => {
    const brake = new Brake({ pack: 1, pauseMs: 10_000 });
    await brake.count(limiter(0), "first", NOW);
    const none = limiter(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 9_999; n++) await brake.count(none, `${n}`, NOW);
    expect(brake.wait("first", NOW)).toBe(10);
    await brake.count(none, "one more", NOW);
    expect(brake.wait("first", NOW)).toBe(0);
  });
});
