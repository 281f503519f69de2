import { hex, utf8 } from "../lib/bytes.ts";
import { base64Url, fromBase64Url } from "./base64url.ts";
import { settingsOf } from "./settings.ts";

/**
 * Secrets at rest: AES-GCM with a 256-bit key, the SHA-256 of ENCRYPTION_KEY's text, as `1.<key id>.<iv>.<ciphertext>`, the last two in base64url. The key id,
 * the first 8 hex digits of the key's SHA-256, says which key sealed it. The identity of what is sealed is
 * authenticated along, so that a value moved to another row does not open.
 */

const VERSION = "1";
const IV_BYTES = 12;

/** A sealed value did not open: another key, another identity, or damage. It says nothing of the content. */
export class UnsealError extends Error {
  override readonly name = "UnsealError";

  constructor(reason: "form" | "key" | "authentication") {
    super(`A sealed value cannot be opened (${reason})`);
  }
}

type Key = { id: string; key: CryptoKey };

const known = new WeakMap<Env, Promise<Key>>();

/** What a sealed value of an endpoint or a source belongs to. */
export const identityOf = {
  secret: (id: string) => `endpoint_secret:${id}`,
  headers: (id: string) => `endpoint_headers:${id}`,
  verifyToken: (id: string) => `endpoint_verify_token:${id}`,
  sourceCredentials: (id: string) => `source_credentials:${id}`,
};

async function importKey(env: Env): Promise<Key> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(settingsOf(env).ENCRYPTION_KEY)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id: hex(digest).slice(0, 8), key };
}

function keyOf(env: Env): Promise<Key> {
  const before = known.get(env);
  if (before) return before;
  const key = importKey(env);
  known.set(env, key);
  return key;
}

/**
 * @param identity what the value belongs to, such as `endpoint_secret:wh_…`; {@link open} wants the same
 * @throws Error if ENCRYPTION_KEY is missing or too short
 */
export async function seal(env: Env, plain: string, identity: string): Promise<string> {
  const { id, key } = await keyOf(env);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(identity) };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, utf8(plain)));
  return [VERSION, id, base64Url(iv), base64Url(ciphertext)].join(".");
}

/**
 * @throws UnsealError if it was sealed under another key or identity, or was changed since
 * @throws Error if ENCRYPTION_KEY is missing or too short
 */
export async function open(env: Env, sealed: string, identity: string): Promise<string> {
  const { id, key } = await keyOf(env);
  const [version, sealedUnder, ivText = "", text = ""] = sealed.split(".");
  const iv = fromBase64Url(ivText);
  const ciphertext = fromBase64Url(text);
  if (version !== VERSION || iv?.length !== IV_BYTES || !ciphertext) throw new UnsealError("form");
  if (sealedUnder !== id) throw new UnsealError("key");
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(identity) };
  const plain = await crypto.subtle.decrypt(algorithm, key, ciphertext).catch(() => {
    throw new UnsealError("authentication");
  });
  return new TextDecoder().decode(plain);
}
