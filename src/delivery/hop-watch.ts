import type { Clock } from "../lib/coalesce.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Message } from "./message.ts";

/** A released parcel that nobody has claimed for this long sits in a lane that nobody serves; in milliseconds. */
const HOP_AFTER_MS = 1000;
const PATIENCE_GROWTH = 4;
const LOOK_EVERY_MS = 250;
/** So many hops without a claim, and it is left to the alarm: a timer keeps the object in memory, which is billed. */
const MAX_HOPS = 3;

/**
 * Leaves a lane that is stuck. An invocation lasts as long as its slowest request, so an endpoint that begins to hang can
 * hold up a lane until its timeouts (the local emulation runs one invocation a queue, the platform 250). Its neighbours
 * notice that their parcels are not claimed, release them anew and send them by another lane; the stuck messages have
 * become worthless. Without a claim in between each hop waits four times as long, so that a system that is merely busy
 * is not made busier.
 */
export class HopWatch {
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #send: (messages: Message[]) => void;
  #armed = false;
  #patienceMs = HOP_AFTER_MS;
  #hopsInVain = 0;
  /** How often this endpoint has changed lanes. */
  count = 0;

  constructor(dispatcher: Dispatcher, clock: Clock, send: (messages: Message[]) => void) {
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.#send = send;
  }

  /** To be called when messages were sent. */
  released(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#clock.after(LOOK_EVERY_MS, () => {
      this.#armed = false;
      this.#look();
    });
  }

  /** To be called when a consumer has shown itself. */
  claimed(): void {
    this.#patienceMs = HOP_AFTER_MS;
    this.#hopsInVain = 0;
  }

  #look(): void {
    const unclaimed = this.#dispatcher.unclaimed();
    if (unclaimed.length === 0 || this.#hopsInVain === MAX_HOPS) return;
    const since = Math.min(...unclaimed.map((head) => head.releasedAt ?? Number.POSITIVE_INFINITY));
    // While a parcel of its own is at work, the lane may be waiting for nobody but this endpoint: it must not carry that
    // into the next one.
    const stuck = this.#clock.now() - since >= this.#patienceMs && this.#dispatcher.claims.size === 0;
    if (stuck && this.#dispatcher.active) {
      this.count++;
      this.#hopsInVain++;
      this.#patienceMs *= PATIENCE_GROWTH;
      this.#send(this.#dispatcher.releaseAgain(unclaimed));
    }
    this.released();
  }
}
