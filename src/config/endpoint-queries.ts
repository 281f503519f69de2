import { and, desc, eq, lt } from "drizzle-orm";
import type { EndpointId } from "../lib/ids.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedEndpoint } from "./audited.ts";
import { database } from "./db.ts";
import { type Errand, emptying } from "./errands.ts";
import { fromD1 } from "./failures.ts";
import { type EndpointRow, endpoints } from "./schema.ts";

/** What the API asks about the endpoints of one workspace, and deletes. */

/**
 * The endpoints that an operation sees: a workspace's, or of those the ones of a dialect or a group alone. Where nothing
 * is said of the kind these are its webhooks, so that nothing happens to where its notifications go by the way.
 */
export type EndpointFilter = {
  workspaceId: number;
  kind?: EndpointRow["kind"] | "any";
  dialect?: string;
  group?: string;
};

export const matching = ({ workspaceId, kind = "webhook", dialect, group }: EndpointFilter) =>
  and(
    eq(endpoints.workspaceId, workspaceId),
    kind === "any" ? undefined : eq(endpoints.kind, kind),
    dialect === undefined ? undefined : eq(endpoints.dialect, dialect),
    group === undefined ? undefined : eq(endpoints.group, group),
  );

const asId = (id: string): EndpointId => id as EndpointId;

const named = (filter: EndpointFilter, id: string) => and(matching(filter), eq(endpoints.id, id));

/** Null if there is none of that id among them. */
export async function findEndpoint(env: Env, filter: EndpointFilter, id: string): Promise<EndpointRow | null> {
  const row = await fromD1(() => database(env).select().from(endpoints).where(named(filter, id)).get());
  return row ?? null;
}

/** The endpoint that a delivery's id names, of whatever kind; null if the workspace has none of that number. */
export async function endpointByNumber(
  env: Env,
  workspaceId: number,
  number: number,
): Promise<(Pick<EndpointRow, "status" | "disabledReason"> & { id: EndpointId }) | null> {
  const { id, status, disabledReason } = endpoints;
  const row = await fromD1(() =>
    database(env)
      .select({ id, status, disabledReason })
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), eq(endpoints.number, number)))
      .get(),
  );
  return row ? { ...row, id: asId(row.id) } : null;
}

/** What decides whether an endpoint gets an event, and when. */
export type EndpointInterest = Pick<
  EndpointRow,
  "number" | "kind" | "status" | "events" | "channels" | "createdAt" | "updatedAt"
> & { id: EndpointId };

/** Of a workspace's endpoints, of whatever kind: the newest first, at most `limit` of them, from below the number `before`. */
export async function endpointInterests(
  env: Env,
  workspaceId: number,
  limit: number,
  before: number | undefined,
): Promise<EndpointInterest[]> {
  const { id, number, kind, status, events, channels, createdAt, updatedAt } = endpoints;
  const older = before === undefined ? undefined : lt(number, before);
  const rows = await fromD1(() =>
    database(env)
      .select({ id, number, kind, status, events, channels, createdAt, updatedAt })
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), older))
      .orderBy(desc(number))
      .limit(limit)
      .all(),
  );
  return rows.map((row) => ({ ...row, id: asId(row.id) }));
}

export function countEndpoints(env: Env, workspaceId: number): Promise<number> {
  return fromD1(() => database(env).$count(endpoints, eq(endpoints.workspaceId, workspaceId)));
}

/** Newest first. */
export function allEndpoints(env: Env, filter: EndpointFilter): Promise<EndpointRow[]> {
  return fromD1(() =>
    database(env).select().from(endpoints).where(matching(filter)).orderBy(desc(endpoints.number)).all(),
  );
}

/** Newest first, at most `limit` of them, from below the number `before`. */
export function listEndpoints(
  env: Env,
  filter: EndpointFilter,
  limit: number,
  before: number | undefined,
): Promise<EndpointRow[]> {
  const older = before === undefined ? undefined : lt(endpoints.number, before);
  return fromD1(() =>
    database(env)
      .select()
      .from(endpoints)
      .where(and(matching(filter), older))
      .orderBy(desc(endpoints.number))
      .limit(limit)
      .all(),
  );
}

/**
 * Deletes it with its secrets. What is left to do is told: nothing if there was none of that id among them.
 * @param now in milliseconds since 1970
 */
export async function deleteEndpoint(
  env: Env,
  filter: EndpointFilter,
  id: string,
  now: number,
  audit: AuditRecorder,
): Promise<Errand[]> {
  const action = filter.kind === "notification" ? "notification.deleted" : "webhook.deleted";
  const db = database(env);
  const it = named(filter, id);
  const [, errands] = await db.batch([
    audit.deleted(env, action, auditedEndpoint, it),
    emptying(env, "endpoint", it, now),
    db.delete(endpoints).where(it),
  ]);
  return errands;
}
