import { and, desc, eq, gt, gte, lt, lte, sql } from "drizzle-orm";
import type { AuditAction } from "./audit.ts";
import { database } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { type AuditRow, auditLog } from "./schema.ts";
import { settingsOf } from "./settings.ts";

/** What of the log is asked for; what is left out does not matter. */
export type AuditFilter = {
  workspaceId?: number | undefined;
  action?: AuditAction | undefined;
  record?: string | undefined;
  /** As an entry has it. */
  actor?: string | undefined;
  /** In milliseconds since 1970, as `until`; both are included. */
  since?: number | undefined;
  until?: number | undefined;
};

const DAY_MS = 86_400_000;

/** How many entries go beside a change: more than come in, so that it never falls behind. */
const CHUNK = 10;

/** An isolate looks for those that a workspace has too many of at its first change there, and then at every so many. */
const EVERY = 20;

/** How many of them go at once: some isolates' {@link EVERY}. */
const EXCESS_CHUNK = 200;

/** How many workspaces an isolate keeps count of. */
const MAX_COUNTED = 10_000;

/** Changes since an isolate last looked, by workspaces. */
const sinceLooked = new Map<number, number>();

/** Entries from then and before are no longer shown, in milliseconds since 1970. */
const horizon = (env: Env, now: number): number => now - settingsOf(env).AUDIT_DAYS * DAY_MS;

/** Newest first, at most `limit` of them, from below the number `before`. */
export function listAuditEntries(
  env: Env,
  { workspaceId, action, record, actor, since, until }: AuditFilter,
  limit: number,
  before: number | undefined,
  now: number,
): Promise<AuditRow[]> {
  const wanted = and(
    gt(auditLog.at, horizon(env, now)),
    workspaceId === undefined ? undefined : eq(auditLog.workspaceId, workspaceId),
    action === undefined ? undefined : eq(auditLog.action, action),
    record === undefined ? undefined : eq(auditLog.record, record),
    actor === undefined ? undefined : eq(auditLog.actor, actor),
    since === undefined ? undefined : gte(auditLog.at, since),
    until === undefined ? undefined : lte(auditLog.at, until),
    before === undefined ? undefined : lt(auditLog.number, before),
  );
  return fromD1(() =>
    database(env).select().from(auditLog).where(wanted).orderBy(desc(auditLog.number)).limit(limit).all(),
  );
}

/** Whether it is time to look for what a workspace has too many of. */
function isDue(workspaceId: number): boolean {
  const changes = sinceLooked.get(workspaceId) ?? EVERY;
  const due = changes >= EVERY;
  if (!sinceLooked.has(workspaceId) && sinceLooked.size >= MAX_COUNTED) sinceLooked.clear();
  sinceLooked.set(workspaceId, due ? 1 : changes + 1);
  return due;
}

/**
 * Deletes the oldest entries of a workspace beyond CEILINGS' `audit_entries`, {@link EXCESS_CHUNK} at most. It is done at
 * some of the changes alone, for it reads as many rows of an index as entries are kept: between two looks an isolate lets
 * {@link EVERY} in. To be called beside a change, and left to `waitUntil`: it never fails.
 */
export async function boundAuditLog(env: Env, workspaceId: number): Promise<void> {
  if (!isDue(workspaceId)) return;
  const mine = eq(auditLog.workspaceId, workspaceId);
  const kept = settingsOf(env).CEILINGS.audit_entries;
  const newestTooMany = sql`(SELECT number FROM ${auditLog} WHERE ${mine} ORDER BY number DESC LIMIT 1 OFFSET ${kept})`;
  const excess = sql`(SELECT number FROM ${auditLog} WHERE ${mine} AND number <= ${newestTooMany} ORDER BY number LIMIT ${EXCESS_CHUNK})`;
  try {
    await database(env).delete(auditLog).where(sql`${auditLog.number} IN ${excess}`);
  } catch (error) {
    console.error(`The audit log of workspace ${workspaceId} was not bounded:`, error);
  }
}

/**
 * Deletes the oldest entries, {@link CHUNK} at most, that are older than AUDIT_DAYS. It reads three times as many at most,
 * however long the log is. To be called beside a change, and left to `waitUntil`: it never fails.
 */
export async function pruneAuditLog(env: Env, now: number): Promise<void> {
  try {
    await database(env)
      .delete(auditLog)
      .where(old(env, now, CHUNK));
  } catch (error) {
    console.error("The audit log was not pruned:", error);
  }
}

/** Deletes the oldest entries, `limit` at most, that are older than AUDIT_DAYS. @returns how many there were */
export async function sweepAuditLog(env: Env, now: number, limit: number): Promise<number> {
  const gone = database(env)
    .delete(auditLog)
    .where(old(env, now, limit));
  return (await gone.returning({ number: auditLog.number })).length;
}

function old(env: Env, now: number, limit: number) {
  const oldest = sql`(SELECT number FROM ${auditLog} ORDER BY number LIMIT ${limit})`;
  return and(sql`${auditLog.number} IN ${oldest}`, lte(auditLog.at, horizon(env, now)));
}
