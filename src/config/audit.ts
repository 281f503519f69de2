import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { shortenedFields } from "./audit-cut.ts";
import { type Audited, shownAfter, shownAmong, shownOf } from "./audited.ts";
import { database } from "./db.ts";
import { type AuditRow, auditLog } from "./schema.ts";

/**
 * Who changed what. An entry is written in the batch that makes the change, so that neither is there without the other;
 * where the change is not in D1 (a test, a redelivery), before it: the log may then tell of what came to nothing, and
 * never lacks what happened.
 */

/** What the log tells of. */
export const AUDIT_ACTIONS = [
  "workspace.created",
  "workspace.updated",
  "workspace.deleted",
  "notification.created",
  "notification.updated",
  "notification.deleted",
  "token.created",
  "token.revoked",
  "portal_link.created",
  "portal_link.revoked",
  "portal_sessions.ended",
  "webhook.created",
  "webhook.updated",
  "webhook.deleted",
  "webhook.secret_rotated",
  "webhook.disabled",
  "webhook.tested",
  "webhook.probed",
  "webhook.replayed",
  "delivery.redelivered",
  "event_type.created",
  "event_type.updated",
  "event_type.deleted",
  "source.created",
  "source.updated",
  "source.deleted",
  "secrets.reencrypted",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who makes changes, and from where; `actor` is `admin`, `service`, or the id of a token or a portal link. */
export type Origin = Pick<AuditRow, "actor" | "actorName" | "requestId" | "ip" | "country" | "userAgent">;

/** What nobody asked for: the service itself has done it. */
const SERVICE: Origin = {
  actor: "service",
  actorName: null,
  requestId: null,
  ip: null,
  country: null,
  userAgent: null,
};

type Entry = Omit<AuditRow, "number" | keyof Origin>;

const COLUMNS = Object.keys(getTableColumns(auditLog)) as (keyof AuditRow)[];

/**
 * Records somebody's changes in the audit log. Whatever changes the configuration takes a recorder, so that there is no way
 * to change it unseen; the statements that it makes belong into the batch of the change.
 */
export class AuditRecorder {
  readonly #origin: Origin;
  readonly #at: number;
  readonly #settled = new Set<AuditAction>();

  /** @param at in milliseconds since 1970 */
  constructor(origin: Origin, at: number) {
    this.#origin = origin;
    this.#at = at;
  }

  /** Records what the service does by itself. */
  static ofService(at: number): AuditRecorder {
    return new AuditRecorder(SERVICE, at);
  }

  /** Whether an action has left its entry, or needs none. */
  settled(action: AuditAction): boolean {
    return this.#settled.has(action);
  }

  /** Says that an action came to nothing that belongs into the log. */
  unchanged(action: AuditAction): void {
    this.#settled.add(action);
  }

  /** For after the INSERT: the row as it is now. */
  created(env: Env, action: AuditAction, record: Audited, where: SQL | undefined) {
    return this.#copy(env, action, record, where, { before: null, after: shownOf(record) });
  }

  /** For before the UPDATE, with what that sets. It enters nothing where nothing that is shown is among it. */
  updated(
    env: Env,
    action: AuditAction,
    record: Audited,
    where: SQL | undefined,
    set: Readonly<Record<string, unknown>>,
  ) {
    const keys = shownAmong(record, set);
    const change = { before: shownOf(record, keys), after: shownAfter(record, set) };
    return this.#copy(env, action, record, keys.length > 0 ? where : sql`false`, change);
  }

  /** For before the DELETE: the row as it was. */
  deleted(env: Env, action: AuditAction, record: Audited, where: SQL | undefined) {
    return this.#copy(env, action, record, where, { before: shownOf(record), after: null });
  }

  /** For what is told of a row though it is no column of it. */
  noted(
    env: Env,
    action: AuditAction,
    record: Audited,
    where: SQL | undefined,
    change: Pick<Entry, "before" | "after">,
  ) {
    const text = (of: Entry["before"]) => of && JSON.stringify(shortenedFields(of));
    return this.#copy(env, action, record, where, { before: text(change.before), after: text(change.after) });
  }

  /**
   * Writes an entry by itself. Where it cannot, the log of the Worker has it.
   * @throws what D1 throws: what was to be recorded must not happen, or not be answered as if all were well
   */
  async record(env: Env, action: AuditAction, about: Partial<Omit<Entry, "at" | "action">>): Promise<void> {
    const [before, after] = [about.before, about.after].map((of) => of && shortenedFields(of));
    const row = { at: this.#at, workspaceId: null, record: null, ...about, before, after, action };
    try {
      await database(env)
        .insert(auditLog)
        .values({ ...row, ...this.#origin });
    } catch (error) {
      console.error("Not entered in the audit log:", JSON.stringify({ ...row, ...this.#origin }));
      throw error;
    }
    this.#settled.add(action);
  }

  /** An entry about the row that a condition finds; none where it finds none, as the change itself then does nothing. */
  #copy(
    env: Env,
    action: AuditAction,
    { table, id, workspaceId }: Audited,
    where: SQL | undefined,
    change: { before: SQL | string | null; after: SQL | string | null },
  ) {
    this.#settled.add(action);
    const row = { ...this.#origin, ...change, number: null, at: this.#at, workspaceId, action };
    const values: Record<keyof AuditRow, unknown> = { ...row, record: sql`CAST(${id} AS TEXT)` };
    const list = sql.join(
      COLUMNS.map((name) => sql`${values[name]}`),
      sql`, `,
    );
    return database(env).insert(auditLog).select(sql`SELECT ${list} FROM ${table} WHERE ${where}`);
  }
}
