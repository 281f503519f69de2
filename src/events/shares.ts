import type { Subscription } from "../config/endpoints.ts";
import type { Arrival } from "./contract.ts";
import { meets } from "./match.ts";
import type { Row } from "./record.ts";
import { CLOCK_DIFFERENCE_MS, type Index } from "./subscriptions.ts";

/** Whether a row is older than an endpoint, which then does not get it. */
const isBefore = (row: Row, { createdAt }: Subscription): boolean => row.at < createdAt - CLOCK_DIFFERENCE_MS;

/** What one subscription gets of a row. */
export function shareOf(row: Row, subscription: Subscription): Arrival[] {
  if (isBefore(row, subscription)) return [];
  const heard = row.entries.filter(({ type, channels }) => meets(subscription, type, channels));
  return heard.map(({ position, text }) => ({ position, text }));
}

/** What each subscription gets of a row. */
export function sharesOf(row: Row, index: Index): Map<Subscription, Arrival[]> {
  const bySubscription = new Map<Subscription, Arrival[]>();
  for (const entry of row.entries) {
    const arrival = { position: entry.position, text: entry.text };
    for (const subscription of index.match(entry.type, entry.channels)) {
      if (isBefore(row, subscription)) continue;
      const arrivals = bySubscription.get(subscription);
      if (arrivals) arrivals.push(arrival);
      else bySubscription.set(subscription, [arrival]);
    }
  }
  return bySubscription;
}

/** In UTF-16 units. */
export const lengthOf = (arrivals: readonly Pick<Arrival, "text">[]): number =>
  arrivals.reduce((sum, { text }) => sum + text.length, 0);
