import { hex, utf8 } from "../lib/bytes.ts";
import { settingsOf } from "./settings.ts";

/** The deployment's keys, imported for AES-GCM. */
export type Keyring = {
  /** Seals. */
  first: Key;
  /** All that open, by their ids. */
  byId: ReadonlyMap<string, Key>;
};

/** `id` is the first 8 hex digits of the key's SHA-256; the key itself is the SHA-256 of its text. */
export type Key = { id: string; key: CryptoKey };

const known = new WeakMap<Env, Promise<Keyring>>();

async function importKey(text: string): Promise<Key> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id: hex(digest).slice(0, 8), key };
}

async function importAll([text, ...older]: readonly [string, ...string[]]): Promise<Keyring> {
  const first = await importKey(text);
  const all = [first, ...(await Promise.all(older.map(importKey)))];
  const byId = new Map(all.map((key) => [key.id, key]));
  // One in four billion: a value's id would not tell which of them sealed it, so nobody could tell when one may go.
  if (byId.size < all.length) {
    throw new Error("Misconfigured: two of ENCRYPTION_KEYS and ENCRYPTION_KEY have the same id: make another new key");
  }
  return { first, byId };
}

/**
 * Imported once an isolate.
 * @throws Error if a key is missing or too short, or two of them have the same id
 */
export function keyringOf(env: Env): Promise<Keyring> {
  const before = known.get(env);
  if (before) return before;
  const keyring = importAll(settingsOf(env).encryptionKeys);
  known.set(env, keyring);
  return keyring;
}
