import { monthOf } from "../lib/month.ts";
import type { DayCount } from "./contract.ts";
import type { Mark } from "./store.ts";

const DAY_MS = 24 * 3600 * 1000;

/** What is known of a stream's rows without reading their events. */
export type Marks = {
  /** Whether the first row of all is left, or there never was one. */
  isWhole: boolean;
  /** The newest row from before a time (milliseconds since 1970); undefined if no row that is left is as old. */
  lastBefore(at: number): Mark | undefined;
};

/**
 * How many events counted on each day of the UTC month of `now`, up to and with that of `now`. Each row bears the
 * month's total, so a day is the difference of two rows and costs nothing to keep.
 */
export function eventsByDay(marks: Marks, now: number): DayCount[] {
  const { start } = monthOf(now);
  const totalBefore = (at: number): number | null => {
    const mark = marks.lastBefore(at);
    if (mark) return mark.at < start ? 0 : mark.total;
    return at === start || marks.isWhole ? 0 : null;
  };
  const days: DayCount[] = [];
  let before = totalBefore(start);
  for (let day = start; day <= now; day += DAY_MS) {
    const after = totalBefore(day + DAY_MS);
    days.push({ start: day, events: before === null || after === null ? null : Math.max(0, after - before) });
    before = after;
  }
  return days;
}
