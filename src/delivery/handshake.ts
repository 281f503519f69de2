import type { Handshake } from "../dialects/index.ts";
import { redact, redactable } from "../lib/redact.ts";
import { send, USER_AGENT } from "./request.ts";

/** Of an answer that does not pass, this many characters are shown to the user. */
const SHOWN = 200;

/**
 * Asks an endpoint whether it wants to be one, with the deadline and the body cap of a delivery.
 * @param url one that the guard lets pass (targets/guard.ts)
 * @returns null if it passes, else what came back instead, as a sentence for the user
 */
export async function shakeHands(handshake: Handshake, url: string, verifyToken: string): Promise<string | null> {
  const challenge = handshake.challenge();
  const answer = await send({
    url: handshake.url(url, challenge, verifyToken),
    headers: { "user-agent": USER_AGENT },
    timeoutMs: handshake.timeoutMs,
  });
  if (answer.status !== null && handshake.passes(answer.status, answer.responseBody, challenge)) return null;
  if (answer.status === null) return `The verification request got no answer (${answer.error}).`;
  // Whoever changes a webhook's URL need not know its token, and receivers say what they did not like.
  const hidden = redactable([verifyToken, encodeURIComponent(verifyToken)]);
  const body = redact(answer.responseBody, hidden).slice(0, SHOWN);
  return `The verification request was answered with status ${answer.status} and ${JSON.stringify(body)}; it takes 200 and the challenge in the body.`;
}
