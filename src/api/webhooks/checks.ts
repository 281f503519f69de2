import { builtInNames } from "../../catalogue/index.ts";
import { closest, coversAny } from "../../catalogue/suggest.ts";
import { openVerifyToken } from "../../config/endpoints.ts";
import { listEventTypes } from "../../config/event-types.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { shakeHands } from "../../delivery/handshake.ts";
import { isPassedOn } from "../../inbound/providers/index.ts";
import { dialectOf } from "../../systems/index.ts";
import { refuseUrl } from "../../targets/evaluate.ts";
import { ApiError, invalidField } from "../problem.ts";

/**
 * To be called before a URL is stored, or called for somebody.
 * @param path the field that it came in
 * @param origin that this request was made to: the service is no target of its own
 * @throws ApiError invalid_request if requests must not go to this URL; unavailable if that cannot be known just now
 */
export async function checkTarget(env: Env, path: string, url: string, origin: string): Promise<void> {
  const refusal = await refuseUrl(env, url, new URL(origin).hostname);
  if (refusal === null) return;
  if (refusal.kind !== "unavailable") throw invalidField(path, refusal.reason);
  throw new ApiError("unavailable", `${path}: ${refusal.reason}`, { headers: { "Retry-After": "5" } });
}

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

/** Patterns that cover no type which the workspace knows, with their places. */
type Unknown = { place: number; pattern: string };

/**
 * Checks what a webhook is to subscribe to: a slip of the pen would be a webhook that waits for ever.
 * @param accepted patterns that need no further check: those that the webhook had before
 * @throws ApiError invalid_request naming the closest types for each pattern that covers none
 */
export async function requireKnownTypes(
  env: Env,
  workspaceId: number,
  patterns: readonly string[],
  accepted: () => Promise<readonly string[]> = async () => [],
): Promise<void> {
  if (unknownAmong(patterns, builtInNames).length === 0) return;
  const names = [...builtInNames, ...(await listEventTypes(env, workspaceId)).map(({ name }) => name)];
  const unknown = unknownAmong(patterns, names);
  if (unknown.length === 0) return;
  const before = await accepted();
  const errors = unknown
    .filter(({ pattern }) => !before.includes(pattern))
    .map(({ place, pattern }) => ({ path: `events.${place}`, message: notKnown(pattern, names) }));
  const [first] = errors;
  if (first) throw new ApiError("invalid_request", `${first.path}: ${first.message}`, { errors });
}

/** A 422 about a type that nobody knows. */
export function unknownType(path: string, type: string, own: readonly { name: string }[]): ApiError {
  return invalidField(path, notKnown(type, [...builtInNames, ...own.map(({ name }) => name)]));
}

function unknownAmong(patterns: readonly string[], names: readonly string[]): Unknown[] {
  return patterns.flatMap((pattern, place) =>
    isPassedOn(pattern) || coversAny(pattern, names) ? [] : [{ place, pattern }],
  );
}

function notKnown(pattern: string, names: readonly string[]): string {
  return `No event type matches ${pattern}. The closest are ${closest(pattern, names).join(", ")}; GET …/event-types lists all, and POST there adds one`;
}

/**
 * Refuses to send to a webhook that nothing goes out to: a promise to deliver would keep for as long as it stays so.
 * @throws ApiError webhook_inactive
 */
export function requireActive({ status, disabledReason }: Pick<EndpointRow, "status" | "disabledReason">): void {
  if (status === "active") return;
  const state = status === "paused" ? "It is paused" : `It was disabled (${disabledReason ?? "for its failures"})`;
  const repair = status === "paused" ? "" : "repair the receiver, then ";
  throw new ApiError(
    "webhook_inactive",
    `${state}: ${repair}PATCH the webhook with {"status": "active"}. What is held goes out then; ask for this again afterwards.`,
  );
}
