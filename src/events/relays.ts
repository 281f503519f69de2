import { afterAwake } from "../lib/deadline.ts";
import type { Limit } from "../lib/limit.ts";
import { relayName } from "../lib/objects.ts";
import type { Convoy } from "./convoy.ts";
import type { How, Recipient, Word } from "./relay.ts";
import { afterRelay, newRelayLimit } from "./relay-limit.ts";

/**
 * A relay of which nothing is heard for so long is gone, in milliseconds: it says of an endpoint after a second that it is slow, and
 * endpoints store what they were handed within two.
 */
const SILENT_MS = 6000;

/** The relays of a stream: which of them are at work, and how many more may be. */
export class Relays {
  readonly #env: Env;
  readonly #stream: string;
  #limit = newRelayLimit();
  /** Those that have not called all of theirs. */
  #calling = 0;
  /** In use; one that is gone keeps its number for as long as the platform waits for it. */
  readonly #numbers = new Set<number>();
  /** Of what those carry that are {@link #calling}, in UTF-16 units. */
  length = 0;

  /** @param stream the name of the stream's object */
  constructor(env: Env, stream: string) {
    this.#env = env;
    this.#stream = stream;
  }

  /** Whether one more may be sent. */
  get haveRoom(): boolean {
    return this.#calling < Math.floor(this.#limit.width);
  }

  /**
   * Has a relay call a convoy's endpoints. Resolves when all there is to say of them was said; never fails.
   * @param limit what is known of how many endpoints may be called at once
   * @param heard is told of each endpoint how its call has gone, and once more of what it kept ({@link How}), whatever happens to
   *   the relay: where that is gone, endpoints that were not heard of have `failed`, and of what they kept `silent` is said
   */
  async send(convoy: Convoy, limit: Limit, heard: (words: readonly Heard[]) => void): Promise<void> {
    const began = Date.now();
    const underWay = ++this.#calling;
    this.length += convoy.length;
    const calling = new Set(convoy.members.keys());
    const slow = new Set<number>();
    const asking = new Set<number>();
    const tally = { reached: 0, timed: 0, tookMs: 0, isTold: false };
    const tell = () => {
      if (tally.isTold) return;
      tally.isTold = true;
      const { reached, timed, tookMs } = tally;
      if (reached > 0 && timed === 0) return;
      const sample = { at: began, underWay, meanMs: timed > 0 ? tookMs / timed : null };
      this.#limit = afterRelay(this.#limit, sample, Date.now());
    };
    const take = (words: readonly Heard[]): void => {
      const before = calling.size;
      const heardNow = words.filter(({ place, how, tookMs }) => {
        if (how === "slow") {
          if (calling.delete(place)) slow.add(place);
          return slow.has(place);
        }
        // One that is slow, or does not say when it has stored what it was handed, tells nothing about the others.
        if ((how === "stored" && calling.has(place)) || how === "confirmed") {
          tally.tookMs += tookMs;
          tally.timed++;
        }
        if (how !== "failed") tally.reached++;
        const isFirst = calling.delete(place) || slow.delete(place);
        if (isFirst && how === "kept") asking.add(place);
        return isFirst || asking.delete(place);
      });
      if (before > 0 && calling.size === 0) {
        this.#calling--;
        this.length -= convoy.length;
      }
      heard(heardNow);
      if (calling.size + asking.size === 0) tell();
    };
    await this.#call(convoy, limit, take, () => calling.size + asking.size > 0);
    const left = (places: Iterable<number>, how: Heard["how"]) =>
      [...places].map((place) => ({ place, how, tookMs: 0 }));
    const rest = [...left(calling, "failed"), ...left(slow, "failed"), ...left(asking, "silent")];
    if (rest.length > 0) take(rest);
  }

  /**
   * Resolves when nothing more will be heard, however that comes.
   * @param expects whether something is to be heard soon
   */
  async #call(
    convoy: Convoy,
    limit: Limit,
    take: (words: readonly Word[]) => void,
    expects: () => boolean,
  ): Promise<void> {
    const number = this.#claim();
    const recipients = convoy.members.map(({ way }): Recipient => {
      return [way.subscription.id, way.subscription.version, way.unconfirmed];
    });
    let done = () => {};
    let giveUp = () => {};
    const silent = new Promise<void>((resolve) => {
      giveUp = () => {
        console.error(`${this.#stream}: nothing is heard of relay ${number}, going on without it`);
        resolve();
      };
    });
    const listen = () => {
      done();
      done = expects() ? afterAwake(SILENT_MS, giveUp) : () => {};
    };
    const call = async () => {
      try {
        await this.#env.RELAY.getByName(relayName(this.#stream, number)).hand(
          convoy.arrivals,
          recipients,
          limit,
          (words) => {
            take(words);
            listen();
          },
        );
      } catch (error) {
        console.error(`${this.#stream}: relay ${number} did not come back:`, error);
      }
      this.#numbers.delete(number);
    };
    listen();
    await Promise.race([call(), silent]);
    done();
  }

  #claim(): number {
    let number = 0;
    while (this.#numbers.has(number)) number++;
    this.#numbers.add(number);
    return number;
  }
}

/** What is heard of an endpoint by a relay, or where that is gone; the first is a place among the convoy's. */
export type Heard = { place: number; how: How | "silent"; tookMs: number };
