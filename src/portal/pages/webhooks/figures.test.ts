import { expect, it } from "vitest";
import { barsOf } from "./figures.tsx";

const step = (at: string, attempts: number, failed_attempts: number) => ({
  ...{ at: `2026-01-01T${at}:00.000Z`, attempts, failed_attempts, delivered: 0, failed: 0, expired: 0 },
});
const buckets = [
  step("00:00", 9, 9),
  step("00:30", 1, 0),
  step("01:00", 5, 2),
  step("01:30", 1, 1),
  step("02:00", 0, 0),
];

it("draws an hour as a bar of its attempts, and grey what was not counted in full", () => {
  expect(barsOf({ buckets, complete_since: "2026-01-01T00:20:00.000Z" })).toEqual([
    { delivered: 1, failed: 9, unknown: true },
    { delivered: 3, failed: 3, unknown: false },
    { delivered: 0, failed: 0, unknown: false },
  ]);
  expect(barsOf({ buckets, complete_since: null }).some(({ unknown }) => unknown)).toBe(false);
});
