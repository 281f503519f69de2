import * as z from "zod";
import { fromBase64, hex } from "../../lib/bytes.ts";

/**
 * What a public key on P-256 begins with in its SubjectPublicKeyInfo (RFC 5480): id-ecPublicKey, prime256v1, and a bit
 * string of an uncompressed point. The point follows, 32 bytes for each of x and y.
 */
const SPKI_PREFIX = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
const SPKI_BYTES = 91;

/** FIPS 186-4, D.1.2.3: P-256 is y² = x³ - 3x + b over the field of p. */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * A public key on P-256, as PEM or as the base64 of its SubjectPublicKeyInfo. All that the runtime would refuse at its
 * import is refused here.
 */
export const PublicKey = z
  .string()
  .max(4096)
  .superRefine((text, context) => {
    const read = spkiOf(text);
    if (typeof read === "string") context.addIssue({ code: "custom", message: read });
  });

/**
 * For signatures by ECDSA with SHA-256.
 * @throws Error for a text that {@link PublicKey} refuses
 */
export async function importPublicKey(text: string): Promise<CryptoKey> {
  const spki = spkiOf(text);
  if (typeof spki === "string") throw new Error(spki);
  return crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

/** The key, or a sentence that says why it is none. */
function spkiOf(text: string): Uint8Array<ArrayBuffer> | string {
  const armour = /^\s*-----BEGIN ([A-Z0-9 ]+)-----(.*)-----END \1-----\s*$/s.exec(text);
  if (armour?.[1]?.includes("PRIVATE")) return "It must be the public key, not the private one";
  if (armour && armour[1] !== "PUBLIC KEY") return "Its PEM must be that of a PUBLIC KEY";
  const encoded = (armour?.[2] ?? text).replace(/\s+/g, "");
  const spki = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? fromBase64(encoded) : undefined;
  if (!spki) return "It must be a public key, as PEM or as base64";
  if (spki.length !== SPKI_BYTES || !hex(spki).startsWith(SPKI_PREFIX)) {
    return "It must be a public key on the curve P-256, with an uncompressed point";
  }
  return isOnCurve(spki.subarray(-64)) ? spki : "It is damaged: its point is not on the curve P-256";
}

function isOnCurve(point: Uint8Array): boolean {
  const x = BigInt(`0x${hex(point.subarray(0, 32))}`);
  const y = BigInt(`0x${hex(point.subarray(32))}`);
  return x < P && y < P && (y * y - x * x * x + 3n * x - B) % P === 0n;
}
