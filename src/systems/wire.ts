import { hex, utf8 } from "../lib/bytes.ts";

/** What several dialects need to write their wire format. */

/** Imported keys, by their bytes in hex: importing one costs as much as signing a small body. Isolate-wide. */
const keys = new Map<string, Promise<CryptoKey>>();
const MAX_KEYS = 1000;

function importedKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const name = hex(key);
  let imported = keys.get(name);
  if (!imported) {
    imported = crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(name, imported);
  }
  return imported;
}

/** HMAC-SHA256 (RFC 2104, FIPS 180-4). An empty key is refused by WebCrypto with a `DataError`. */
export async function hmacSha256(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", await importedKey(key), utf8(text)));
}

/** A JSON object from members that are JSON text already, in the order given. */
export function jsonObject(members: Record<string, string>): string {
  return `{${Object.entries(members)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(",")}}`;
}

/** `2026-03-26T14:30:00Z`: whole seconds. */
export const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
