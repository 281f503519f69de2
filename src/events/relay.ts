import { DurableObject } from "cloudflare:workers";
import { afterAwake } from "../lib/deadline.ts";
import type { Limit } from "../lib/limit.ts";
import { callWithRetry } from "../lib/objects.ts";
import { BUSY_MS, SLOW_MS } from "./calls.ts";
import type { Arrival } from "./contract.ts";
import { Places } from "./places.ts";
import { lengthOf } from "./shares.ts";
import { Words } from "./words.ts";

/** An endpoint that is to be called. The position is what `accept` takes as `after`. */
export type Recipient = [endpoint: string, version: number, unconfirmed: number];

/**
 * How it has gone with the endpoint at a place among those that were handed over.
 *
 * Once, of its call: all that it was handed is on its disk (`stored`), or it has it and not yet on its disk (`kept`); it had
 * lost what it was handed before (`behind`), or could not be reached (`failed`). Before that, that it is `slow`.
 *
 * Once more of what it kept: it is on its disk (`confirmed`), or it ended before that (`lost`).
 */
export type Word = { place: number; how: How; tookMs: number };
export type How = Accepted | Stored | "slow";
type Accepted = "stored" | "kept" | "behind" | "failed";
type Stored = "confirmed" | "lost";

export type Listener = (words: Word[]) => void | Promise<void>;

/**
 * Calls endpoints in a stream's place: an object makes some thousand calls a second, and an event may be for more endpoints than
 * that. It stores nothing and decides nothing: the stream alone knows how far each has come.
 *
 * It tells of each endpoint as soon as there is something to tell, by a callback, which belongs to the same call and is not billed
 * as one. To come back after a bound with what there is would be simpler: but then the next event of a thousand waits for as
 * long as the slowest one is waited for; and whoever is called once more because he is slow has twice as much to do, which where all
 * are slow makes them slower.
 */
export class Relay extends DurableObject<Env> {
  #places: Places | undefined;

  /**
   * Hands the same to many endpoints. Ends when the last one has answered.
   * @param limit what the stream has learnt of how many may be called at once: a relay that was asleep has learnt nothing, and
   *   where the two share a thread it would take for the best what it makes of that
   * @param arrivals and recipients together no more than a call may carry, 32 MiB; they are carried once, and not for each
   * @throws what `told` throws: whoever has sent this is gone, and nobody else is called
   */
  async hand(arrivals: Arrival[], recipients: Recipient[], limit: Limit, told: Listener): Promise<void> {
    this.#places ??= new Places(limit);
    const places = this.#places;
    const words = new Words(told);
    const length = lengthOf(arrivals);
    const one = async (recipient: Recipient, place: number) => {
      const { called, leave } = await places.take(length);
      // A timer that is left keeps the object awake, which is billed.
      let done = () => {};
      try {
        words.check();
        const began = Date.now();
        const said: Promise<void>[] = [];
        const say = (how: How) => {
          const saying = words.say({ place, how, tookMs: Date.now() - began });
          // Awaited below, when all is said: until then nobody listens.
          saying.catch(() => {});
          said.push(saying);
        };
        done = afterAwake(SLOW_MS, () => {
          leave(false);
          say("slow");
        });
        const how = await this.#accept(arrivals, recipient);
        done();
        called();
        say(how);
        if (how === "kept") {
          const busy = setTimeout(() => leave(false), BUSY_MS);
          done = () => clearTimeout(busy);
          // At once: to be told by the stream whether to ask would take as long as the call has.
          const stored = await this.#stored(arrivals, recipient);
          leave(stored === "confirmed");
          say(stored);
        } else leave(how === "stored");
        await Promise.all(said);
      } finally {
        done();
        called();
        leave(false);
      }
    };
    await Promise.all(recipients.map(one));
  }

  async #accept(arrivals: Arrival[], [id, version, unconfirmed]: Recipient): Promise<Accepted> {
    try {
      const { stored, behind } = await callWithRetry(this.env.ENDPOINT, id, (endpoint) =>
        endpoint.accept(arrivals, version, unconfirmed),
      );
      if (behind) return "behind";
      return stored ? "stored" : "kept";
    } catch (error) {
      console.error(`${id}: cannot be reached by a relay:`, error);
      return "failed";
    }
  }

  async #stored(arrivals: Arrival[], [id]: Recipient): Promise<Stored> {
    try {
      const stored = await this.env.ENDPOINT.getByName(id).stored(arrivals.at(-1)?.position ?? 0);
      return stored ? "confirmed" : "lost";
    } catch (error) {
      console.error(`${id}: ended before it had stored what a relay handed it:`, error);
      return "lost";
    }
  }
}
