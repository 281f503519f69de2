import type { Status } from "./provider.ts";

/** How far a message has come. Callbacks arrive late, twice and in any order; what is known never goes back. */

/** On the way of a delivery, the later the higher. */
const RANK: Partial<Record<Status, number>> = { queued: 0, deferred: 1, sent: 2, delivered: 3, read: 4 };
/** Nothing follows on these, and what has arrived has not failed. */
const TERMINAL: ReadonlySet<Status> = new Set(["failed", "bounced", "dropped"]);
/** From here on a message has arrived. */
const ARRIVED = 3;

/** Whether a status of a message is about its delivery at all; what its reader does is not. */
const isDelivery = (status: Status): boolean => TERMINAL.has(status) || RANK[status] !== undefined;

/**
 * The state of a message after another one was told, or null where that changes nothing.
 * @param before undefined if nothing was known
 * @param bouncesLater whether what has arrived can bounce still
 */
export function advance(before: Status | undefined, told: Status, bouncesLater: boolean): Status | null {
  if (!isDelivery(told)) return null;
  if (before === undefined) return told;
  if (TERMINAL.has(before)) return null;
  const rank = RANK[before] ?? 0;
  if (!TERMINAL.has(told)) return (RANK[told] ?? 0) > rank ? told : null;
  if (rank < ARRIVED) return told;
  return told === "bounced" && bouncesLater ? told : null;
}
