import { and, count, desc, eq, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import { base64Url, sha256Hex } from "../lib/bytes.ts";
import { newTokenId, type TokenId } from "../lib/ids.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedToken } from "./audited.ts";
import { database, rowOf } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { Known } from "./known.ts";
import { apiTokens, portalLinks, type Scope } from "./schema.ts";

/** A token as it is listed: what it is, never what it says. */
export type TokenRow = {
  id: string;
  name: string;
  scopes: Scope[];
  createdAt: number;
  /** Null: it does not expire. */
  expiresAt: number | null;
  /** A moment at which it was used, at most {@link USE_PRECISION_MS} before the last one; null: never. */
  lastUsedAt: number | null;
};

/** Whom a token speaks for. */
export type TokenHolder = {
  kind: "token";
  tokenId: string;
  name: string;
  workspaceId: number;
  scopes: Scope[];
  expiresAt: number | null;
  lastUsedAt: number | null;
};

/** How exactly it is known when a token was last used, in milliseconds: D1 bills a row each time that it is written. */
export const USE_PRECISION_MS = 3_600_000;

/** `pht_` and 32 random bytes in base64url. */
const FORM = /^pht_[A-Za-z0-9_-]{43}$/;

const { id, name, scopes, createdAt, expiresAt, lastUsedAt } = apiTokens;
const LISTED = { id, name, scopes, createdAt, expiresAt, lastUsedAt };
const HELD = { tokenId: id, name, workspaceId: apiTokens.workspaceId, scopes, expiresAt, lastUsedAt };

const known = new Known<string, TokenHolder>();

/** A text that cannot be a token costs no query. */
export const isToken = (text: string): boolean => FORM.test(text);

/** For so long after its end a token is still listed, and told from one that never was, in milliseconds. */
const KEPT_MS = 30 * 86_400_000;

/** How many that have ended go at once: more than come in. */
const CHUNK = 10;

/** A token that was made, its text in the clear; or how many the workspace has, where that is as many as it may. */
export type TokenInsertion = { row: TokenRow & { id: TokenId; token: string } } | { row: null; used: number };

/**
 * Makes a token unless the workspace has as many as it may, and lets some go that ended long ago. `token` is the only time
 * that its text is seen.
 * @param limit how many the workspace may have
 */
export async function insertToken(
  env: Env,
  workspaceId: number,
  { name, scopes, expiresAt }: Pick<TokenRow, "name" | "scopes" | "expiresAt">,
  limit: number,
  now: number,
  audit: AuditRecorder,
): Promise<TokenInsertion> {
  const token = `pht_${base64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
  const row = { id: newTokenId(now), name, scopes, createdAt: now, expiresAt, lastUsedAt: null };
  const hash = sha256Hex(token);
  const db = database(env);
  const mine = eq(apiTokens.workspaceId, workspaceId);
  const ended = and(mine, lte(apiTokens.expiresAt, now - KEPT_MS));
  const oldest = db.select({ id: apiTokens.id }).from(apiTokens).where(ended).limit(CHUNK);
  const counted = db.select({ used: count() }).from(apiTokens).where(mine);
  const [, [before], [made]] = await db.batch([
    db.delete(apiTokens).where(inArray(apiTokens.id, oldest)),
    counted,
    // Part of the INSERT itself, so that of two creations at once, D1 decides which is the last that fits.
    db
      .insert(apiTokens)
      .select(sql`SELECT ${rowOf(apiTokens, { ...row, workspaceId, hash })} WHERE (${counted}) < ${limit}`)
      .returning({ id: apiTokens.id }),
    audit.created(env, "token.created", auditedToken, eq(apiTokens.id, row.id)),
  ]);
  return made ? { row: { ...row, token } } : { row: null, used: before?.used ?? 0 };
}

/** Newest first, from below the id `before`. */
export function listTokens(
  env: Env,
  workspaceId: number,
  limit: number,
  before: string | undefined,
): Promise<TokenRow[]> {
  const older = before === undefined ? undefined : lt(apiTokens.id, before);
  return fromD1(() =>
    database(env)
      .select(LISTED)
      .from(apiTokens)
      .where(and(eq(apiTokens.workspaceId, workspaceId), older))
      .orderBy(desc(apiTokens.id))
      .limit(limit)
      .all(),
  );
}

/** Null if the workspace has no such token. */
export async function findToken(env: Env, workspaceId: number, id: string): Promise<TokenRow | null> {
  const mine = and(eq(apiTokens.workspaceId, workspaceId), eq(apiTokens.id, id));
  return (await fromD1(() => database(env).select(LISTED).from(apiTokens).where(mine).get())) ?? null;
}

/**
 * Revokes a token, with the portal links that it made: at once in this isolate, within 30 s in the others. Its sessions
 * in the portal, and those of its links, go with it. False if there was none.
 */
export async function deleteToken(env: Env, workspaceId: number, id: string, audit: AuditRecorder): Promise<boolean> {
  const mine = and(eq(apiTokens.workspaceId, workspaceId), eq(apiTokens.id, id));
  const db = database(env);
  try {
    const [, , deleted] = await db.batch([
      audit.deleted(env, "token.revoked", auditedToken, mine),
      db.delete(portalLinks).where(and(eq(portalLinks.workspaceId, workspaceId), eq(portalLinks.tokenId, id))),
      db.delete(apiTokens).where(mine).returning({ id: apiTokens.id }),
    ]);
    return deleted.length > 0;
  } finally {
    // However it ended: where D1 did not answer it may be gone all the same.
    known.dropWhere(({ tokenId: named, ...holder }) => holder.workspaceId === workspaceId && named === id);
  }
}

/**
 * Deletes tokens that ended 30 days ago, at most `limit` of them, and what links they have left behind. Their end stands
 * in the audit log since they were made. @returns how many there were
 */
export async function sweepTokens(env: Env, now: number, limit: number): Promise<number> {
  const db = database(env);
  const ended = db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(lte(apiTokens.expiresAt, now - KEPT_MS))
    .orderBy(apiTokens.expiresAt)
    .limit(limit);
  const [, gone] = await db.batch([
    db.delete(portalLinks).where(inArray(portalLinks.tokenId, ended)),
    db.delete(apiTokens).where(inArray(apiTokens.id, ended)).returning({ id: apiTokens.id }),
  ]);
  return gone.length;
}

/** Forgets, in this isolate, the tokens of a workspace that was deleted. */
export function forgetTokensOf(workspaceId: number): void {
  known.dropWhere((holder) => holder.workspaceId === workspaceId);
}

/**
 * Null if nobody holds it; a refusal is never remembered. At most 30 s behind what another isolate changed, at once for
 * changes of this one; while D1 is away an hour. Whether it has expired is for the caller to see, each time.
 * @param hash SHA-256 of the token, in hex
 * @throws DatabaseAway where nothing is known of it
 */
export function holderOf(env: Env, hash: string): Promise<TokenHolder | null> {
  return known.get(env, hash, Date.now(), async (db) => {
    const row = await db.select(HELD).from(apiTokens).where(eq(apiTokens.hash, hash)).get();
    return row ? { kind: "token", ...row } : null;
  });
}

/**
 * Writes down that a token is used, where that is not known for the hour: one row, whichever isolates see it. Null where
 * there is nothing to write. To be left to `waitUntil`: it never fails, as a request must not for that.
 */
export function noteUse(env: Env, holder: TokenHolder, now: number): Promise<void> | null {
  const before = now - USE_PRECISION_MS;
  if (holder.lastUsedAt !== null && holder.lastUsedAt > before) return null;
  // The holder is the cached one: until it is read anew, this isolate writes no more.
  holder.lastUsedAt = now;
  const due = or(isNull(apiTokens.lastUsedAt), lte(apiTokens.lastUsedAt, before));
  const write = database(env)
    .update(apiTokens)
    .set({ lastUsedAt: now })
    .where(and(eq(apiTokens.id, holder.tokenId), due));
  return write.then(
    () => {},
    (error: unknown) => console.error(`${holder.tokenId}: its use was not noted:`, error),
  );
}
