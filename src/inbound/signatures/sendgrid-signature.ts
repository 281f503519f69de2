import { fromBase64 } from "../../lib/bytes.ts";
import type { CallbackRequest, Verdict } from "../provider.ts";
import { isStale } from "../settings.ts";
import { rawFromDer } from "./der.ts";
import { concat } from "./hmac.ts";
import { importPublicKey } from "./public-key.ts";

const SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature";
const TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp";

/**
 * Whether a callback of SendGrid is signed for any of the keys: ECDSA on P-256 with SHA-256, as base64 of DER, over the
 * timestamp's text and the raw body with nothing between
 * (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features).
 * @param keys such as `PublicKey` accepts
 * @param now in unix seconds
 * @param toleranceSeconds 0 is as old as one likes: whether a repetition is signed anew is not documented
 */
export async function verifySendgrid(
  request: CallbackRequest,
  keys: readonly string[],
  now: number,
  toleranceSeconds: number,
): Promise<Verdict> {
  const mark = request.headers.get(SIGNATURE);
  const timestamp = request.headers.get(TIMESTAMP);
  if (!mark || !timestamp) return "missing_signature";
  const der = fromBase64(mark);
  // Given the DER form, the runtime does not throw: it finds no signature to be right.
  const signature = der && rawFromDer(der);
  if (!signature) return "bad_signature";
  const signed = concat(timestamp, request.body);
  for (const key of keys) {
    const publicKey = await importPublicKey(key);
    if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, signature, signed))) continue;
    const time = /^\d+$/.test(timestamp) ? Number(timestamp) : Number.NaN;
    return isStale(time, now, toleranceSeconds) ? "stale" : "verified";
  }
  return "bad_signature";
}
