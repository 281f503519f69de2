import { parseHttpDate } from "../lib/http-date.ts";

/** When to try again. */

/** A receiver may ask for at most this much patience. */
export const MAX_RETRY_AFTER_MS = 24 * 3600 * 1000;

/** What is added to a delay at the most, as a part of it. */
export const JITTER = 0.1;

/**
 * Milliseconds until the next attempt; null if there is none.
 * @param retryDelays seconds before each retry
 * @param attempts how many have been made
 * @param retryAfterMs what the receiver asked for, or null; it lengthens the delay and never shortens it
 * @param random in [0, 1): the jitter, which only ever adds, at most a tenth
 */
export function delayAfter(
  retryDelays: readonly number[],
  attempts: number,
  retryAfterMs: number | null,
  random: number,
): number | null {
  const seconds = retryDelays[attempts - 1];
  if (seconds === undefined) return null;
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return Math.round(Math.max(seconds * 1000, asked) * (1 + JITTER * random));
}

/**
 * `Retry-After` (RFC 9110, 10.2.3), seconds or a date in any form of HTTP, as milliseconds from now, at most
 * {@link MAX_RETRY_AFTER_MS}; null for anything else.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? "";
  // However many digits: infinity is more than a day, too.
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  const date = parseHttpDate(text, now);
  return date === null ? null : Math.min(Math.max(0, date - now), MAX_RETRY_AFTER_MS);
}
