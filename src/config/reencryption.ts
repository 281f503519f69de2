import { and, eq, getTableColumns, sql } from "drizzle-orm";
import * as z from "zod";
import { database } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { keyringOf } from "./keyring.ts";
import { SEALED_PLACES, type SealedPlace } from "./sealed-places.ts";
import { open, type SealedUnder, seal, sealedUnder, UnsealError } from "./secrets.ts";

/**
 * Moving what is sealed to the deployment's first key. What is left to do is what the rows say: there is no other state,
 * so it can be stopped anywhere and gone on with, and two that run at once do each other no harm.
 */

/** How many values each key seals. */
export type KeyUse = SealedUnder & {
  /** Whether values under it can be opened: the deployment has it. */
  known: boolean;
  values: number;
};

export type Progress = {
  /** The id of the key that everything is to be under. */
  first: string;
  /** The deployment's own in their order, values or not; then those that it does not have. */
  keys: KeyUse[];
};

/** A value that did not open, though the deployment has its key: moved there from another row, or damaged. */
export type Unopened = { kind: SealedPlace["kind"]; owner: string };

export type Step = { moved: number; unopened: Unopened[] };

/** Values in one query, and in one batch of updates. */
const AT_ONCE = 50;
/** Values in one step: an invocation may make 1,000 queries of D1, and each update is one. */
const PER_STEP = 500;
/** A step ends after so many milliseconds, long before the connection of who asked for it would. */
const STEP_MS = 10_000;
/** So many of those that do not open are named. */
const NAMED = 20;

const Rows = z.array(z.object({ row: z.int(), sealed: z.string(), owner: z.string() }));
const Counts = z.array(z.object({ under: z.string().nullable(), n: z.int() }));

/** Reads every sealed value's key id: some seconds where there are millions. */
export async function progress(env: Env): Promise<Progress> {
  const { first, byId } = await keyringOf(env);
  const counts = new Map<string | null, number>([...byId.keys()].map((id) => [id, 0]));
  for (const { table, column } of SEALED_PLACES) {
    const query = sql`SELECT ${sealedUnder(column)} AS under, count(*) AS n FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1`;
    const found = Counts.parse(await fromD1(() => database(env).all(query)));
    for (const { under, n } of found) counts.set(under, (counts.get(under) ?? 0) + n);
  }
  const keys = [...counts].map(([id, values]) => ({ id, known: id !== null && byId.has(id), values }));
  return { first: first.id, keys };
}

/**
 * Moves some values to the first key: all, where that takes neither too many queries nor too long. A value that somebody
 * changes meanwhile is left as he set it.
 */
export async function moveSome(env: Env): Promise<Step> {
  const { first, byId } = await keyringOf(env);
  const older = [...byId.keys()].filter((id) => id !== first.id);
  const until = Date.now() + STEP_MS;
  const step: Step = { moved: 0, unopened: [] };
  if (older.length === 0) return step;
  for (const place of SEALED_PLACES) {
    for (let after = 0; step.moved < PER_STEP && Date.now() < until; ) {
      const rows = await rowsUnder(env, place, older, after, Math.min(AT_ONCE, PER_STEP - step.moved));
      const last = rows.at(-1);
      if (!last) break;
      const { moved, unopened } = await move(env, place, rows);
      step.moved += moved;
      step.unopened.push(...unopened.slice(0, NAMED - step.unopened.length));
      after = last.row;
    }
  }
  return step;
}

async function rowsUnder(env: Env, place: SealedPlace, keys: readonly string[], after: number, limit: number) {
  const { table, row, column, owner } = place;
  // Together they are one parameter: D1 takes a hundred, and nobody says how many keys there may be.
  const under = sql`${sealedUnder(column)} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
  const query = sql`SELECT ${row} AS row, ${column} AS sealed, ${owner} AS owner FROM ${table} WHERE ${row} > ${after} AND ${under} ORDER BY ${row} LIMIT ${limit}`;
  return Rows.parse(await fromD1(() => database(env).all(query)));
}

async function move(env: Env, place: SealedPlace, rows: z.infer<typeof Rows>): Promise<Step> {
  const { kind, table, row, column, identity } = place;
  const [property = ""] = Object.entries(getTableColumns(table)).find(([, each]) => each === column) ?? [];
  const db = database(env);
  const unopened: Unopened[] = [];
  const updates = [];
  for (const { row: number, sealed, owner } of rows) {
    const plain = await open(env, sealed, identity(owner)).catch((error: unknown) => {
      if (error instanceof UnsealError) return null;
      throw error;
    });
    if (plain === null) {
      unopened.push({ kind, owner });
      continue;
    }
    const anew = await seal(env, plain, identity(owner));
    // Only if it still is what was opened: whoever has changed it since has sealed it himself.
    const same = and(eq(row, number), eq(column, sealed));
    updates.push(
      db
        .update(table)
        .set({ [property]: anew })
        .where(same)
        .returning({ row }),
    );
  }
  const [head, ...rest] = updates;
  if (!head) return { moved: 0, unopened };
  const results = await db.batch([head, ...rest]);
  return { moved: results.flat().length, unopened };
}
