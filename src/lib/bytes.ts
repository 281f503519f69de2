import { Buffer } from "node:buffer";

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
