import { afterAttempt, type Limit, OBJECTS, window } from "../lib/limit.ts";
import { CALLS_AT_ONCE, LENGTH_UNDER_WAY } from "./calls.ts";

/** A place among those that are called at once. Each of the two is to be said once; said again it changes nothing. */
export type Place = {
  /** The call is over, and what it carried is no longer under way. */
  called(): void;
  /** Makes room for another. @param done whether the endpoint has done what it was handed: that tells how long it takes */
  leave(done: boolean): void;
};

/**
 * Endpoints that may be called at once: how many their latency says, as objects that are far take their time however many are
 * called. In the order of asking.
 */
export class Places {
  #limit: Limit;
  #busy = 0;
  #length = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param limit what is known already of how many there may be */
  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /** @param length of what the call carries, in UTF-16 units */
  async take(length: number): Promise<Place> {
    if (this.#waiting.length > 0 || !this.#hasRoom) {
      // Whoever lets this one in has it enter, so that it is counted before the next.
      return new Promise((resolve) => this.#waiting.push(() => resolve(this.#enter(length))));
    }
    return this.#enter(length);
  }

  get #hasRoom(): boolean {
    return this.#busy < window(this.#limit, CALLS_AT_ONCE) && this.#length < LENGTH_UNDER_WAY;
  }

  #enter(length: number): Place {
    const at = Date.now();
    const underWay = ++this.#busy;
    this.#length += length;
    let carries = true;
    let stays = true;
    const called = () => {
      if (carries) this.#length -= length;
      carries = false;
      this.#letIn();
    };
    const leave = (done: boolean) => {
      if (!stays) return;
      stays = false;
      if (done) {
        const now = Date.now();
        const sample = { at, durationMs: now - at, how: "delivered" as const, underWay };
        this.#limit = afterAttempt(this.#limit, sample, now, OBJECTS);
      }
      this.#busy--;
      this.#letIn();
    };
    return { called, leave };
  }

  #letIn(): void {
    while (this.#hasRoom) {
      const next = this.#waiting.shift();
      if (!next) return;
      next();
    }
  }
}
