import { and, desc, eq, gt, inArray, isNull, lte, notInArray, or, type SQL, sql } from "drizzle-orm";
import { newEndpointId } from "../lib/ids.ts";
import { MASK } from "../lib/mask-header.ts";
import { dialectOf } from "../systems/index.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedEndpoint } from "./audited.ts";
import { database, rowOf } from "./db.ts";
import { type EndpointFilter, matching } from "./endpoint-queries.ts";
import { type Errand, refreshing } from "./errands.ts";
import { type EndpointRow, endpointSecrets, endpoints, workspaces } from "./schema.ts";
import { identityOf, seal } from "./secrets.ts";

/** What the API sets of an endpoint, credentials in the clear. */
export type EndpointFields = Pick<
  EndpointRow,
  | "url"
  | "events"
  | "name"
  | "description"
  | "retryPolicy"
  | "timeoutMs"
  | "disableOnGone"
  | "maxConcurrency"
  | "disableAfter"
  | "channels"
> & {
  status: "active" | "paused";
  headers: Record<string, string>;
  verifyToken: string | null;
};

/** An endpoint that was stored; or why it was not, and how many there are. */
export type Insertion = { row: EndpointRow } | { row: null; full: "group" | "workspace"; used: number };

/**
 * Stores an endpoint, with its secret if it has one, unless its group has as many as it may or the
 * workspace has as many as it may.
 * @param limit how many the workspace may have
 */
export async function insertEndpoint(
  env: Env,
  workspaceId: number,
  fields: EndpointFields & { dialect: string; group: string | null; secret: string | null },
  limit: number,
  now: number,
  audit: AuditRecorder,
): Promise<Insertion> {
  const { secret, headers, verifyToken, ...plain } = fields;
  const id = newEndpointId(now);
  const sealed = await sealCredentials(env, id, { headers, verifyToken });
  const db = database(env);
  const blank = { kind: "webhook" as const, headers: null, verifyToken: null, disabledReason: null, version: 1 };
  const values = { ...blank, ...plain, ...sealed, id, workspaceId, createdAt: now, updatedAt: now };
  const inGroup = plain.group === null ? sql<number>`0` : countOf({ workspaceId, group: plain.group });
  const most = dialectOf(plain.dialect).groups?.most ?? Number.MAX_SAFE_INTEGER;
  const inWorkspace = countOf({ workspaceId });
  // Part of the INSERT itself, so that of two creations at once, D1 decides which is the last that fits.
  const room = sql`${inGroup} < ${most} AND ${inWorkspace} < ${limit}`;
  // Named: a batch answers with objects, and one whose member is called 0 has it first.
  const named = { inGroup: inGroup.as("in_group"), inWorkspace: inWorkspace.as("in_workspace") };
  const counts = db.select(named).from(workspaces).where(eq(workspaces.id, workspaceId));
  const insert = db
    .insert(endpoints)
    .select(sql`SELECT ${rowOf(endpoints, values)} WHERE ${room}`)
    .returning();
  const entry = audit.created(env, "webhook.created", auditedEndpoint, eq(endpoints.id, id));
  const [[before], [row]] =
    secret === null
      ? await db.batch([counts, insert, entry])
      : await db.batch([counts, insert, entry, secretInsert(db, id, await sealSecret(env, id, secret), now)]);
  if (row) return { row };
  // Without a count, the workspace was deleted a moment ago.
  const { inGroup: ofGroup, inWorkspace: ofWorkspace } = before ?? { inGroup: 0, inWorkspace: 0 };
  if (ofGroup >= most) return { row: null, full: "group", used: ofGroup };
  return { row: null, full: "workspace", used: ofWorkspace };
}

const countOf = (filter: EndpointFilter): SQL<number> =>
  sql<number>`(SELECT count(*) FROM ${endpoints} WHERE ${matching(filter)})`;

/**
 * Sets the status given, and whatever else is; a status set here ends a disabling. With what is left to do. Null if there
 * is none of that id among them.
 */
export async function updateEndpoint(
  env: Env,
  filter: EndpointFilter,
  id: string,
  changes: Partial<EndpointFields>,
  now: number,
  audit: AuditRecorder,
): Promise<{ row: EndpointRow; errands: Errand[] } | null> {
  const { headers, verifyToken, ...plain } = changes;
  const set = {
    ...plain,
    ...(await sealCredentials(env, id, { headers, verifyToken })),
    ...(plain.status === undefined ? {} : { disabledReason: null }),
  };
  const db = database(env);
  const it = and(matching(filter), eq(endpoints.id, id));
  const [, [row], errands] = await db.batch([
    audit.updated(
      env,
      filter.kind === "notification" ? "notification.updated" : "webhook.updated",
      auditedEndpoint,
      it,
      set,
    ),
    db
      .update(endpoints)
      .set({ ...set, version: nextVersion, updatedAt: now })
      .where(it)
      .returning(),
    refreshing(env, it, now),
  ]);
  return row ? { row, errands } : null;
}

/** So many secrets of an endpoint sign at most: each is one more signature in every request's header. */
export const MAX_SECRETS = 5;

/**
 * What a rotation did: whether there was a secret before that signs on, and how many older ones ended for the bound; and
 * what is left to do.
 */
export type Rotation = { hadOne: boolean; ended: number; errands: Errand[] };

/**
 * Adds a secret that signs from now on. Those before it sign along until `until` (milliseconds since 1970), or shorter
 * where an earlier rotation said so, or until there are {@link MAX_SECRETS} newer ones.
 */
export async function rotateSecret(
  env: Env,
  endpoint: Pick<EndpointRow, "id" | "number">,
  secret: string,
  until: number,
  now: number,
  audit: AuditRecorder,
): Promise<Rotation> {
  const db = database(env);
  const sealed = await sealSecret(env, endpoint.id, secret);
  const mine = eq(endpointSecrets.endpoint, endpoint.number);
  const newest = db
    .select({ id: endpointSecrets.id })
    .from(endpointSecrets)
    .where(mine)
    .orderBy(desc(endpointSecrets.id))
    .limit(MAX_SECRETS);
  const [shortened, , , ended, , errands] = await db.batch([
    db
      .update(endpointSecrets)
      .set({ expiresAt: until })
      .where(and(mine, or(isNull(endpointSecrets.expiresAt), gt(endpointSecrets.expiresAt, until))))
      .returning({ id: endpointSecrets.id }),
    db.delete(endpointSecrets).where(and(mine, lte(endpointSecrets.expiresAt, now))),
    secretInsert(db, endpoint.id, sealed, now),
    db
      .delete(endpointSecrets)
      .where(and(mine, notInArray(endpointSecrets.id, newest)))
      .returning({ id: endpointSecrets.id }),
    db.update(endpoints).set({ version: nextVersion, updatedAt: now }).where(eq(endpoints.number, endpoint.number)),
    refreshing(env, eq(endpoints.number, endpoint.number), now),
    audit.noted(env, "webhook.secret_rotated", auditedEndpoint, eq(endpoints.number, endpoint.number), {
      before: { secret: MASK },
      after: { secret: MASK },
    }),
  ]);
  return { hadOne: shortened.length > 0, ended: ended.length, errands };
}

/**
 * Deletes rotated secrets that sign no more, at most `limit` of them: a rotation deletes those of its own webhook alone.
 * @returns how many there were
 */
export async function sweepEndpointSecrets(env: Env, now: number, limit: number): Promise<number> {
  const { id, expiresAt } = endpointSecrets;
  const db = database(env);
  const ended = db.select({ id }).from(endpointSecrets).where(lte(expiresAt, now)).orderBy(expiresAt).limit(limit);
  return (await db.delete(endpointSecrets).where(inArray(id, ended)).returning({ id })).length;
}

const nextVersion = sql`${endpoints.version} + 1`;

export const sealSecret = (env: Env, id: string, secret: string): Promise<string> =>
  seal(env, secret, identityOf.secret(id));

/**
 * Adds nothing where there is no such endpoint, so that a batch whose first half was refused does not fail.
 * Not async: to await a query is to run it, and this one belongs into a batch.
 */
export function secretInsert(db: ReturnType<typeof database>, id: string, sealed: string, now: number) {
  const row = {
    id: sql<number>`null`.as("id"),
    endpoint: endpoints.number,
    sealed: sql<string>`${sealed}`.as("sealed"),
    createdAt: sql<number>`${now}`.as("created_at"),
    expiresAt: sql<null>`null`.as("expires_at"),
  };
  return db.insert(endpointSecrets).select(db.select(row).from(endpoints).where(eq(endpoints.id, id)));
}

type Credentials = { headers?: Record<string, string> | undefined; verifyToken?: string | null | undefined };

async function sealCredentials(
  env: Env,
  id: string,
  { headers, verifyToken }: Credentials,
): Promise<Partial<Pick<EndpointRow, "headers" | "verifyToken">>> {
  const sealed: Partial<Pick<EndpointRow, "headers" | "verifyToken">> = {};
  if (headers) {
    const none = Object.keys(headers).length === 0;
    sealed.headers = none ? null : await seal(env, JSON.stringify(headers), identityOf.headers(id));
  }
  if (verifyToken !== undefined) {
    sealed.verifyToken = verifyToken === null ? null : await seal(env, verifyToken, identityOf.verifyToken(id));
  }
  return sealed;
}
