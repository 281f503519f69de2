import type { Json } from "../catalogue/event-type.ts";

/** Providers' times, of which no two are written alike. */

/**
 * The least number that is read as milliseconds. As seconds it lies in the year 5138, as milliseconds in 1973: before
 * anybody called back.
 */
const MILLISECONDS = 1e11;

/**
 * Milliseconds since 1970 of a time that is given as a number of seconds or of milliseconds, as the same in text, or by
 * ISO 8601. Undefined for what is no time.
 */
export function millisecondsOf(time: Json | undefined): number | undefined {
  if (typeof time === "string" && /^\d{1,16}(\.\d{1,9})?$/.test(time)) return millisecondsOf(Number(time));
  const milliseconds =
    typeof time === "number"
      ? Math.floor(Math.abs(time) < MILLISECONDS ? time * 1000 : time)
      : typeof time === "string" && /^\d{4}-\d{2}-\d{2}T/.test(time)
        ? Date.parse(time)
        : Number.NaN;
  return Number.isNaN(new Date(milliseconds).getTime()) ? undefined : milliseconds;
}

/** The same in ISO 8601, UTC; null for what is no time. */
export function isoOf(time: Json | undefined): string | null {
  const milliseconds = millisecondsOf(time);
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
