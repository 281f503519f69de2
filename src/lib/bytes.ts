import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** Bytes as text and back. */

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text));

export const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("hex");

export const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

/** Undefined for what is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    // A loop, for `Uint8Array.from` takes seconds for the attachments of a mail.
    for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
    return bytes;
  } catch {
    return undefined;
  }
}

/**
 * Undefined for what is not canonical base64 (RFC 4648, 3.5 and 4): with all of its padding, unused bits that are zero, and
 * no white space. Of the texts that {@link fromBase64} reads as the same bytes it takes one.
 */
export function fromCanonicalBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text);
  return bytes && base64(bytes) === text ? bytes : undefined;
}

/** Base64 with the alphabet of URLs, without padding. RFC 4648, 5. */
export const base64Url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Undefined for what is not base64url. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return /^[A-Za-z0-9_-]*$/.test(text) ? fromBase64(text.replaceAll("-", "+").replaceAll("_", "/")) : undefined;
}

/** SHA-256 of a text in UTF-8: at once, as a digest so short is done sooner than WebCrypto's promise comes back. */
export const sha256 = (text: string): Uint8Array => createHash("sha256").update(text, "utf8").digest();

/** The same in hex: what tokens are looked up by. */
export const sha256Hex = (text: string): string => hex(sha256(text));
