import type { Json } from "../../systems/event-type.ts";

/** Providers' times, of which no two are written alike, as ISO 8601 in UTC; null for what is no time. */

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

/** What {@link millisecondsOf} takes. */
export function isoOf(time: Json | undefined): string | null {
  const milliseconds = millisecondsOf(time);
  return milliseconds === undefined ? null : iso(milliseconds);
}

/** @param value unix seconds, with or without a fraction, as a number or a text */
export function isoOfSeconds(value: unknown): string | null {
  const seconds = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" ? iso(Math.round(seconds * 1000)) : null;
}

/** A mail's date with a comment in it, and longer than any other, in characters. */
const LONGEST_TIME = 200;

/** @param value ISO 8601, or a mail's date (RFC 5322, 3.3) */
export const isoOfText = (value: unknown): string | null =>
  typeof value === "string" && value.length <= LONGEST_TIME ? iso(Date.parse(value)) : null;

/**
 * What names no zone is in UTC: providers mean that, where they say nothing.
 * @param text such as `2026-01-01T10:00:00+02:00` or `2026-01-01 10:00:00.123456`
 */
export function isoTime(text: string | null | undefined): string | null {
  const [, day, time, zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?$/.exec(text ?? "") ?? [];
  if (day === undefined || time === undefined) return null;
  return iso(Date.parse(`${day}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`));
}

/** The same for `YYMMDDhhmm`, as operators of telephone networks write it. */
export function isoOperatorTime(text: string | undefined): string | null {
  const [, year, month, day, hour, minute] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? "") ?? [];
  return year === undefined ? null : iso(Date.parse(`20${year}-${month}-${day}T${hour}:${minute}Z`));
}

function iso(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
