import { sha256 } from "./bytes.ts";

/**
 * The only comparisons of what must not be guessed: MACs, digests, tokens, shared secrets. How long one takes does not
 * tell how much of a guess was right.
 */

/** Whether two values are the same. Only their length shows, which for digests is no secret. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  // The runtime's comparison throws on unequal lengths.
  return a.length === b.length && crypto.subtle.timingSafeEqual(a, b);
}

/** The same for texts of secret length: their digests are compared, which all have one. */
export const sameText = (a: string, b: string): boolean => sameBytes(sha256(a), sha256(b));
