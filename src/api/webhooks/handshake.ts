import { openVerifyToken } from "../../config/endpoints.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { shakeHands } from "../../delivery/handshake.ts";
import { dialectOf } from "../../systems/index.ts";
import { ApiError, invalidField } from "../problem.ts";
import { checkTarget } from "../target.ts";

/**
 * Asks the endpoint, where its dialect does. To be called before anything is saved.
 * @throws ApiError handshake_failed with what came back; invalid_request without a verify token, or for a target that is
 *   not allowed: a stored URL may be from before the rules became stricter; unavailable if DNS does not say whether it is
 */
export async function requireHandshake(
  env: Env,
  dialectName: string,
  url: string,
  verifyToken: string | null | undefined,
  origin: string,
): Promise<void> {
  const { handshake } = dialectOf(dialectName);
  if (!handshake) return;
  if (!verifyToken) {
    throw invalidField("verify_token", "This dialect verifies its endpoints: set the token that yours expects");
  }
  const check = (called: string) => checkTarget(env, "url", called, origin);
  const complaint = await shakeHands(handshake, url, verifyToken, check);
  if (complaint !== null) throw new ApiError("handshake_failed", complaint);
}

/** The same for a change that sets the URL or the verify token of an endpoint. */
export async function requireHandshakeAgain(
  env: Env,
  row: EndpointRow,
  changes: { url?: string | undefined; verifyToken?: string | null | undefined },
  origin: string,
): Promise<void> {
  const verifyToken = changes.verifyToken === undefined ? await openVerifyToken(env, row) : changes.verifyToken;
  // As it was written: what is called is tidier, and may pass where this does not.
  if (changes.url === undefined && dialectOf(row.dialect).handshake) await checkTarget(env, "url", row.url, origin);
  await requireHandshake(env, row.dialect, changes.url ?? row.url, verifyToken, origin);
}
