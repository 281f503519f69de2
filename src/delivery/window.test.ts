import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterRound, MAX_PARCEL, MAX_WINDOW, MIN_WINDOW, newFlow, parcelSize, type Round } from "./window.ts";

const round = fc.record({
  delivered: fc.nat(100),
  failed: fc.nat(100),
  timedOut: fc.boolean(),
  latencyMs: fc.integer({ min: 0, max: 30_000 }),
  tripMs: fc.integer({ min: 0, max: 60_000 }),
});

const success = (delivered: number, tripMs = 20): Round => {
  return { delivered, failed: 0, timedOut: false, latencyMs: 10, tripMs };
};

describe("the window", () => {
  it("never leaves its bounds, and a parcel never its own", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(round, fc.integer({ min: 0, max: 5000 }))), (rounds) => {
        let now = 0;
        let flow = newFlow(now);
        for (const [each, pause] of rounds) {
          now += pause;
          flow = afterRound(flow, each, now);
          expect(Number.isInteger(flow.window)).toBe(true);
          expect(flow.window).toBeGreaterThanOrEqual(MIN_WINDOW);
          expect(flow.window).toBeLessThanOrEqual(MAX_WINDOW);
          expect(parcelSize(flow)).toBeGreaterThanOrEqual(1);
          expect(parcelSize(flow)).toBeLessThanOrEqual(MAX_PARCEL);
        }
      }),
    );
  });

  it("falls to one at a timeout", () => {
    let flow = newFlow(0);
    for (let step = 1; step <= 50; step++) flow = afterRound(flow, success(flow.window, 100), step * 50);
    expect(flow.window).toBeGreaterThan(10);
    flow = afterRound(flow, { delivered: 5, failed: 1, timedOut: true, latencyMs: 10_000, tripMs: 10_000 }, 20_000);
    expect(flow.window).toBe(1);
  });

  it("halves with each round in which nothing succeeded, down to one", () => {
    let flow = { ...newFlow(0), window: 100 };
    const windows = Array.from({ length: 8 }, (_, step) => {
      flow = afterRound(flow, { delivered: 0, failed: 1, timedOut: false, latencyMs: 10, tripMs: 20 }, step);
      return flow.window;
    });
    expect(windows).toEqual([50, 25, 12, 6, 3, 1, 1, 1]);
  });

  it("goes on growing while most deliveries succeed", () => {
    const before = newFlow(0);
    const after = afterRound(before, { delivered: 7, failed: 3, timedOut: false, latencyMs: 10, tripMs: 20 }, 20);
    expect(after.window).toBe(before.window + 4);
  });

  it("stays near what a busy endpoint needs: twice its rate times its shortest round trip", () => {
    let flow = newFlow(0);
    // 30 delivered every 100 ms, a trip of 200 ms and 10 ms of coalescing: of 300 a second 63 are on their way.
    for (let step = 1; step <= 100; step++) flow = afterRound(flow, success(30, 200), step * 100);
    expect(flow.window).toBe(126);
  });

  it("learns nothing from a parcel that was not attempted", () => {
    const flow = newFlow(0);
    expect(afterRound(flow, { delivered: 0, failed: 0, timedOut: false, latencyMs: 0, tripMs: 5 }, 10)).toBe(flow);
  });
});

describe("a parcel", () => {
  it("is about a second of work for two requests side by side", () => {
    expect(parcelSize({ ...newFlow(0), latencyMs: 1 })).toBe(100);
    expect(parcelSize({ ...newFlow(0), latencyMs: 50 })).toBe(40);
    expect(parcelSize({ ...newFlow(0), latencyMs: 900 })).toBe(2);
    expect(parcelSize({ ...newFlow(0), latencyMs: 10_000 })).toBe(1);
  });
});
