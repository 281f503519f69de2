import { isAway } from "../config/failures.ts";
import type { StoredEvent } from "../events/contract.ts";
import { heard } from "../events/match.ts";
import { dialectOf } from "../systems/index.ts";
import { compose } from "./compose.ts";
import { idOf } from "./delivery-id.ts";
import { impossible, outcomeOf, refused } from "./outcome.ts";
import type { Outcome, Sent } from "./parcel.ts";
import { BODY_BYTES, send } from "./request.ts";
import { type Sendable, sendingConfig } from "./sending-configs.ts";

/**
 * Requests that one object may have waiting for headers at once. The platform lets six wait and queues the seventh in silence
 * (https://developers.cloudflare.com/durable-objects/platform/limits/), where its deadline would run out; one is left for
 * a look-up in DNS.
 */
export const SIDE_BY_SIDE = 5;

/** Of an endpoint: which one, its number, and the version of its configuration that is to be used at the least. */
export type Recipient = { endpoint: string; number: number; version: number };

/** A delivery that is to be attempted: its row, its number in the family, and the event. */
export type Delivery = { seq: number; index: number; event: StoredEvent };

/** How it went. Null if no attempt was made, for a reason that lies with the service: the delivery waits on. */
export type Attempted = {
  outcome: Outcome | null;
  sent: Sent | undefined;
  /** Whether who was to make it has ended. */
  lost?: boolean;
};

/** Where the object writes all the time a request goes out after so many waits, and its clock runs while it is held. */
const MAX_WAITS = 3;

const NOT_MADE: Attempted = { outcome: null, sent: undefined };

/**
 * Makes one attempt of a delivery: signed and sent now. Never throws.
 * @param mayStart is asked last, after all that takes time: whether the request may still go out
 * @param gate resolves when all that its object has written is confirmed, undefined if it is: until then no request leaves the
 *   object, and its clock must not run
 */
export async function attempt(
  env: Env,
  { endpoint, number, version }: Recipient,
  delivery: Delivery,
  mayStart: () => boolean,
  gate: () => Promise<void> | undefined = () => undefined,
): Promise<Attempted> {
  let config: Sendable | null;
  try {
    config = await sendingConfig(env, endpoint, version);
  } catch (error) {
    console.error(`${endpoint}: what its requests are made of cannot be read:`, error);
    if (isAway(error)) return NOT_MADE;
    // A credential that does not open, say: it follows the schedule and ends, and says nothing of the endpoint.
    return { outcome: { ...impossible(delivery.index), ours: true }, sent: undefined };
  }
  // Deleted in between: its object is about to forget the delivery.
  if (!config) return NOT_MADE;
  const { sent } = config;
  try {
    const refusal = await config.refusal();
    if (refusal) return { outcome: refused(delivery.index, refusal), sent };
    return { outcome: await request(config, number, delivery, mayStart, gate), sent };
  } catch (error) {
    console.error(`${endpoint}: an attempt could not be made:`, error);
    return { outcome: impossible(delivery.index), sent };
  }
}

async function request(
  config: Sendable,
  endpoint: number,
  { seq, index, event }: Delivery,
  mayStart: () => boolean,
  gate: () => Promise<void> | undefined,
): Promise<Outcome | null> {
  const message = {
    ...event,
    channels: heard(event.channels, config),
    eventId: event.id,
    deliveryId: idOf(endpoint, seq, event),
    workspace: config.workspace,
  };
  let at: number;
  let composed: Awaited<ReturnType<typeof compose>>;
  let held = gate();
  for (let waits = 1; ; waits++) {
    if (!(await isOpen(held, endpoint))) return null;
    at = Date.now();
    const signing = { secrets: config.secretsAt(at), headers: config.headers };
    composed = await compose(dialectOf(config.dialect), message, signing, Math.floor(at / 1000));
    // Something may have been written while it waited, or was signed: then it is signed again, with the time it has become.
    held = waits < MAX_WAITS ? gate() : undefined;
    if (!held) break;
  }
  const { headers, body, signature } = composed;
  if (!mayStart()) return null;
  const { url, timeoutMs, hidden } = config;
  const answer = await send({ url, headers, body, timeoutMs }, BODY_BYTES + hidden.reach);
  return outcomeOf(index, at, signature, answer, hidden);
}

/** What the object has written is lost where that cannot be confirmed, and the object ends: that is no fault of the receiver. */
async function isOpen(gate: Promise<void> | undefined, endpoint: number): Promise<boolean> {
  try {
    await gate;
    return true;
  } catch (error) {
    console.error(`Endpoint ${endpoint}: what its object has written was not confirmed:`, error);
    return false;
  }
}
