/**
 * Whether two values are the same, in a time that does not tell how much of them is. Only their length shows, which for
 * digests is no secret.
 */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  // The runtime's comparison throws on unequal lengths.
  return a.length === b.length && crypto.subtle.timingSafeEqual(a, b);
}

/** The same for texts of secret length: their digests are compared, which all have one. */
export async function sameText(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([digestOf(a), digestOf(b)]);
  return crypto.subtle.timingSafeEqual(one, other);
}

const encoder = new TextEncoder();
const digestOf = (text: string): Promise<ArrayBuffer> => crypto.subtle.digest("SHA-256", encoder.encode(text));
