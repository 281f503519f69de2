import { BriefCache } from "../config/brief-cache.ts";
import { type RateLimitBinding, RateLimiter } from "../lib/rate-limiter.ts";

/** A unit of the binding's limit is one secret that is not known, or so many times one that was refused before. */
const REPEATS = 20;
/** The period of the binding, and how long an address is slowed down. */
const PAUSE_MS = 60_000;
/** While an address is slowed down, it gets one look-up in so many milliseconds. */
const LOOK_UP_MS = 1000;

/**
 * Limits who tries one token after another that nobody has; a portal link and the id in a source's URL are tokens as well.
 * What is not known is counted by addresses: above the binding's limit, an address gets a look-up a second, and what it
 * sends beyond that is refused unseen.
 *
 * Others may be behind the same address. Who is known to be right from there goes on as before. Who is right and not known
 * yet takes the next look-up; what was wrong a moment ago takes none, so a program that repeats a revoked token delays
 * nobody.
 *
 * The secrets are kept in the isolate's memory: give digests, where the secret itself is worth something.
 */
export class UnknownTokenLimiter {
  readonly #limiter = new RateLimiter({ pack: REPEATS, pauseMs: PAUSE_MS });
  readonly #right = new BriefCache<string, true>();
  readonly #wrong = new BriefCache<string, true>();
  readonly #nextLookUp = new BriefCache<string, number>();

  /** In how many seconds to come again; 0: it may be looked up, and `right` or `wrong` is to be told how that went. */
  wait(address: string, secret: string, now: number): number {
    const wait = this.#limiter.wait(address, now);
    if (wait === 0 || this.#right.get(`${address} ${secret}`, now)) return 0;
    if (this.#wrong.get(secret, now) || (this.#nextLookUp.get(address, now) ?? 0) > now) return wait;
    this.#nextLookUp.set(address, now + LOOK_UP_MS, now);
    return 0;
  }

  right(address: string, secret: string, now: number): void {
    this.#right.set(`${address} ${secret}`, true, now);
  }

  /** @returns in how many seconds to come again; 0 if the address is not slowed down */
  async wrong(binding: RateLimitBinding, address: string, secret: string, now: number): Promise<number> {
    const weight = this.#wrong.get(secret, now) ? 1 : REPEATS;
    this.#right.drop(`${address} ${secret}`);
    this.#wrong.set(secret, true, now);
    await this.#limiter.count(binding, address, now, weight);
    return this.#limiter.wait(address, now);
  }
}
