import { expect, it } from "vitest";
import { monthOf } from "./month.ts";

it.each([
  ["in its middle", "2026-11-22T03:44:28.123Z", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
  ["at its first millisecond", "2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
  ["at its last", "2026-10-31T23:59:59.999Z", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"],
  ["in December", "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  ["in a leap year", "2028-02-29T12:00:00.000Z", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
  ["long ago", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "1970-02-01T00:00:00.000Z"],
])("a moment %s has its month", (_, at, start, end) => {
  expect(monthOf(Date.parse(at))).toEqual({ start: Date.parse(start), end: Date.parse(end) });
});
