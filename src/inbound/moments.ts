/** Times of providers as ISO 8601 in UTC; null for what is no time. */

/** @param value unix seconds, with or without a fraction, as a number or a text */
export function isoOfSeconds(value: unknown): string | null {
  const seconds = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" ? iso(Math.round(seconds * 1000)) : null;
}

/** @param value ISO 8601, or a mail's date (RFC 5322, 3.3) */
export const isoOfText = (value: unknown): string | null => (typeof value === "string" ? iso(Date.parse(value)) : null);

function iso(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
