import { fromBase64Url } from "../../lib/bytes.ts";
import { sameBytes } from "../../lib/constant-time.ts";
import { concat, type Hash, hmac } from "./hmac.ts";

/** JSON Web Signatures in their compact form (RFC 7515), with a shared secret. */

/** Nothing else is taken: `none` proves nothing, and a public key must never serve as a secret. */
const HASHES: Readonly<Record<string, Hash>> = { HS256: "SHA-256", HS384: "SHA-384", HS512: "SHA-512" };

export type Jws = { algorithm: string; claims: Readonly<Record<string, unknown>> };

/**
 * The claims of a token that one of the secrets has signed by an algorithm that is allowed. Times and issuers are the
 * caller's to check.
 */
export async function openJws(
  token: string,
  secrets: readonly string[],
  algorithms: readonly string[],
): Promise<{ ok: true; jws: Jws } | { ok: false; reason: "malformed" | "unsupported" | "bad_signature" }> {
  const [head = "", payload = "", mark = "", ...more] = token.split(".");
  const header = parse(head);
  const claims = parse(payload);
  const signature = fromBase64Url(mark);
  if (!header || !claims || !signature || more.length > 0) return { ok: false, reason: "malformed" };
  // Made a text, a list that nests deep would be an error, and so would an object.
  const algorithm = typeof header.alg === "string" ? header.alg : "";
  const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (!hash || !algorithms.includes(algorithm)) return { ok: false, reason: "unsupported" };
  for (const secret of secrets) {
    if (sameBytes(await hmac(hash, secret, concat(`${head}.${payload}`)), signature)) {
      return { ok: true, jws: { algorithm, claims } };
    }
  }
  return { ok: false, reason: "bad_signature" };
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const bytes = fromBase64Url(part);
    const value: unknown =
      bytes && JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
