import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

const known = new WeakMap<Env, DrizzleD1Database>();

/** The configuration database. No `transaction()` on D1: what must happen together goes through `batch()`. */
export function database(env: Env): DrizzleD1Database {
  const before = known.get(env);
  if (before) return before;
  const db = drizzle(env.DB);
  known.set(env, db);
  return db;
}
