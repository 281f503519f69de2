import { DurableObject } from "cloudflare:workers";
import { type Attempted, attempt, type Delivery, type Recipient, SIDE_BY_SIDE } from "./attempt.ts";

/**
 * Waits for answers in an endpoint's place: an object may have six requests open, and a busy endpoint needs more than that.
 * It stores nothing and decides nothing. Each endpoint has couriers of its own, so that one whose receiver hangs holds up
 * nobody else's.
 */
export class Courier extends DurableObject<Env> {
  /**
   * Attempts deliveries, all at once.
   * @param deliveries at most {@link SIDE_BY_SIDE}: the endpoint knows how many each of its couriers has
   * @param startBy milliseconds since 1970: what has not gone out by then does not go out, so that a pause needs to wait no
   *   longer than that
   * @param ended is told of each as soon as it has ended: one that takes long does not hold the places of the others. It
   *   belongs to the same call, and is not billed as one.
   */
  async attempt(recipient: Recipient, deliveries: Delivery[], startBy: number, ended: OnEnded): Promise<void> {
    const mayStart = () => Date.now() <= startBy;
    const one = async (delivery: Delivery, place: number) => {
      await ended(place, await attempt(this.env, recipient, delivery, mayStart));
    };
    await Promise.all(deliveries.slice(0, SIDE_BY_SIDE).map(one));
  }
}

/** @param place of the delivery among those that were handed over */
export type OnEnded = (place: number, attempted: Attempted) => void | Promise<void>;
