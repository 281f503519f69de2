import { describe, expect, it } from "vitest";
import { afterRelay, newRelayLimit, type RelayLimit } from "./relay-limit.ts";

const NOW = Date.UTC(2026, 0, 1);

/**
 * As many relays as may be, round after round of a second.
 * @param meanMs what an endpoint takes where so many are at work
 * @returns the width after each
 */
function rounds(count: number, meanMs: (atWork: number) => number | null): number[] {
  let limit: RelayLimit = newRelayLimit();
  return Array.from({ length: count }, (_, round) => {
    const at = NOW + round * 1000;
    const atWork = Math.floor(limit.width);
    for (let underWay = 1; underWay <= atWork; underWay++)
      limit = afterRelay(limit, { at, underWay, meanMs: meanMs(atWork) }, at + 900);
    return limit.width;
  });
}

describe("how many relays may be at work", () => {
  it("begins with one and soon is many where endpoints take no longer for it, up to a hundred", () => {
    const widths = rounds(14, () => 80);
    expect(widths.slice(0, 5)).toEqual([2, 3, 5, 8, 12]);
    expect(widths.at(-1)).toBe(100);
  });

  it("is one where each takes the others' time", () => {
    expect(rounds(9, (atWork) => 60 * atWork)).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it("is tried once more after ten seconds", () => {
    expect(rounds(16, (atWork) => 60 * atWork).filter((width) => width > 1)).toHaveLength(2);
  });

  it("is cut once for all that were at work together, by half", () => {
    const wide: RelayLimit = { width: 16, bestMs: 100, toldAt: NOW, cutAt: 0 };
    const once = afterRelay(wide, { at: NOW, underWay: 16, meanMs: 400 }, NOW + 500);
    expect(once.width).toBe(8);
    expect(afterRelay(once, { at: NOW, underWay: 15, meanMs: 400 }, NOW + 501).width).toBe(8);
  });

  it("is one after a relay that has reached nobody", () => {
    const wide: RelayLimit = { width: 16, bestMs: 100, toldAt: NOW, cutAt: 0 };
    expect(afterRelay(wide, { at: NOW, underWay: 3, meanMs: null }, NOW + 500).width).toBe(1);
  });

  it("goes by the best of late, which grows old", () => {
    const before: RelayLimit = { width: 2, bestMs: 50, toldAt: NOW, cutAt: 0 };
    const sample = { at: NOW + 1, underWay: 2, meanMs: 150 };
    expect(afterRelay(before, sample, NOW + 1000).width).toBe(1);
    expect(afterRelay(before, sample, NOW + 61_000).width).toBe(3);
  });
});
