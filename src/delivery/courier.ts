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
   * @param ended is told of what has ended at once, and of what ends while that is under way together, next: one that takes
   *   long does not hold the places of the others. It belongs to the same call, and is not billed as one.
   * @returns those that it was not told of
   */
  async attempt(
    recipient: Recipient,
    deliveries: Delivery[],
    startBy: number,
    ended: (all: EndedPlace[]) => void | Promise<void>,
  ): Promise<EndedPlace[]> {
    const mayStart = () => Date.now() <= startBy;
    const some = deliveries.slice(0, SIDE_BY_SIDE);
    let open = some.length;
    const untold: EndedPlace[] = [];
    let telling: Promise<void> | undefined;
    const tell = async () => {
      while (open > 0 && untold.length > 0) await ended(untold.splice(0));
      telling = undefined;
    };
    const one = async (delivery: Delivery, place: number) => {
      const attempted = await attempt(this.env, recipient, delivery, mayStart);
      open--;
      untold.push({ place, attempted });
      if (open > 0 && !telling) {
        telling = tell();
        // Awaited below, when all have ended: until then nobody listens.
        telling.catch(() => {});
      }
    };
    await Promise.all(some.map(one));
    await telling;
    return untold;
  }
}

/** How the delivery at a place among those that were handed over has ended. */
export type EndedPlace = { place: number; attempted: Attempted };
