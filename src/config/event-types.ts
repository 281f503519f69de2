import { and, asc, count, eq, sql } from "drizzle-orm";
import type { AuditRecorder } from "./audit.ts";
import { auditedEventType } from "./audited.ts";
import { database } from "./db.ts";
import { fromD1, isDuplicate } from "./failures.ts";
import { outdatePublishRules } from "./publish-rules.ts";
import { type EventTypeRow, eventTypes } from "./schema.ts";

/** How many types of its own a workspace may have: publishing keeps all of them at hand. */
export const MAX_OWN_TYPES = 200;

/** What the API sets of a type. */
export type EventTypeFields = Pick<EventTypeRow, "title" | "description" | "schema" | "sample">;

/** The workspace has a type of this name. */
export class EventTypeTaken extends Error {
  override readonly name = "EventTypeTaken";
}

const mine = (workspaceId: number, name: string) =>
  and(eq(eventTypes.workspaceId, workspaceId), eq(eventTypes.name, name));

/** By name. */
export function listEventTypes(env: Env, workspaceId: number): Promise<EventTypeRow[]> {
  return fromD1(() =>
    database(env)
      .select()
      .from(eventTypes)
      .where(eq(eventTypes.workspaceId, workspaceId))
      .orderBy(asc(eventTypes.name))
      .all(),
  );
}

/** Null if the workspace has none of that name. */
export async function findEventType(env: Env, workspaceId: number, name: string): Promise<EventTypeRow | null> {
  const row = await fromD1(() => database(env).select().from(eventTypes).where(mine(workspaceId, name)).get());
  return row ?? null;
}

/**
 * Null if the workspace has {@link MAX_OWN_TYPES} already.
 * @throws EventTypeTaken
 */
export async function insertEventType(
  env: Env,
  workspaceId: number,
  name: string,
  fields: EventTypeFields,
  now: number,
  audit: AuditRecorder,
): Promise<EventTypeRow | null> {
  const { title, description, schema, sample } = fields;
  const db = database(env);
  const used = db.select({ n: count() }).from(eventTypes).where(eq(eventTypes.workspaceId, workspaceId));
  try {
    const insert = db
      .insert(eventTypes)
      .select(
        sql`SELECT ${workspaceId}, ${name}, ${title}, ${description}, ${schema}, ${sample}, ${now} WHERE (${used}) < ${MAX_OWN_TYPES}`,
      )
      .returning();
    // Where there is no room for it, there may be one of that name, but from before.
    const made = and(mine(workspaceId, name), eq(eventTypes.createdAt, now));
    const entry = audit.created(env, "event_type.created", auditedEventType, made);
    const [[row]] = await db.batch([insert, entry]);
    return row ?? null;
  } catch (error) {
    if (isDuplicate(error, "event_types.workspace_id")) throw new EventTypeTaken(name, { cause: error });
    throw error;
  } finally {
    outdatePublishRules(workspaceId);
  }
}

/** Null if the workspace has none of that name. */
export async function updateEventType(
  env: Env,
  workspaceId: number,
  name: string,
  changes: Partial<EventTypeFields>,
  audit: AuditRecorder,
): Promise<EventTypeRow | null> {
  const db = database(env);
  const it = mine(workspaceId, name);
  try {
    const [, [row]] = await db.batch([
      audit.updated(env, "event_type.updated", auditedEventType, it, changes),
      db.update(eventTypes).set(changes).where(it).returning(),
    ]);
    return row ?? null;
  } finally {
    outdatePublishRules(workspaceId);
  }
}

/** False if there was none of that name. */
export async function deleteEventType(
  env: Env,
  workspaceId: number,
  name: string,
  audit: AuditRecorder,
): Promise<boolean> {
  const db = database(env);
  const it = mine(workspaceId, name);
  try {
    const [, deleted] = await db.batch([
      audit.deleted(env, "event_type.deleted", auditedEventType, it),
      db.delete(eventTypes).where(it).returning({ name: eventTypes.name }),
    ]);
    return deleted.length > 0;
  } finally {
    outdatePublishRules(workspaceId);
  }
}
