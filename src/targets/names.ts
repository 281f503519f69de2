import { type Clock, systemClock } from "../lib/clock.ts";
import { LOOKUP_MS } from "./lookup.ts";
import type { Finding, Refusal } from "./resolve.ts";

/** What DNS says is believed for as long as it says, in milliseconds, but for no less and no more than this. */
export const LEAST_MS = 5000;
export const MOST_MS = 3_600_000;
/**
 * For so long beyond its end an answer still serves while the resolver is away, in milliseconds: few outages of a public
 * resolver last longer (1.1.1.1's of 2025-07-14 took an hour). Nobody gains by it who could not as well answer one thing
 * to us, and another to the request that follows.
 */
export const STALE_MS = 3_600_000;
/** Names kept, of a few hundred bytes each. */
const MAX_ENTRIES = 10_000;
/** A lookup of another invocation's is waited for no longer than this: were that one ended, it would never come back. */
const WAIT_MS = LOOKUP_MS + 500;

type Entry = { refusal: Refusal | null; until: number; staleUntil: number };
type Asking = { since: number; finding: Promise<Finding> };

/**
 * What DNS said of names, remembered: one lookup for each name and its time to live, however many ask and however often.
 * When full, the oldest leaves.
 */
export class Names {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Map<string, Asking>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * What DNS says against a name; null if nothing.
   * @param look asks DNS; called where nothing valid is remembered and nobody is asking already
   */
  async refusal(host: string, look: () => Promise<Finding>): Promise<Refusal | null> {
    const known = this.#entries.get(host);
    if (known && this.#clock.now() < known.until) return known.refusal;
    return this.#remember(host, await this.#find(host, look));
  }

  #find(host: string, look: () => Promise<Finding>): Promise<Finding> {
    const now = this.#clock.now();
    const asking = this.#asking.get(host);
    if (asking && now < asking.since + WAIT_MS) return this.#join(host, asking, now);
    const finding = look().finally(() => {
      if (this.#asking.get(host)?.finding === finding) this.#asking.delete(host);
    });
    this.#asking.set(host, { since: now, finding });
    return finding;
  }

  #join(host: string, { since, finding }: Asking, now: number): Promise<Finding> {
    const reason = `${host} could not be looked up in DNS just now.`;
    const tooLong = new Promise<Finding>((settle) => {
      const nothing: Finding = { refusal: { kind: "unavailable", reason }, ttlMs: 0 };
      this.#clock.after(since + WAIT_MS - now, () => settle(nothing));
    });
    return Promise.race([finding, tooLong]);
  }

  #remember(host: string, { refusal, ttlMs }: Finding): Refusal | null {
    const now = this.#clock.now();
    const until = now + Math.min(Math.max(ttlMs, LEAST_MS), MOST_MS);
    const before = this.#entries.get(host);
    if (refusal?.kind === "unavailable" && before && now < before.staleUntil) {
      return this.#keep(host, { ...before, until });
    }
    // Only addresses outlive their time: of a name that had none, nothing is known.
    const addresses = refusal === null || refusal.kind === "forbidden";
    return this.#keep(host, { refusal, until, staleUntil: addresses ? until + STALE_MS : 0 });
  }

  #keep(host: string, entry: Entry): Refusal | null {
    this.#entries.delete(host);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(host, entry);
    return entry.refusal;
  }
}
