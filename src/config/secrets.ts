import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { base64Url, fromBase64Url, utf8 } from "../lib/bytes.ts";
import { keyringOf } from "./keyring.ts";

/**
 * Secrets at rest: AES-GCM with a 256-bit key, as `1.<key id>.<iv>.<ciphertext>`, the last two in base64url. The key id
 * says which of the deployment's keys sealed it (keyring.ts): the first of them seals, all open. The identity of what is
 * sealed is authenticated along, so that a value moved to another row does not open.
 */

const VERSION = "1";
const IV_BYTES = 12;

/** It is no sealed value, its key is none of the deployment's, or it was moved or changed. */
export type UnsealReason = "form" | "key" | "authentication";

/** A sealed value did not open: another key, another identity, or damage. It says whose it is, and nothing of the content. */
export class UnsealError extends Error {
  override readonly name = "UnsealError";
  readonly reason: UnsealReason;

  constructor(reason: UnsealReason, identity: string) {
    super(`The sealed value of ${identity} cannot be opened (${reason})`);
    this.reason = reason;
  }
}

/** What a sealed value of an endpoint or a source belongs to. */
export const identityOf = {
  secret: (id: string) => `endpoint_secret:${id}`,
  headers: (id: string) => `endpoint_headers:${id}`,
  verifyToken: (id: string) => `endpoint_verify_token:${id}`,
  sourceCredentials: (id: string) => `source_credentials:${id}`,
};

/**
 * @param identity what the value belongs to, such as `endpoint_secret:wh_…`; {@link open} wants the same
 * @throws Error as {@link keyringOf} does
 */
export async function seal(env: Env, plain: string, identity: string): Promise<string> {
  const { id, key } = (await keyringOf(env)).first;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(identity) };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, utf8(plain)));
  return [VERSION, id, base64Url(iv), base64Url(ciphertext)].join(".");
}

/**
 * @throws UnsealError if it was sealed under a key that is gone or for another identity, or was changed since
 * @throws Error as {@link keyringOf} does
 */
export async function open(env: Env, sealed: string, identity: string): Promise<string> {
  const { byId } = await keyringOf(env);
  const [version, sealedUnder, ivText = "", text = ""] = sealed.split(".");
  const iv = fromBase64Url(ivText);
  const ciphertext = fromBase64Url(text);
  if (version !== VERSION || iv?.length !== IV_BYTES || !ciphertext) throw new UnsealError("form", identity);
  const key = byId.get(sealedUnder ?? "")?.key;
  if (!key) throw new UnsealError("key", identity);
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(identity) };
  const plain = await crypto.subtle.decrypt(algorithm, key, ciphertext).catch(() => {
    throw new UnsealError("authentication", identity);
  });
  return new TextDecoder().decode(plain);
}

/** Which key a sealed value is under, by its id; null for what has not the form of one. */
export type SealedUnder = { id: string | null };

/**
 * The same of a column, in SQL. What has not the form is not looked into: it could be a secret in the clear. D1 takes no
 * pattern of more than 50 bytes, so the digits are not spelled out.
 */
export function sealedUnder(column: SQLiteColumn): SQL<string | null> {
  const id = sql`substr(${column}, ${VERSION.length + 2}, 8)`;
  return sql`CASE WHEN ${column} GLOB ${`${VERSION}.????????.*`} AND ${id} NOT GLOB '*[^0-9a-f]*' THEN ${id} END`;
}
