import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/**
 * Long values in the audit log are cut, as a change that costs its maker nothing would else leave pages in a database that
 * everybody shares. What is cut stands there as an object that says so, once it is written: lists and objects as the
 * beginning of their JSON text.
 */

/** Of a value in an entry, in characters (code points): nearly every URL is shorter. */
export const LONGEST_VALUE = 256;

/** What is kept of a long value: its first {@link LONGEST_VALUE} characters, and how many it had. */
export type Cut = { cut: string; length: number };

/** Whether a value in an entry stands for a longer one. No field that is shown is an object of these two members. */
export function isCut(value: unknown): value is Cut {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
  return "cut" in value && typeof value.cut === "string" && "length" in value && typeof value.length === "number";
}

/** A value as an entry keeps it. */
export function shortened(value: unknown): unknown {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  if (typeof text !== "string" || text.length <= LONGEST_VALUE) return value;
  const characters = Array.from(text);
  if (characters.length <= LONGEST_VALUE) return value;
  return { cut: characters.slice(0, LONGEST_VALUE).join(""), length: characters.length } satisfies Cut;
}

/** The fields of an entry, each as it keeps them. */
export const shortenedFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shortened(value)]));

/** The JSON of a column as an entry keeps it, for a statement that reads the row: {@link shortened} in SQL. */
export function shortenedColumn(column: SQLiteColumn): SQL {
  const whole = column.dataType === "json" ? sql`${column}` : sql`json_quote(${column})`;
  const cut = sql`json_object('cut', substr(${column}, 1, ${LONGEST_VALUE}), 'length', length(${column}))`;
  // The outer json(): what is the value of a condition is text to json_object, whatever it was before.
  return sql`json(iif(length(${column}) > ${LONGEST_VALUE}, ${cut}, ${whole}))`;
}
