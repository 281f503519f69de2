import { and, desc, eq, getTableColumns, lt, or, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { AuditRecorder } from "./audit.ts";
import { auditedWorkspace } from "./audited.ts";
import { database } from "./db.ts";
import { type Errand, emptying } from "./errands.ts";
import { fromD1, isDuplicate } from "./failures.ts";
import { Known } from "./known.ts";
import { isNotification, notificationInserts } from "./notifications.ts";
import { forgetPublishRules, outdatePublishRules } from "./publish-rules.ts";
import { endpoints, sources, type WorkspaceRow, workspaces } from "./schema.ts";

/** What dialects, and the check that it exists, need of a workspace. */
export type Workspace = { id: number; name: string; externalId: string; publicName: string };

/** The fields that the API sets. */
export type WorkspaceFields = Pick<WorkspaceRow, "name" | "externalId" | "publicName" | "plan" | "notifyEmail"> &
  Partial<Pick<WorkspaceRow, "streams">>;

/** With the endpoint that its notifications go to; nulls where it has none. */
export type NotifiedWorkspace = WorkspaceRow & { notifyWebhook: string | null; notifyUrl: string | null };

/** Another workspace has this external id. */
export class ExternalIdTaken extends Error {
  override readonly name = "ExternalIdTaken";
}

/** What of its row makes a {@link Workspace}. */
export const WORKSPACE = {
  id: workspaces.id,
  name: workspaces.name,
  externalId: workspaces.externalId,
  publicName: workspaces.publicName,
};

/** A workspace without a public name is called by its own. */
export function asWorkspace(row: Pick<WorkspaceRow, keyof typeof WORKSPACE>): Workspace {
  return { ...row, publicName: row.publicName ?? row.name };
}

const known = new Known<number, Workspace>();

/**
 * Null if there is none. At most 30 s behind what another isolate changed, at once for changes of this one; while D1 is away
 * an hour.
 * @throws DatabaseAway where nothing is known of it
 */
export function workspaceOf(env: Env, id: number): Promise<Workspace | null> {
  return known.get(env, id, Date.now(), async (db) => {
    const row = await db.select(WORKSPACE).from(workspaces).where(eq(workspaces.id, id)).get();
    return row ? asWorkspace(row) : null;
  });
}

/**
 * Stores a workspace, and with a `notifyUrl` the endpoint that its notifications go to: both or none. The secret is that
 * endpoint's, in the clear; null without one.
 * @throws ExternalIdTaken
 */
export async function insertWorkspace(
  env: Env,
  fields: WorkspaceFields,
  notifyUrl: string | null,
  now: number,
  audit: AuditRecorder,
): Promise<{ row: NotifiedWorkspace; secret: string | null }> {
  const db = database(env);
  const insert = db
    .insert(workspaces)
    .values({ ...fields, streamsMost: fields.streams ?? 1, createdAt: now, updatedAt: now })
    .returning();
  // Its id is not known before the batch.
  const id = sql<number>`(SELECT id FROM ${workspaces} WHERE external_id = ${fields.externalId})`;
  const made = notifyUrl === null ? null : await notificationInserts(env, id, notifyUrl, now, audit);
  const entry = audit.created(env, "workspace.created", auditedWorkspace, eq(workspaces.externalId, fields.externalId));
  const write = made ? db.batch([insert, entry, ...made.statements]) : db.batch([insert, entry]);
  const [row] = await refusingTakenIds(write.then(([rows]) => rows));
  if (!row) throw new Error("D1 returned no row for an insert");
  known.drop(row.id);
  return { row: { ...row, notifyWebhook: made?.id ?? null, notifyUrl }, secret: made?.secret ?? null };
}

const notified = (env: Env) =>
  database(env)
    .select({ ...getTableColumns(workspaces), notifyWebhook: endpoints.id, notifyUrl: endpoints.url })
    .from(workspaces)
    .leftJoin(endpoints, and(eq(endpoints.workspaceId, workspaces.id), isNotification));

export async function findWorkspace(env: Env, id: number): Promise<NotifiedWorkspace | null> {
  const row = await fromD1(() => notified(env).where(eq(workspaces.id, id)).get());
  return row ?? null;
}

/**
 * Newest first, from below the id `before`.
 * @param search a part of the name or the external id, in either case of ASCII letters; or the id. Empty: all
 */
export function listWorkspaces(
  env: Env,
  search: string,
  limit: number,
  before: number | undefined,
): Promise<NotifiedWorkspace[]> {
  const older = before === undefined ? undefined : lt(workspaces.id, before);
  const contains = (column: SQLiteColumn) => sql`instr(lower(${column}), lower(${search})) > 0`;
  const found = or(contains(workspaces.name), contains(workspaces.externalId), sql`${workspaces.id} = ${search}`);
  const wanted = and(older, search === "" ? undefined : found);
  return fromD1(() => notified(env).where(wanted).orderBy(desc(workspaces.id)).limit(limit).all());
}

/**
 * The row as it is now; null if there is none.
 * @throws ExternalIdTaken
 */
export async function updateWorkspace(
  env: Env,
  id: number,
  changes: Partial<WorkspaceFields>,
  now: number,
  audit: AuditRecorder,
): Promise<WorkspaceRow | null> {
  const db = database(env);
  const it = eq(workspaces.id, id);
  const write = db.batch([
    audit.updated(env, "workspace.updated", auditedWorkspace, it, changes),
    db
      .update(workspaces)
      .set({ ...changes, ...streamsSet(changes.streams, now), updatedAt: now })
      .where(it)
      .returning(),
  ]);
  try {
    const [, [updated]] = await refusingTakenIds(write);
    return updated ?? null;
  } finally {
    known.outdate(id);
    outdatePublishRules(id);
  }
}

/** What goes with another number of streams. In an UPDATE the columns are those from before. */
function streamsSet(count: number | undefined, now: number) {
  if (count === undefined) return {};
  const { streams, streamsMost, streamsChangedAt } = workspaces;
  return {
    streamsMost: sql`max(${streamsMost}, ${count})`,
    streamsChangedAt: sql`CASE WHEN ${streams} = ${count} THEN ${streamsChangedAt} ELSE ${now} END`,
  };
}

/**
 * Deletes it with its tokens, endpoints and their secrets. What is left to do is told: nothing if there was none.
 * @param now in milliseconds since 1970
 */
export async function deleteWorkspace(env: Env, id: number, now: number, audit: AuditRecorder): Promise<Errand[]> {
  const db = database(env);
  const it = eq(workspaces.id, id);
  try {
    const [, ofSources, ofEndpoints, ofStream] = await db.batch([
      audit.deleted(env, "workspace.deleted", auditedWorkspace, it),
      emptying(env, "source", eq(sources.workspaceId, id), now),
      emptying(env, "endpoint", eq(endpoints.workspaceId, id), now),
      emptying(env, "stream", it, now),
      db.delete(workspaces).where(it),
    ]);
    // What brings events comes first, what holds them last.
    return [...ofSources, ...ofEndpoints, ...ofStream];
  } finally {
    // However it ended: where D1 did not answer it may be gone all the same.
    known.drop(id);
    forgetPublishRules(id);
  }
}

async function refusingTakenIds<T>(write: PromiseLike<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isDuplicate(error, "workspaces.external_id")) throw new ExternalIdTaken("external_id", { cause: error });
    throw error;
  }
}
