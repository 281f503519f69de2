import { hex } from "../lib/bytes.ts";
import { settingsOf } from "./settings.ts";
import { holderOf, isToken, sha256, type TokenHolder } from "./tokens.ts";

/** Who makes a request. */
export type Caller = { kind: "admin" } | TokenHolder;

/** A token that was good until then, in milliseconds since 1970. */
export type Expired = { kind: "expired"; at: number };

const adminDigests = new WeakMap<Env, Promise<ArrayBuffer>>();

function adminDigest(env: Env): Promise<ArrayBuffer> {
  const known = adminDigests.get(env) ?? sha256(settingsOf(env).ADMIN_TOKEN);
  adminDigests.set(env, known);
  return known;
}

/**
 * Whose bearer token this is; null if nobody's. Tokens are compared by their digests, which have one length: neither the
 * time nor an exception tells how much of one was right.
 */
export async function authenticate(env: Env, token: string): Promise<Caller | Expired | null> {
  const [given, admin] = await Promise.all([sha256(token), adminDigest(env)]);
  if (crypto.subtle.timingSafeEqual(given, admin)) return { kind: "admin" };
  if (!isToken(token)) return null;
  const holder = await holderOf(env, hex(new Uint8Array(given)));
  // Looked at each time: a remembered token ends at its moment, too.
  const end = holder?.expiresAt ?? null;
  return end !== null && end <= Date.now() ? { kind: "expired", at: end } : holder;
}
