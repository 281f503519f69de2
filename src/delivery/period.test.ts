import { expect, it } from "vitest";
import { PERIODS, periodOf } from "./period.ts";

const now = Date.parse("2026-11-22T13:47:11.500Z");

it.each([
  ["24h", "2026-11-21T14:00:00.000Z", "2026-11-22T13:30:00.000Z"],
  ["7d", "2026-11-15T18:00:00.000Z", "2026-11-22T12:00:00.000Z"],
  ["30d", "2026-10-24T00:00:00.000Z", "2026-11-22T00:00:00.000Z"],
] as const)("%s begins at %s, its last step at %s", (name, first, last) => {
  const { since, stepMs, count } = periodOf(name, now);
  expect(new Date(since).toISOString()).toBe(first);
  expect(new Date(since + (count - 1) * stepMs).toISOString()).toBe(last);
});

it.each(PERIODS)("%s has a step for the very moment at which one begins", (name) => {
  const midnight = Date.parse("2026-11-22T00:00:00Z");
  const { since, stepMs, count } = periodOf(name, midnight);
  expect(since + (count - 1) * stepMs).toBe(midnight);
});
