/** When to try again. */

/** A receiver may ask for at most this much patience. */
export const MAX_RETRY_AFTER_MS = 24 * 3600 * 1000;

const JITTER = 0.1;

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

/** `Retry-After` (RFC 9110, 10.2.3), seconds or a date, as milliseconds from now; null for anything else. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3,}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
