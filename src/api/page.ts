import { base64Url, fromBase64Url } from "../lib/bytes.ts";
import { inDigits } from "./fields.ts";
import { invalidField } from "./problem.ts";
import * as z from "./z.ts";

/** What every list takes. */
export const PageQuery = z.object({
  limit: inDigits(z.int().min(1).max(100))
    .default(50)
    .openapi({ type: "integer", minimum: 1, maximum: 100, default: 50 }),
  cursor: z.string().max(500).optional().openapi({ description: "The `next_cursor` of the page before." }),
});

/** One thing in an answer. */
export const one = <Item extends z.ZodType>(item: Item) => z.object({ data: item });

/** A page of a list. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

/** Rows of a page that may end early, and whether there are more. */
type Loaded<Row> = { rows: Row[]; more: boolean };

/**
 * Loads a page of rows.
 * @param Key what the cursor of this list holds
 * @param load rows below the key, the newest first; as many as it is asked for, if there are, or what it says of itself
 * @throws ApiError invalid_request for a cursor that is none of this list's
 */
export async function loadPage<Row, Key extends string | number>(
  query: z.infer<typeof PageQuery>,
  Key: z.ZodType<Key, unknown>,
  load: (limit: number, before: Key | undefined) => Promise<Row[] | Loaded<Row>>,
  keyOf: (row: Row) => Key,
): Promise<{ rows: Row[]; next_cursor: string | null }> {
  const before = query.cursor === undefined ? undefined : Key.safeParse(decode(query.cursor));
  if (before?.success === false) throw invalidField("cursor", "This is no cursor of this list");
  // One more than asked for tells whether there is a next page.
  const loaded = await load(query.limit + 1, before?.data);
  const all = Array.isArray(loaded) ? loaded : loaded.rows;
  const rows = all.slice(0, query.limit);
  const more = all.length > query.limit || (!Array.isArray(loaded) && loaded.more);
  const last = more ? rows.at(-1) : undefined;
  return {
    rows,
    next_cursor: last === undefined ? null : base64Url(new TextEncoder().encode(String(keyOf(last)))),
  };
}

/** For lists by a number that grows. */
export const NumberKey = inDigits(z.int().positive());

function decode(cursor: string): string | undefined {
  const bytes = fromBase64Url(cursor);
  return bytes && new TextDecoder().decode(bytes);
}
