import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { type Patience, patient } from "./away.ts";

const known = new WeakMap<Env, Map<Patience, DrizzleD1Database>>();

/**
 * The configuration database. No `transaction()` on D1: what must happen together goes through `batch()`. Every query ends,
 * with DatabaseAway (away.ts) where D1 does not answer.
 * @param patience for how long an answer is waited for
 */
export function database(env: Env, patience: Patience = "query"): DrizzleD1Database {
  const ofEnv = known.get(env) ?? new Map<Patience, DrizzleD1Database>();
  known.set(env, ofEnv);
  const before = ofEnv.get(patience);
  if (before) return before;
  const db = drizzle(patient(env.DB, patience));
  ofEnv.set(patience, db);
  return db;
}

/** The values in the order of the table's columns, as an INSERT … SELECT wants them; without a number it takes the next. */
export function rowOf<Table extends SQLiteTable>(table: Table, values: Omit<Table["$inferSelect"], "number">): SQL {
  const given: Record<string, unknown> = values;
  const columns = Object.entries(getTableColumns(table));
  return sql.join(
    columns.map(([name, column]) => sql.param(given[name] ?? null, column)),
    sql`, `,
  );
}
