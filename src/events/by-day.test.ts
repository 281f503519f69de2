import { describe, expect, it } from "vitest";
import { eventsByDay } from "./by-day.ts";
import type { Mark } from "./store.ts";

const at = (text: string) => Date.parse(`2026-${text}Z`);
const mark = (seq: number, time: string, total: number): Mark => ({ seq, at: at(time), total });

const days = (rows: readonly Mark[], now: string) => {
  const lastBefore = (time: number) => rows.findLast((row) => row.at < time);
  const isWhole = rows[0]?.seq === 1;
  return eventsByDay({ isWhole, lastBefore }, at(now)).map(({ events }) => events);
};

describe("events by day", () => {
  it("are differences of the month's running total", () => {
    const rows = [
      mark(1, "10-31T23:59:59.999", 70),
      mark(2, "11-01T00:00:00.000", 3),
      mark(3, "11-01T23:59:59.999", 5),
      mark(4, "11-03T00:00:00.000", 6),
      mark(5, "11-04T12:00:00.000", 16),
    ];
    expect(days(rows, "11-05T00:00:00.000")).toEqual([5, 0, 1, 10, 0]);
  });

  it("begin with the month and end with the day that it is", () => {
    const lastBefore = () => undefined;
    expect(eventsByDay({ isWhole: true, lastBefore }, at("11-02T10:00:00"))).toEqual([
      { start: at("11-01T00:00:00"), events: 0 },
      { start: at("11-02T00:00:00"), events: 0 },
    ]);
  });

  it("are none in a month that nothing was published in", () => {
    expect(days([mark(9, "10-31T10:00:00", 70)], "11-02T00:00:00")).toEqual([0, 0]);
  });

  it("are none before a stream's first row", () => {
    expect(days([mark(1, "11-02T10:00:00", 2)], "11-03T00:00:00")).toEqual([0, 2, 0]);
  });

  it("are unknown where retention has let go of the rows", () => {
    const rows = [mark(8, "11-03T10:00:00", 20), mark(9, "11-04T10:00:00", 25)];
    expect(days(rows, "11-04T12:00:00")).toEqual([null, null, null, 5]);
  });
});
