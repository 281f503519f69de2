import { and, count, desc, eq, exists, getTableColumns, gt, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import { base64Url, sha256Hex } from "../lib/bytes.ts";
import { newPortalLinkId, type PortalLinkId } from "../lib/ids.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedPortalLink } from "./audited.ts";
import { database, rowOf } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { forgetSessionOfLink, LONGEST_SESSION_S, type NewSession, newSessionText } from "./portal-sessions.ts";
import { apiTokens, portalLinks, portalSessions } from "./schema.ts";

type Row = typeof portalLinks.$inferSelect;

/** A link as it is listed, never what stands in it; with when the session ends that it began, null for none. */
export type ListedLink = Omit<Row, "hash"> & { sessionEndsAt: number | null };

/** `phl_` and 32 random bytes in base64url. */
const FORM = /^phl_[A-Za-z0-9_-]{43}$/;

/**
 * For so long after its end a link is still told from one that never was. Longer than {@link LONGEST_SESSION_S}: a
 * session goes with its link.
 */
const KEPT_MS = 86_400_000;

/** How many old ones go beside a new one: more than come in, so that the table stays small. */
const CHUNK = 10;

/**
 * Makes a link unless the workspace has as many as it may, and lets some of the oldest go. `token` is the only time that
 * what stands in it is seen. It ends with the token that made it, `tokenId`; the admin's is null.
 * @param limit how many of a workspace there may be, those among them that were opened or have ended, while they are kept
 * @returns null where there are so many
 */
export async function insertPortalLink(
  env: Env,
  link: Pick<Row, "workspaceId" | "scopes" | "sessionSeconds" | "expiresAt" | "tokenId">,
  limit: number,
  now: number,
  audit: AuditRecorder,
): Promise<{ id: PortalLinkId; token: string } | null> {
  const token = `phl_${base64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
  const row = { ...link, id: newPortalLinkId(now), hash: sha256Hex(token), createdAt: now, usedAt: null };
  const db = database(env);
  const used = db.select({ n: count() }).from(portalLinks).where(eq(portalLinks.workspaceId, link.workspaceId));
  const [, [made]] = await db.batch([
    deleteOldest(env, now, CHUNK),
    db
      .insert(portalLinks)
      .select(sql`SELECT ${rowOf(portalLinks, row)} WHERE (${used}) < ${limit}`)
      .returning({ id: portalLinks.id }),
    audit.created(env, "portal_link.created", auditedPortalLink, eq(portalLinks.id, row.id)),
  ]);
  return made ? { id: row.id, token } : null;
}

/** Not async: to await a query is to run it, and this one belongs into a batch, too. */
function deleteOldest(env: Env, now: number, limit: number) {
  const db = database(env);
  // Ids begin with their time: the first ones are the oldest, and no pass over the table is needed.
  const oldest = db.select({ id: portalLinks.id }).from(portalLinks).orderBy(portalLinks.id).limit(limit);
  return db.delete(portalLinks).where(and(inArray(portalLinks.id, oldest), lte(portalLinks.expiresAt, now - KEPT_MS)));
}

/** Deletes links that ended more than a day ago, of the oldest `limit`. @returns how many these were */
export async function sweepPortalLinks(env: Env, now: number, limit: number): Promise<number> {
  return (await deleteOldest(env, now, limit).returning({ id: portalLinks.id })).length;
}

const { hash: _, ...shown } = getTableColumns(portalLinks);

const listed = (env: Env) =>
  database(env)
    .select({ ...shown, sessionEndsAt: portalSessions.expiresAt })
    .from(portalLinks)
    .leftJoin(portalSessions, eq(portalSessions.linkId, portalLinks.id));

/** Newest first, from below the id `before`. */
export function listPortalLinks(
  env: Env,
  workspaceId: number,
  limit: number,
  before: string | undefined,
): Promise<ListedLink[]> {
  const older = before === undefined ? undefined : lt(portalLinks.id, before);
  const wanted = and(eq(portalLinks.workspaceId, workspaceId), older);
  return fromD1(() => listed(env).where(wanted).orderBy(desc(portalLinks.id)).limit(limit).all());
}

const ofWorkspace = (workspaceId: number, id: string) =>
  and(eq(portalLinks.workspaceId, workspaceId), eq(portalLinks.id, id));

/** Null if the workspace has no such link. */
export async function findPortalLink(env: Env, workspaceId: number, id: string): Promise<ListedLink | null> {
  return (await fromD1(() => listed(env).where(ofWorkspace(workspaceId, id)).get())) ?? null;
}

/**
 * Takes a link away, with the session that it began: that ends at once in this isolate, within 30 s in the others. False
 * if there was none.
 */
export async function deletePortalLink(
  env: Env,
  workspaceId: number,
  id: string,
  audit: AuditRecorder,
): Promise<boolean> {
  const mine = ofWorkspace(workspaceId, id);
  const db = database(env);
  try {
    const [, deleted] = await db.batch([
      audit.deleted(env, "portal_link.revoked", auditedPortalLink, mine),
      db.delete(portalLinks).where(mine).returning({ id: portalLinks.id }),
    ]);
    return deleted.length > 0;
  } finally {
    // However it ended: where D1 did not answer it may be gone all the same.
    forgetSessionOfLink(id);
  }
}

/** Why a link does not open; `used` with its id, by which who has used it is known. */
export type Closed = { closed: "used"; id: string } | { closed: "expired" } | { closed: "unknown" };

/** Where a link leads that would open now, without opening it; or why it would not. */
export async function lookAtPortalLink(
  env: Env,
  token: string,
  now: number,
): Promise<{ workspaceId: number } | Closed> {
  if (!FORM.test(token)) return { closed: "unknown" };
  const hash = sha256Hex(token);
  const open = await fromD1(() =>
    database(env)
      .select({ workspaceId: portalLinks.workspaceId })
      .from(portalLinks)
      .where(opens(env, hash, now))
      .get(),
  );
  return open ?? (await whyClosed(env, hash));
}

/** Opens a link, once, and begins its session: of two who try at the same time, one gets it. */
export async function openPortalLink(
  env: Env,
  token: string,
  now: number,
): Promise<{ workspaceId: number; session: NewSession } | Closed> {
  if (!FORM.test(token)) return { closed: "unknown" };
  const hash = sha256Hex(token);
  const { text, hash: sessionHash } = newSessionText();
  const db = database(env);
  const seconds = sql`min(${portalLinks.sessionSeconds}, ${LONGEST_SESSION_S})`;
  const until = sql<number>`min(${now} + 1000 * ${seconds}, coalesce(${apiTokens.expiresAt}, 9e15))`;
  const row = {
    hash: sql<string>`${sessionHash}`.as("session_hash"),
    workspaceId: portalLinks.workspaceId,
    tokenId: sql<null>`null`.as("no_token"),
    linkId: portalLinks.id,
    adminMark: sql<null>`null`.as("no_mark"),
    createdAt: sql<number>`${now}`.as("begun_at"),
    expiresAt: sql<number>`CAST(${until} AS INTEGER)`.as("ends_at"),
  };
  const itsToken = eq(apiTokens.id, portalLinks.tokenId);
  const [begun, [opened]] = await db.batch([
    db
      .insert(portalSessions)
      .select(
        db
          .select(row)
          .from(portalLinks)
          .leftJoin(apiTokens, itsToken)
          .where(opens(env, hash, now)),
      )
      .returning({ until: portalSessions.expiresAt }),
    db
      .update(portalLinks)
      .set({ usedAt: now })
      .where(opens(env, hash, now))
      .returning({ workspaceId: portalLinks.workspaceId }),
  ]);
  const session = begun[0];
  if (opened && session) return { workspaceId: opened.workspaceId, session: { text, until: session.until } };
  return whyClosed(env, hash);
}

/** What finds a link that may be opened: nobody has, it has not expired, and neither has the token that made it. */
function opens(env: Env, hash: string, now: number) {
  const isGood = or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, now));
  const maker = database(env)
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(and(eq(apiTokens.id, portalLinks.tokenId), isGood));
  return and(
    eq(portalLinks.hash, hash),
    isNull(portalLinks.usedAt),
    gt(portalLinks.expiresAt, now),
    or(isNull(portalLinks.tokenId), exists(maker)),
  );
}

async function whyClosed(env: Env, hash: string): Promise<Closed> {
  const { id, usedAt } = portalLinks;
  const known = await fromD1(() =>
    database(env).select({ id, usedAt }).from(portalLinks).where(eq(portalLinks.hash, hash)).get(),
  );
  if (!known) return { closed: "unknown" };
  return known.usedAt === null ? { closed: "expired" } : { closed: "used", id: known.id };
}
