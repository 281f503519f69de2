import * as z from "zod";
import { sameText } from "../../lib/constant-time.ts";
import type { CallbackRequest, Verdict } from "../provider.ts";

/** A header with a value that both sides know: the least of proofs, for providers that sign nothing. */

export const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/, "It must be the name of a header");

/** Other values cannot be compared: on the way they are trimmed, or lose what is not ASCII. */
export const HeaderValue = z
  .string()
  .max(4096)
  .regex(
    /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/,
    "It must be printable ASCII, not empty, without spaces at its ends",
  );

/** Compares in constant time. */
export async function bearsValue(request: CallbackRequest, name: string, values: readonly string[]): Promise<Verdict> {
  const given = request.headers.get(name);
  if (given === null) return "missing_signature";
  return isAnyOf(given, values) ? "verified" : "bad_signature";
}

/** Whether a text is one of the secrets, in a time that does not tell which or how nearly. */
export function isAnyOf(given: string, secrets: readonly string[]): boolean {
  const matches = secrets.map((secret) => sameText(given, secret));
  return matches.includes(true);
}
