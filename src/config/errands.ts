import { and, asc, lte, type SQL, sql } from "drizzle-orm";
import { database } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { OLDEST_MS } from "./known.ts";
import { endpoints, errands, sources, workspaces } from "./schema.ts";

/**
 * What objects still have to do because of what D1 says. An errand is written in the batch that makes the change, so that
 * neither is there without the other; it is done right after (sweep/errands.ts), and by the clock where that did not come to
 * its end. Each may be done more than once.
 */

export type Errand = typeof errands.$inferSelect;

/**
 * For so long after a deletion somebody may still hand something to the object of what was deleted, in milliseconds: an
 * isolate that goes on from its memory while D1 is away. Then it is emptied once more.
 */
export const LATE_MS = 2 * OLDEST_MS;

/** What could not be done is tried again so much later at the earliest, in milliseconds. */
const AGAIN_MS = 300_000;

/**
 * The statement that has the objects emptied of all rows that a condition finds, for before their DELETE. Not async: to
 * await a query is to run it, and this one belongs into a batch.
 * @param now in milliseconds since 1970
 */
export function emptying(env: Env, object: Errand["object"], where: SQL | undefined, now: number) {
  const of = { endpoint: endpoints, source: sources, stream: workspaces }[object];
  const row = sql`SELECT NULL, ${object}, CAST(${of.id} AS TEXT), 'empty', 0, ${now}, ${now} FROM ${of} WHERE ${where}`;
  return database(env)
    .insert(errands)
    .select(row)
    .onConflictDoUpdate({
      target: [errands.object, errands.name],
      set: { task: "empty", version: 0, since: now, due: now },
    })
    .returning();
}

/** The statement that has endpoints read their configuration again, for after their UPDATE; as {@link emptying}. */
export function refreshing(env: Env, where: SQL | undefined, now: number) {
  const version = sql`${endpoints.version}`;
  const row = sql`SELECT NULL, 'endpoint', ${endpoints.id}, 'refresh', ${version}, ${now}, ${now} FROM ${endpoints} WHERE ${where}`;
  return database(env)
    .insert(errands)
    .select(row)
    .onConflictDoUpdate({
      target: [errands.object, errands.name],
      set: { task: "refresh", version: sql`excluded.version`, since: now, due: now },
    })
    .returning();
}

/** Those that are due, at most `limit` of them, the longest due first. */
export function dueErrands(env: Env, now: number, limit: number): Promise<Errand[]> {
  return fromD1(() =>
    database(env).select().from(errands).where(lte(errands.due, now)).orderBy(asc(errands.due)).limit(limit).all(),
  );
}

/**
 * Writes down how errands went. What was changed meanwhile is another errand, and stays.
 * @param done an emptying is done for good {@link LATE_MS} after the deletion; before, it comes again then
 */
export async function noteErrands(
  env: Env,
  done: readonly Errand[],
  failed: readonly Errand[],
  now: number,
): Promise<void> {
  const db = database(env);
  const isFinal = ({ task, since }: Errand) => task === "refresh" || now >= since + LATE_MS;
  const finished = done.filter(isFinal);
  const early = done.filter((errand) => !isFinal(errand));
  await db.batch([
    db.delete(errands).where(among(finished)),
    db
      .update(errands)
      .set({ due: sql`${errands.since} + ${LATE_MS}` })
      .where(among(early)),
    db
      .update(errands)
      .set({ due: now + AGAIN_MS })
      .where(among(failed)),
  ]);
}

/** Two parameters, however many they are: D1 takes a hundred. */
function among(some: readonly Errand[]): SQL | undefined {
  const numbers = JSON.stringify(some.map(({ number }) => number));
  const stamps = JSON.stringify(some.map(({ task, version, since }) => `${task} ${version} ${since}`));
  const stamp = sql`${errands.task} || ' ' || ${errands.version} || ' ' || ${errands.since}`;
  return and(
    sql`${errands.number} IN (SELECT value FROM json_each(${numbers}))`,
    sql`${stamp} IN (SELECT value FROM json_each(${stamps}))`,
  );
}
