import { and, count, desc, eq, lt, sql } from "drizzle-orm";
import { newSourceId, type SourceId } from "../lib/ids.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedSource } from "./audited.ts";
import { database, rowOf } from "./db.ts";
import { type Errand, emptying } from "./errands.ts";
import { fromD1 } from "./failures.ts";
import { Known } from "./known.ts";
import { type SourceRow, sources } from "./schema.ts";
import { identityOf, open, seal } from "./secrets.ts";

/** What the API sets of a source, credentials in the clear. */
export type SourceFields = Pick<SourceRow, "name" | "options" | "publicUrl"> & { credentials: Record<string, unknown> };

/** A source that was stored; or how many the workspace has, where that is as many as it may. */
export type SourceInsertion = { row: SourceRow } | { row: null; used: number };

/** What receiving a callback goes by, credentials in the clear: never stored, never logged. */
export type ReceivingSource = {
  readonly id: SourceId;
  readonly workspaceId: number;
  readonly provider: string;
  /** As they were given: the provider's schema is applied on each use. */
  readonly credentials: unknown;
  /** As the credentials are. */
  readonly options: unknown;
  /** Where the provider calls it, if that is not this service's own URL of it. */
  readonly publicUrl: string | null;
  readonly version: number;
};

/** `src_` and a ULID: what anybody calls that is of no such form costs no query. */
const FORM = /^src_[0-9A-HJKMNP-TV-Z]{26}$/;

const known = new Known<string, ReceivingSource>();

const asId = (id: string): SourceId => id as SourceId;

const mine = (workspaceId: number, id: string) => and(eq(sources.workspaceId, workspaceId), eq(sources.id, id));

/**
 * Stores a source, unless the workspace has as many as it may.
 * @param limit how many the workspace may have
 */
export async function insertSource(
  env: Env,
  workspaceId: number,
  { credentials, ...plain }: SourceFields & { provider: string },
  limit: number,
  now: number,
  audit: AuditRecorder,
): Promise<SourceInsertion> {
  const id = newSourceId(now);
  const sealed = await sealCredentials(env, id, credentials);
  const values = { ...plain, credentials: sealed, id, workspaceId, version: 1, createdAt: now, updatedAt: now };
  const db = database(env);
  const counted = db.select({ used: count() }).from(sources).where(eq(sources.workspaceId, workspaceId));
  // Part of the INSERT itself, so that of two creations at once, D1 decides which is the last that fits.
  const room = sql`(${counted}) < ${limit}`;
  const insert = db
    .insert(sources)
    .select(sql`SELECT ${rowOf(sources, values)} WHERE ${room}`)
    .returning();
  const entry = audit.created(env, "source.created", auditedSource, eq(sources.id, id));
  const [[before], [row]] = await db.batch([counted, insert, entry]);
  return row ? { row } : { row: null, used: before?.used ?? 0 };
}

/** Whether there is one of that id, in whichever workspace. */
export async function sourceExists(env: Env, id: string): Promise<boolean> {
  const find = database(env, "lookUp").select({ id: sources.id }).from(sources).where(eq(sources.id, id));
  return (await fromD1(() => find.get())) !== undefined;
}

/** Null if the workspace has none of that id. */
export async function findSource(env: Env, workspaceId: number, id: string): Promise<SourceRow | null> {
  const row = await fromD1(() => database(env).select().from(sources).where(mine(workspaceId, id)).get());
  return row ?? null;
}

/** Newest first, at most `limit` of them, from below the number `before`. */
export function listSources(
  env: Env,
  workspaceId: number,
  limit: number,
  before: number | undefined,
): Promise<SourceRow[]> {
  const older = before === undefined ? undefined : lt(sources.number, before);
  return fromD1(() =>
    database(env)
      .select()
      .from(sources)
      .where(and(eq(sources.workspaceId, workspaceId), older))
      .orderBy(desc(sources.number))
      .limit(limit)
      .all(),
  );
}

export function countSources(env: Env, workspaceId: number): Promise<number> {
  return fromD1(() => database(env).$count(sources, eq(sources.workspaceId, workspaceId)));
}

/** Sets what is given; credentials and options replace what was there. Null if the workspace has none of that id. */
export async function updateSource(
  env: Env,
  workspaceId: number,
  id: string,
  { credentials, ...plain }: Partial<SourceFields>,
  now: number,
  audit: AuditRecorder,
): Promise<SourceRow | null> {
  const sealed = credentials ? { credentials: await sealCredentials(env, id, credentials) } : {};
  const set = { ...plain, ...sealed };
  const db = database(env);
  const it = mine(workspaceId, id);
  try {
    const [, [row]] = await db.batch([
      audit.updated(env, "source.updated", auditedSource, it, set),
      db
        .update(sources)
        .set({ ...set, version: sql`${sources.version} + 1`, updatedAt: now })
        .where(it)
        .returning(),
    ]);
    return row ?? null;
  } finally {
    // However it ended: credentials may have been replaced because somebody else has them.
    known.drop(id);
  }
}

/**
 * What is left to do is told: nothing if the workspace has none of that id.
 * @param now in milliseconds since 1970
 */
export async function deleteSource(
  env: Env,
  workspaceId: number,
  id: string,
  now: number,
  audit: AuditRecorder,
): Promise<Errand[]> {
  const db = database(env);
  const it = mine(workspaceId, id);
  try {
    const [, errands] = await db.batch([
      audit.deleted(env, "source.deleted", auditedSource, it),
      emptying(env, "source", it, now),
      db.delete(sources).where(it),
    ]);
    return errands;
  } finally {
    known.drop(id);
  }
}

/** Forgets, in this isolate, the sources of a workspace that was deleted. */
export function forgetSourcesOf(workspaceId: number): void {
  known.dropWhere((source) => source.workspaceId === workspaceId);
}

/**
 * Null if there is none, which is never remembered. At most 30 s behind what another isolate changed, at once for changes
 * of this one; while D1 is away an hour.
 * @throws UnsealError if the credentials do not open; DatabaseAway where nothing is known of it
 */
export async function sourceOf(env: Env, id: string): Promise<ReceivingSource | null> {
  if (!FORM.test(id)) return null;
  return known.get(env, id, Date.now(), async (db) => {
    const row = await db.select().from(sources).where(eq(sources.id, id)).get();
    if (!row) return null;
    const { workspaceId, provider, options, publicUrl, version } = row;
    const credentials = await openCredentials(env, row);
    return { id: asId(row.id), workspaceId, provider, credentials, options, publicUrl, version };
  });
}

/**
 * The credentials of a source as they were given, in the clear.
 * @throws UnsealError if they do not open
 */
export async function openCredentials(env: Env, row: Pick<SourceRow, "id" | "credentials">): Promise<unknown> {
  return JSON.parse(await open(env, row.credentials, identityOf.sourceCredentials(row.id)));
}

const sealCredentials = (env: Env, id: string, credentials: Record<string, unknown>): Promise<string> =>
  seal(env, JSON.stringify(credentials), identityOf.sourceCredentials(id));
