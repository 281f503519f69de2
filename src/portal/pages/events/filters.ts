/** What the list of events is narrowed down to, as it stands in the address. */

/** A minute as `<input type="datetime-local">` has it; what else is read as a moment with an offset. */
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;
const SECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

/** A moment for the API: fields without an offset are in UTC, and mean the whole of the minute that they name. */
export function momentOf(text: string, edge: "first" | "last"): string {
  if (MINUTE.test(text)) return `${text}:${edge === "first" ? "00.000" : "59.999"}Z`;
  return SECOND.test(text) ? `${text}Z` : text;
}

/** The same for the field: the minute in UTC, empty for what is no moment. */
export function minuteOf(text: string): string {
  const ms = Date.parse(momentOf(text, "first"));
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 16);
}
