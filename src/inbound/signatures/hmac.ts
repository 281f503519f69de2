import { fromBase64, utf8 } from "../../lib/bytes.ts";
import { sameBytes } from "../../lib/constant-time.ts";

/** Hashes that providers sign with. The runtime has MD5, which the standard of WebCrypto does not. */
export type Hash = "MD5" | "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

/**
 * HMAC (RFC 2104).
 * @throws DOMException for an empty key: a source without a secret must have been refused before
 */
export async function hmac(
  hash: Hash,
  key: Uint8Array<ArrayBuffer> | string,
  data: Uint8Array<ArrayBuffer> | string,
): Promise<Uint8Array<ArrayBuffer>> {
  const raw = typeof key === "string" ? utf8(key) : key;
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, typeof data === "string" ? utf8(data) : data));
}

export async function digest(hash: Hash, data: Uint8Array<ArrayBuffer> | string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest(hash, typeof data === "string" ? utf8(data) : data));
}

/** Bytes from hex of either case; undefined for what is no hex. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}

/** How a signature is written. */
export type Encoding = "hex" | "base64";

export const decode = (text: string, encoding: Encoding): Uint8Array<ArrayBuffer> | undefined =>
  encoding === "hex" ? fromHex(text) : fromBase64(text);

/** Whether any of the signatures is that of any of the keys. What is not of the encoding's form is none. */
export async function signedByAny(
  hash: Hash,
  keys: readonly (string | Uint8Array<ArrayBuffer>)[],
  data: Uint8Array<ArrayBuffer> | string,
  signatures: readonly string[],
  encoding: Encoding,
): Promise<boolean> {
  const given = signatures.flatMap((signature) => decode(signature, encoding) ?? []);
  for (const key of keys) {
    const expected = await hmac(hash, key, data);
    if (given.some((signature) => sameBytes(signature, expected))) return true;
  }
  return false;
}

/** One after the other, as one. */
export function concat(...parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const bytes = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const whole = new Uint8Array(bytes.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
