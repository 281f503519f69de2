import { Redactor } from "../lib/redact.ts";
import type { Handshake } from "../systems/index.ts";
import { BODY_BYTES, send, USER_AGENT } from "./request.ts";

/** Of an answer that does not pass, this many characters are shown to the user. */
const SHOWN = 200;

/**
 * Asks an endpoint whether it wants to be one, with the deadline and the body cap of a delivery.
 * @param check is given the URL that is about to be called, and throws if it must not be
 * @returns null if it passes, else what came back instead, as a sentence for the user
 */
export async function shakeHands(
  handshake: Handshake,
  url: string,
  verifyToken: string,
  check: (url: string) => Promise<void>,
): Promise<string | null> {
  const challenge = handshake.challenge();
  const called = handshake.url(url, challenge, verifyToken);
  await check(called);
  // Whoever changes a webhook's URL need not know its token, and receivers say what they did not like.
  const hidden = new Redactor([verifyToken]);
  const request = { url: called, headers: { "user-agent": USER_AGENT }, timeoutMs: handshake.timeoutMs };
  const answer = await send(request, BODY_BYTES + hidden.reach);
  const said = new TextDecoder().decode(answer.body.subarray(0, BODY_BYTES));
  if (answer.status !== null && handshake.passes(answer.status, said, challenge)) return null;
  if (answer.status === null) return `The verification request got no answer (${answer.error}).`;
  const body = hidden.beginning(answer.body, BODY_BYTES).slice(0, SHOWN);
  return `The verification request was answered with status ${answer.status} and ${JSON.stringify(body)}; it takes 200 and the challenge in the body.`;
}
