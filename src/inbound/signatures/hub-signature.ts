import type { CallbackRequest, Verdict } from "../provider.ts";
import { concat, signedByAny } from "./hmac.ts";

/**
 * The signature of WebSub's kind that Meta and GitHub write: `X-Hub-Signature-256: sha256=`, then in hex the HMAC-SHA256
 * of the body as it came. `X-Hub-Signature`, the same with SHA-1, is left over from earlier and proves nothing here.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
 */
export async function verifyHubSignature(request: CallbackRequest, secrets: readonly string[]): Promise<Verdict> {
  const header = request.headers.get("x-hub-signature-256");
  if (!header) return "missing_signature";
  const signature = /^sha256=(.+)$/.exec(header)?.[1] ?? "";
  const signed = await signedByAny("SHA-256", secrets, concat(request.body), [signature], "hex");
  return signed ? "verified" : "bad_signature";
}
