import type { FieldGuide } from "../guide.ts";
import {
  type CallbackRequest,
  type Rejection,
  type Reply,
  usualRefusal,
  type Verdict,
  type VerifyContext,
} from "../provider.ts";
import { isStale } from "../settings.ts";
import { isHashOf } from "../signatures/claimed-hash.ts";
import { openJws } from "../signatures/jws.ts";

/** What Vonage's APIs have in common. */

/** In seconds. Source: https://api.support.vonage.com/hc/en-us/articles/360028543292 */
export const VONAGE_RETRIES = 86_400;

/** What their guides say of the secret. */
export const SECRET_FIELD: FieldGuide = {
  label: "Signature secret",
  hint: "In the Vonage dashboard under **API settings**. It is not the API secret.",
};

/** How far a token's time of issue may be from now, in seconds. */
export const TOKEN_AGE = 300;

export type TokenRules = { tolerance: number; allow_missing_payload_hash: boolean };

/**
 * A JSON Web Token in `Authorization`, by HMAC-SHA256 with the signature secret. It covers the body by `payload_hash`,
 * and a query not at all. It does not expire, so its time of issue bounds its age, and its `jti` is good for once.
 * Source: https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
 */
export async function verifyVonageToken(
  request: CallbackRequest,
  secrets: readonly string[],
  rules: TokenRules,
  context: VerifyContext,
): Promise<Verdict> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) return "missing_signature";
  const opened = await openJws(token, secrets, ["HS256"]);
  if (!opened.ok) return opened.reason;
  const { claims } = opened.jws;
  const isBare = rules.allow_missing_payload_hash && claims.payload_hash === undefined;
  if (!isBare && claims.iss !== "Vonage") return "bad_signature";
  if (!isTimely(claims, isBare, rules.tolerance, context.now)) return "stale";
  if (request.method !== "POST" || request.body.length === 0) {
    // What it says can only be in the query, which no claim covers.
    if (!rules.allow_missing_payload_hash) return "unsupported";
  } else if (!isBare && !(await isHashOf(claims.payload_hash, request.body))) return "bad_signature";
  if (typeof claims.jti === "string" && claims.jti !== "") {
    return (await context.seenBefore(claims.jti)) ? "replayed" : "verified";
  }
  return isBare ? "verified" : "malformed";
}

/** A token that covers nothing may have been made elsewhere with the same secret, with an expiry of its own. */
function isTimely(claims: Readonly<Record<string, unknown>>, isBare: boolean, seconds: number, now: number): boolean {
  if (claims.exp !== undefined && !(typeof claims.exp === "number" && claims.exp > now)) return false;
  if (isBare && claims.exp !== undefined) return true;
  return typeof claims.iat === "number" && !isStale(claims.iat, now, seconds);
}

/**
 * Vonage says that a callback may rarely come unsigned and is signed when it is repeated, which it is after a 429 or 5xx
 * only.
 */
export const refuseVonage = (verdict: Rejection): Reply =>
  verdict === "missing_signature" ? { status: 503, headers: { "Retry-After": "5" } } : usualRefusal(verdict);
