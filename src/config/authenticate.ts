import { hex } from "../lib/bytes.ts";
import { settingsOf } from "./settings.ts";
import { holderOf, isToken, sha256, type TokenHolder } from "./tokens.ts";

/** Who makes a request. */
export type Caller = { kind: "admin" } | ({ kind: "token" } & TokenHolder);

const adminDigests = new WeakMap<Env, Promise<ArrayBuffer>>();

function adminDigest(env: Env): Promise<ArrayBuffer> {
  const known = adminDigests.get(env) ?? sha256(settingsOf(env).ADMIN_TOKEN);
  adminDigests.set(env, known);
  return known;
}

/**
 * Whose bearer token this is; null if nobody's. Tokens are compared by their digests, which have one length: neither the
 * time nor an exception tells how much of one was right.
 * @param given SHA-256 of the token
 */
export async function authenticate(env: Env, token: string, given: ArrayBuffer): Promise<Caller | null> {
  if (crypto.subtle.timingSafeEqual(given, await adminDigest(env))) return { kind: "admin" };
  if (!isToken(token)) return null;
  const holder = await holderOf(env, hex(new Uint8Array(given)));
  return holder && { kind: "token", ...holder };
}
