import { describe, expect, it } from "vitest";
import type { Attempt } from "./contract.ts";
import type { HistoryRow } from "./figures.ts";
import { percentile, successRate, Tally } from "./figures.ts";

const attempt = (at: number, durationMs: number, more: Partial<Attempt> = {}): Attempt => ({
  at,
  trigger: "event",
  status: 200,
  durationMs,
  error: null,
  responseBody: "",
  ...more,
});

const failed = { status: 500, error: "status" } as const;

const row = (state: HistoryRow["state"], completedAt: number | null, ...histories: Attempt[][]): HistoryRow => ({
  seq: 1,
  state,
  completedAt,
  count: histories.length,
  attempts: histories.flat(),
  length: 0,
});

const period = { since: 1000, stepMs: 100, count: 3 };

describe("a tally", () => {
  it("counts deliveries by their completion and attempts by their time", () => {
    const tally = new Tally(period);
    tally.add(row("delivered", 1210, [attempt(1050, 9, failed), attempt(1205, 5, { trigger: "retry" })]));
    tally.add(row("failed", 1199, [attempt(1110, 40, failed)], [attempt(1110, 50, failed)]));
    tally.add(row("pending", null, [attempt(1000, 7, failed)]));
    const none = { delivered: 0, failed: 0, expired: 0, attempts: 0, retries: 0, failedAttempts: 0 };
    const nothing = { ...none, p50Ms: null, p95Ms: null };
    expect(tally.steps()).toEqual([
      { ...nothing, at: 1000, attempts: 2, failedAttempts: 2, p50Ms: 7, p95Ms: 9 },
      { ...nothing, at: 1100, failed: 2, attempts: 2, failedAttempts: 2, p50Ms: 40, p95Ms: 50 },
      { ...nothing, at: 1200, delivered: 1, attempts: 1, retries: 1, p50Ms: 5, p95Ms: 5 },
    ]);
    expect(tally.total()).toEqual({
      ...{ delivered: 1, failed: 2, expired: 0, attempts: 5, retries: 1, failedAttempts: 4, p50Ms: 9, p95Ms: 50 },
    });
    expect(tally.lastFailureAt).toBe(1110);
  });

  it("leaves out what was before the period or comes after it, to the millisecond", () => {
    const tally = new Tally(period);
    tally.add(row("delivered", 999, [attempt(999, 1)]));
    tally.add(row("delivered", 1300, [attempt(1300, 1)]));
    expect(tally.total()).toMatchObject({ delivered: 0, attempts: 0 });
    tally.add(row("delivered", 1000, [attempt(1000, 1)]));
    tally.add(row("delivered", 1299, [attempt(1299, 1)]));
    expect(tally.total()).toMatchObject({ delivered: 2, attempts: 2 });
  });

  it("counts a row's deliveries without their attempts", () => {
    const tally = new Tally(period);
    tally.add({ seq: 1, state: "failed", completedAt: 1000, count: 100, attempts: [], length: 0 });
    expect(tally.total()).toMatchObject({ failed: 100, attempts: 0 });
  });

  it("takes a blocked attempt for a failure that says nothing of the endpoint's latency", () => {
    const tally = new Tally(period);
    tally.add(row("failed", 1000, [attempt(1000, 0, { status: null, error: "blocked" })]));
    expect(tally.total()).toMatchObject({ attempts: 1, failedAttempts: 1, p50Ms: null, p95Ms: null });
  });
});

it.each([
  [[], 0.5, null],
  [[3], 0.95, 3],
  [[1, 2], 0.5, 1],
  [[1, 2, 3], 0.5, 2],
  [Array.from({ length: 100 }, (_, index) => index + 1), 0.95, 95],
])("a percentile is the nearest rank's value (case %#)", (sorted, share, value) => {
  expect(percentile(sorted, share)).toBe(value);
});

it("a success rate is of the attempts", () => {
  expect(successRate({ attempts: 4, failedAttempts: 1 })).toBe(0.75);
  expect(successRate({ attempts: 0, failedAttempts: 0 })).toBeNull();
});
