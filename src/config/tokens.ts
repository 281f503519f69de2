import { and, desc, eq, lt } from "drizzle-orm";
import { hex, utf8 } from "../lib/bytes.ts";
import { newTokenId, type TokenId } from "../lib/ids.ts";
import { base64Url } from "./base64url.ts";
import { BriefCache } from "./brief-cache.ts";
import { database } from "./db.ts";
import { reading } from "./failures.ts";
import { apiTokens, type Scope } from "./schema.ts";

/** A token as it is listed: what it is, never what it says. */
export type TokenRow = { id: string; name: string; scopes: Scope[]; createdAt: number };

/** Whom a token speaks for. */
export type TokenHolder = { tokenId: string; workspaceId: number; scopes: Scope[] };

/** `pht_` and 32 random bytes in base64url. */
const FORM = /^pht_[A-Za-z0-9_-]{43}$/;

const LISTED = { id: apiTokens.id, name: apiTokens.name, scopes: apiTokens.scopes, createdAt: apiTokens.createdAt };

const cache = new BriefCache<string, TokenHolder>();

export const sha256 = (text: string): Promise<ArrayBuffer> => crypto.subtle.digest("SHA-256", utf8(text));

/** A text that cannot be a token costs no query. */
export const isToken = (text: string): boolean => FORM.test(text);

/** Makes a token. `token` is the only time that its text is seen. */
export async function insertToken(
  env: Env,
  workspaceId: number,
  name: string,
  scopes: Scope[],
  now: number,
): Promise<TokenRow & { id: TokenId; token: string }> {
  const token = `pht_${base64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
  const row = { id: newTokenId(now), name, scopes, createdAt: now };
  await database(env)
    .insert(apiTokens)
    .values({ ...row, workspaceId, hash: hex(new Uint8Array(await sha256(token))) });
  return { ...row, token };
}

/** Newest first, from below the id `before`. */
export function listTokens(
  env: Env,
  workspaceId: number,
  limit: number,
  before: string | undefined,
): Promise<TokenRow[]> {
  const older = before === undefined ? undefined : lt(apiTokens.id, before);
  return reading(() =>
    database(env)
      .select(LISTED)
      .from(apiTokens)
      .where(and(eq(apiTokens.workspaceId, workspaceId), older))
      .orderBy(desc(apiTokens.id))
      .limit(limit)
      .all(),
  );
}

/** Revokes a token: at once in this isolate, within 30 s in the others. False if there was none. */
export async function deleteToken(env: Env, workspaceId: number, id: string): Promise<boolean> {
  const deleted = await database(env)
    .delete(apiTokens)
    .where(and(eq(apiTokens.workspaceId, workspaceId), eq(apiTokens.id, id)))
    .returning({ hash: apiTokens.hash });
  for (const { hash } of deleted) cache.drop(hash);
  return deleted.length > 0;
}

/** Forgets, in this isolate, the tokens of a workspace that was deleted. */
export function forgetTokensOf(workspaceId: number): void {
  cache.dropWhere((holder) => holder.workspaceId === workspaceId);
}

/**
 * Null if nobody holds it; a refusal is never remembered.
 * @param hash SHA-256 of the token, in hex
 */
export async function holderOf(env: Env, hash: string): Promise<TokenHolder | null> {
  const now = Date.now();
  const cached = cache.get(hash, now);
  if (cached) return cached;
  const { id, workspaceId, scopes } = apiTokens;
  const holder = await reading(() =>
    database(env).select({ tokenId: id, workspaceId, scopes }).from(apiTokens).where(eq(apiTokens.hash, hash)).get(),
  );
  if (!holder) return null;
  cache.set(hash, holder, now);
  return holder;
}
