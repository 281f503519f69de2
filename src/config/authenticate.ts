import { hex, sha256 } from "../lib/bytes.ts";
import { sameBytes } from "../lib/constant-time.ts";
import { settingsOf } from "./settings.ts";
import { holderOf, isToken, type TokenHolder } from "./tokens.ts";

/** Who makes a request. */
export type Caller = { kind: "admin" } | TokenHolder;

/** A token that was good until then, in milliseconds since 1970. */
export type Expired = { kind: "expired"; at: number };

const adminDigests = new WeakMap<Env, Uint8Array>();

function adminDigest(env: Env): Uint8Array {
  const known = adminDigests.get(env) ?? sha256(settingsOf(env).ADMIN_TOKEN);
  adminDigests.set(env, known);
  return known;
}

/**
 * Whose bearer token this is; null if nobody's. Tokens are compared by their digests, which have one length: neither the
 * time nor an exception tells how much of one was right.
 * @param given SHA-256 of the token
 */
export async function authenticate(env: Env, token: string, given: Uint8Array): Promise<Caller | Expired | null> {
  if (sameBytes(given, adminDigest(env))) return { kind: "admin" };
  if (!isToken(token)) return null;
  const holder = await holderOf(env, hex(given));
  // Looked at each time: a remembered token ends at its moment, too.
  const end = holder?.expiresAt ?? null;
  return end !== null && end <= Date.now() ? { kind: "expired", at: end } : holder;
}
