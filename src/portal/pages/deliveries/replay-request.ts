import { instantOf, minuteOf } from "../../parts/dates.ts";
import type { Replay } from "./replay-progress.ts";

/** What the form for a replay holds, as it was typed. */
export type FormValues = { since: string; until: string; status: string; events: string };

/** Stretches of time that one click chooses, in hours. */
export const SHORTCUTS = [
  { name: "Last hour", hours: 1 },
  { name: "24 hours", hours: 24 },
  { name: "7 days", hours: 168 },
] as const;

/** The form before anything was typed: what failed in the last 24 hours. */
export function beginning(params: URLSearchParams, now: number): FormValues {
  return {
    since: params.get("since") ?? minuteOf(now - 24 * 3_600_000),
    until: params.get("until") ?? minuteOf(now),
    status: params.get("status") === "all" ? "all" : "failed",
    events: params.get("events") ?? "",
  };
}

/** Patterns, whether commas, blanks or lines part them. */
export const patternsOf = (events: string): string[] => events.split(/[\s,]+/).filter(Boolean);

/**
 * The same for the API.
 * @param now what is not over yet ends here: what is counted before and sent after is the same
 */
export function requestOf(values: FormValues, now: number): Replay {
  const until = instantOf(values.until, "last");
  const ms = Date.parse(until);
  const patterns = patternsOf(values.events);
  return {
    since: instantOf(values.since, "first"),
    until: ms > now ? new Date(now).toISOString() : until,
    status: values.status === "all" ? "all" : "failed",
    ...(patterns.length > 0 ? { events: patterns } : {}),
  };
}
