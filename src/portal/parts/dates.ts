/** Moments as `<input type="datetime-local">` writes them. It knows no time zone: the pages say that it is UTC. */

const TYPED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;

/**
 * What was typed as the API takes it; what is no such moment as it is, for the API to say what is wrong.
 * @param edge whether a minute stands for its first moment or, where a stretch of time ends, for its last
 */
export function instantOf(typed: string, edge: "first" | "last"): string {
  const match = TYPED.exec(typed);
  if (!match) return typed;
  if (match[1] === undefined) return `${typed}${edge === "first" ? ":00" : ":59.999"}Z`;
  return `${typed}${edge === "last" && match[2] === undefined ? ".999" : ""}Z`;
}

/** What stands in the field for a moment, to the minute; empty for what is none. */
export function fieldValueOf(text: string): string {
  if (TYPED.test(text)) return text;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 16);
}

/** The moment in a field, to the minute. */
export const minuteOf = (ms: number): string => fieldValueOf(new Date(ms).toISOString());
