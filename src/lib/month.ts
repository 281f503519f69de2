/** A calendar month in UTC, in milliseconds since 1970: its first one, and the first one of the next month. */
export type Month = { start: number; end: number };

/** The month that a moment (milliseconds since 1970) is in. */
export function monthOf(at: number): Month {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
}
