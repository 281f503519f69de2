import { and, desc, eq, gt, inArray, isNotNull, lte, notInArray, type SQL, sql } from "drizzle-orm";
import { base64Url, sha256Hex, utf8 } from "../lib/bytes.ts";
import { sameBytes } from "../lib/constant-time.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedWorkspace } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { BriefCache } from "./brief-cache.ts";
import { database } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { apiTokens, portalLinks, portalSessions, type Scope, workspaces } from "./schema.ts";
import { settingsOf } from "./settings.ts";
import { holderOf } from "./tokens.ts";
import { workspaceOf } from "./workspaces.ts";

/** The longest that anybody stays signed in, however he came in, in seconds. */
export const LONGEST_SESSION_S = 12 * 3600;

/** So many sessions one token has at once, the admin's too; a further one ends the oldest. */
const MOST_SESSIONS = 100;

/** `phs_` and 32 random bytes in base64url. */
const FORM = /^phs_[A-Za-z0-9_-]{43}$/;

/** A text that cannot be a session's costs no query. */
export const isSessionText = (text: string): boolean => FORM.test(text);

/** A session that has just begun. `text` is the only time that what stands for it is seen. */
export type NewSession = { text: string; until: number };

/** Whose session it is, as it is looked up. */
export type PortalSession = {
  hash: string;
  /** Null for the admin's. */
  workspaceId: number | null;
  linkId: string | null;
  /** When it ends by itself, in milliseconds since 1970. */
  until: number;
};

/** What a look-up brings: the row, and of its token, or of the one that made its link, the hash. */
type Row = PortalSession & {
  adminMark: string | null;
  scopes: Scope[] | null;
  makerId: string | null;
  tokenHash: string | null;
};

const cache = new BriefCache<string, Row>();

/** What stands for a session, and what it is looked up by. */
export function newSessionText(): { text: string; hash: string } {
  const text = `phs_${base64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
  return { text, hash: sha256Hex(text) };
}

/**
 * Says which admin token it is, to who has the session: whoever reads D1 can try no tokens against it, and whoever writes
 * to it cannot copy it to a session of his own.
 */
const adminMark = (env: Env, text: string): string =>
  sha256Hex(`portal session ${text} of ${settingsOf(env).ADMIN_TOKEN}`);

/** Begins a session for who has shown a token, which {@link authenticate} has found to be this caller's. */
export async function insertSession(env: Env, caller: Caller, now: number): Promise<NewSession> {
  const { text, hash } = newSessionText();
  const longest = now + LONGEST_SESSION_S * 1000;
  const whose =
    caller.kind === "admin"
      ? { adminMark: adminMark(env, text) }
      : { workspaceId: caller.workspaceId, tokenId: caller.tokenId };
  const until = caller.kind === "admin" ? longest : Math.min(longest, caller.expiresAt ?? longest);
  const own = "adminMark" in whose ? isNotNull(portalSessions.adminMark) : eq(portalSessions.tokenId, whose.tokenId);
  const db = database(env);
  const newest = db
    .select({ hash: portalSessions.hash })
    .from(portalSessions)
    .where(own)
    .orderBy(desc(portalSessions.createdAt), desc(portalSessions.hash))
    .limit(MOST_SESSIONS - 1);
  await db.batch([
    db.delete(portalSessions).where(and(own, notInArray(portalSessions.hash, newest))),
    db.insert(portalSessions).values({ ...whose, hash, createdAt: now, expiresAt: until }),
  ]);
  return { text, until };
}

/**
 * The session that a text stands for, and whom it stands for now; null where it has ended, by itself or by somebody, or
 * where the token is gone that was shown for it, or that made its link. At most 30 s behind what another isolate changed,
 * at once for changes of this one; its end is looked at each time.
 */
export async function sessionOf(
  env: Env,
  text: string,
  now: number,
): Promise<{ session: PortalSession; caller: Caller } | null> {
  if (!isSessionText(text)) return null;
  const row = await find(env, sha256Hex(text), now);
  if (!row || row.until <= now) return null;
  const caller = await callerOf(env, row, text, now);
  return caller && { session: row, caller };
}

async function callerOf(env: Env, row: Row, text: string, now: number): Promise<Caller | null> {
  const { adminMark: mark, workspaceId, linkId, scopes, makerId, tokenHash, until } = row;
  if (mark !== null) return sameBytes(utf8(mark), utf8(adminMark(env, text))) ? { kind: "admin" } : null;
  const holder = tokenHash === null ? null : await holderOf(env, tokenHash);
  const isGood = holder !== null && (holder.expiresAt === null || holder.expiresAt > now);
  if (linkId === null) return isGood ? holder : null;
  if (makerId !== null && !isGood) return null;
  if (workspaceId === null || scopes === null || !(await workspaceOf(env, workspaceId))) return null;
  // Its use is known by the link's own row: there is none of a token to write to.
  return {
    kind: "token",
    tokenId: linkId,
    name: "portal link",
    workspaceId,
    scopes,
    expiresAt: until,
    lastUsedAt: now,
  };
}

async function find(env: Env, hash: string, now: number): Promise<Row | null> {
  const cached = cache.get(hash, now);
  if (cached) return cached;
  const itsToken = eq(apiTokens.id, sql`coalesce(${portalSessions.tokenId}, ${portalLinks.tokenId})`);
  const row = await fromD1(() =>
    database(env, "lookUp")
      .select({
        hash: portalSessions.hash,
        workspaceId: portalSessions.workspaceId,
        linkId: portalSessions.linkId,
        until: portalSessions.expiresAt,
        createdAt: portalSessions.createdAt,
        adminMark: portalSessions.adminMark,
        scopes: portalLinks.scopes,
        makerId: portalLinks.tokenId,
        tokenHash: apiTokens.hash,
      })
      .from(portalSessions)
      .leftJoin(portalLinks, eq(portalLinks.id, portalSessions.linkId))
      .leftJoin(apiTokens, itsToken)
      .where(eq(portalSessions.hash, hash))
      .get(),
  );
  if (!row) return null;
  // Also where the row was not written by us.
  const until = Math.min(row.until, row.createdAt + LONGEST_SESSION_S * 1000);
  const found = { ...row, until };
  cache.set(hash, found, now);
  return found;
}

/** Ends a session: at once in this isolate, within 30 s in the others. */
export async function endSession(env: Env, { hash }: Pick<PortalSession, "hash">): Promise<void> {
  try {
    await database(env).delete(portalSessions).where(eq(portalSessions.hash, hash));
  } finally {
    // However it ended: where D1 did not answer it may be gone all the same.
    cache.drop(hash);
  }
}

/** Forgets, in this isolate, the session that a link began. */
export const forgetSessionOfLink = (linkId: string): void => cache.dropWhere((row) => row.linkId === linkId);

/**
 * Ends every session of a workspace, and takes its links away, so that none of them begins another.
 * @returns how many went on until now, and how many links could still have been opened
 */
export async function endSessionsOf(
  env: Env,
  workspaceId: number,
  now: number,
  audit: AuditRecorder,
): Promise<{ sessions: number; links: number }> {
  const db = database(env);
  const ofIt = eq(portalSessions.workspaceId, workspaceId);
  const links = eq(portalLinks.workspaceId, workspaceId);
  const openable = and(links, sql`${portalLinks.usedAt} IS NULL`, gt(portalLinks.expiresAt, now));
  const many = { many: sql<number>`count(*)` };
  try {
    const [sessions, unopened] = await db.batch([
      db
        .select(many)
        .from(portalSessions)
        .where(and(ofIt, gt(portalSessions.expiresAt, now))),
      db.select(many).from(portalLinks).where(openable),
      db.delete(portalSessions).where(ofIt),
      db.delete(portalLinks).where(links),
      audit.noted(env, "portal_sessions.ended", auditedWorkspace, eq(workspaces.id, workspaceId), {
        before: null,
        after: null,
      }),
    ]);
    return { sessions: sessions[0]?.many ?? 0, links: unopened[0]?.many ?? 0 };
  } finally {
    cache.dropWhere((row) => row.workspaceId === workspaceId);
  }
}

/** Deletes sessions that have ended, at most `limit` of them. @returns how many there were */
export async function sweepSessions(env: Env, now: number, limit: number): Promise<number> {
  const db = database(env);
  const over: SQL = lte(portalSessions.expiresAt, now);
  const some = db.select({ hash: portalSessions.hash }).from(portalSessions).where(over).limit(limit);
  const gone = await db
    .delete(portalSessions)
    .where(inArray(portalSessions.hash, some))
    .returning({ hash: portalSessions.hash });
  return gone.length;
}
