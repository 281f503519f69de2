import type { DrizzleD1Database } from "drizzle-orm/d1";
import { database } from "./db.ts";
import { fromD1, isAway } from "./failures.ts";

/** For so long an isolate goes on with what it read, without asking, in milliseconds. */
export const FRESH_MS = 30_000;

/** So old it may be where D1 does not say anything newer, in milliseconds. */
export const OLDEST_MS = 3_600_000;

/** How many entries an isolate keeps of one kind. */
const MAX_ENTRIES = 10_000;

type Entry<Value> = { value: Value; readAt: number; isCurrent: boolean };

/**
 * What an isolate knows of D1, by keys: without asking for {@link FRESH_MS}, and while D1 is away for {@link OLDEST_MS}
 * since it was read. That there is nothing is never remembered, and what is known to be gone never comes back by an older
 * reading. When full, what was read longest ago leaves.
 */
export class Known<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>();
  /** Grows with all that was found or said to be out of date: what was being read meanwhile is not kept. */
  #epoch = 0;

  /**
   * What is known of a key, or else what D1 says; null if that is nothing.
   * @param read asks D1, once more if it fails for a moment
   * @throws DatabaseAway where nothing is known, and whatever else `read` throws
   */
  async get(
    env: Env,
    key: Key,
    now: number,
    read: (db: DrizzleD1Database) => PromiseLike<Value | null>,
  ): Promise<Value | null> {
    const before = this.#serving(key, now);
    if (before?.isCurrent && Math.abs(now - before.readAt) < FRESH_MS) return before.value;
    const epoch = this.#epoch;
    try {
      const value = await fromD1(() => read(database(env, before ? "known" : "lookUp")));
      if (value === null) this.drop(key);
      else if (epoch === this.#epoch) this.#set(key, { value, readAt: now, isCurrent: true });
      return value;
    } catch (error) {
      // Looked up again: meanwhile it may have become known to be gone.
      const serves = isAway(error) ? this.#serving(key, now) : undefined;
      if (!serves) throw error;
      return serves.value;
    }
  }

  #serving(key: Key, now: number): Entry<Value> | undefined {
    const entry = this.#entries.get(key);
    if (!entry || Math.abs(now - entry.readAt) < OLDEST_MS) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #set(key: Key, entry: Entry<Value>): void {
    this.#entries.delete(key);
    if (this.#entries.size >= MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, entry);
  }

  /** It was changed: D1 is asked next time, and what was known serves only while it is away. */
  outdate(key: Key): void {
    this.#epoch++;
    const entry = this.#entries.get(key);
    if (entry) entry.isCurrent = false;
  }

  /** It must not be gone by any more. */
  drop(key: Key): void {
    this.#epoch++;
    this.#entries.delete(key);
  }

  /** As {@link drop}, of all that match. */
  dropWhere(matches: (value: Value) => boolean): void {
    this.#epoch++;
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }
}
