import { describe, expect, it } from "vitest";
import { laneClass, laneOf } from "./lanes.ts";

const HOUR = 3600_000;
const now = 10 * HOUR;

describe("the lane", () => {
  it.each([
    ["an endpoint that never succeeded", { lastSuccessAt: null, failures: 0, latencyMs: null }, "trial"],
    ["one that succeeded just now", { lastSuccessAt: now, failures: 0, latencyMs: 20 }, "proven"],
    ["one whose last success is an hour old", { lastSuccessAt: now - HOUR, failures: 0, latencyMs: 20 }, "proven"],
    ["one whose last success is older", { lastSuccessAt: now - HOUR - 1, failures: 0, latencyMs: 20 }, "trial"],
    ["one that fails", { lastSuccessAt: now, failures: 1, latencyMs: 20 }, "slow"],
    ["one that takes its time", { lastSuccessAt: now, failures: 0, latencyMs: 1001 }, "slow"],
    ["one that has only ever failed", { lastSuccessAt: null, failures: 3, latencyMs: 20 }, "slow"],
  ])("of %s", (_, health, expected) => {
    expect(laneClass(health, now)).toBe(expected);
  });

  it("spreads endpoints, and a hop leads to another one of the same class", () => {
    const proven = { lastSuccessAt: now, failures: 0, latencyMs: 20 };
    const lanes = [1, 2, 3, 4].map((endpoint) => laneOf(proven, now, endpoint, 0));
    expect(new Set(lanes).size).toBe(4);
    expect(laneOf(proven, now, 1, 1)).toBe(laneOf(proven, now, 2, 0));
    expect(laneOf({ ...proven, failures: 1 }, now, 1, 1)).not.toBe(laneOf({ ...proven, failures: 1 }, now, 1, 0));
  });
});
