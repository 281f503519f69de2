/** How many keys an isolate keeps count of. */
const MAX_KEYS = 10_000;

/**
 * How requests are counted by the bindings of wrangler.toml for tokens and sources: 20 of them are one unit of the limit
 * there, and the pause is its period.
 */
export const REQUESTS = { pack: 20, pauseMs: 10_000 };

/** What an isolate knows of one key. */
type Entry = { count: number; refusedUntil: number };

/** Cloudflare's Rate Limiting binding; undefined where a deployment has none, which then has no limit. */
export type RateLimitBinding = { limit(options: { key: string }): Promise<{ success: boolean }> } | undefined;

/**
 * Slows down who asks too often, by Cloudflare's Rate Limiting binding, which counts for a whole location. The isolate
 * counts as well, and tells the binding of every pack of requests by one call: a unit of the binding's limit is a pack.
 * What the binding refuses, the isolate refuses from then on without asking, until a pause is over. So the limiter costs a
 * request next to nothing, and lets through somewhat more than its limit says; it is no quota.
 */
export class RateLimiter {
  readonly #pack: number;
  readonly #pauseMs: number;
  readonly #entries = new Map<string, Entry>();

  /**
   * @param pack how many requests one unit of the binding's limit stands for
   * @param pauseMs for how long a key is refused; the binding's period, so that a count begins anew after it
   */
  constructor({ pack, pauseMs }: { pack: number; pauseMs: number }) {
    this.#pack = pack;
    this.#pauseMs = pauseMs;
  }

  /** For how many seconds requests of a key are refused; 0 if they are not. */
  wait(key: string, now: number): number {
    return Math.max(0, Math.ceil(((this.#entries.get(key)?.refusedUntil ?? 0) - now) / 1000));
  }

  /**
   * Counts a request.
   * @param weight how many ordinary ones it counts as
   * @returns what is under way where the binding is asked; its answer holds for later requests. Never rejects: without an
   *   answer everybody is let in.
   */
  count(binding: RateLimitBinding, key: string, now: number, weight = 1): Promise<void> | undefined {
    if (!binding) return undefined;
    const entry = this.#entries.get(key) ?? this.#add(key);
    entry.count += weight;
    if (entry.count < this.#pack) return undefined;
    entry.count -= this.#pack;
    return this.#ask(binding, key, entry, now);
  }

  async #ask(binding: NonNullable<RateLimitBinding>, key: string, entry: Entry, now: number): Promise<void> {
    try {
      const { success } = await binding.limit({ key });
      if (!success) entry.refusedUntil = now + this.#pauseMs;
    } catch (error) {
      console.error("The rate limit could not be asked:", error);
    }
  }

  #add(key: string): Entry {
    if (this.#entries.size >= MAX_KEYS) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry = { count: 0, refusedUntil: 0 };
    this.#entries.set(key, entry);
    return entry;
  }
}
