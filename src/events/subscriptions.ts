import type { Subscription } from "../config/endpoints.ts";
import { waitAtMost } from "../lib/deadline.ts";
import type { SubscriptionIndex } from "./match.ts";

/** Subscriptions are read again this often even if nobody said that they changed, in milliseconds. */
const LIVE_MS = 60_000;
/** So long changed subscriptions are waited for, if there are older ones that can serve; in milliseconds. */
const READING_MS = 30_000;
/**
 * After a crash rows may be fanned out again, and an endpoint younger than they are must not get them. Clocks of two
 * machines differ, though, and losing an event is worse than sending one from just before: milliseconds.
 */
export const CLOCK_DIFFERENCE_MS = 10_000;
/**
 * So old may subscriptions be by which rows are dealt out without a note of it on disk, in milliseconds: longer than they live, as
 * to read them again takes a moment.
 */
const STALE_MS = 90_000;

export type Index = SubscriptionIndex<Subscription>;

/** What the subscriptions need of the object that they are read for. */
export type SubscriptionsHost = {
  /** Reads the workspace's subscriptions. */
  load(): Promise<Index>;
  /** When those were read by which rows are being dealt out though they are old; kept on disk. */
  readonly staleSince: { read(): number | undefined; write(at: number): void; delete(): void };
  waitUntil(work: Promise<unknown>): void;
};

/** What was read, and what served until then. */
export type SubscriptionChange = {
  index: Index;
  before: Index | undefined;
  /** Who was made after this may have missed rows that the old ones served for: milliseconds since 1970. */
  from: number;
};

/**
 * A workspace's subscriptions as they are known in memory. Old ones serve while the present ones cannot be read; whoever has
 * missed something for that shows when they can, which may be in another life of the object.
 */
export class Subscriptions {
  readonly #host: SubscriptionsHost;
  /** When the last row of an earlier life was stored, in milliseconds since 1970; 0 without any. */
  readonly #lastRowAt: number;
  readonly #arrived: (change: SubscriptionChange) => void;
  #serving: { index: Index; loadedAt: number; dropped: boolean } | undefined;
  /** Changes whenever subscriptions are dropped: what was being loaded meanwhile is out of date. */
  #epoch = 0;
  #loading: Promise<Index> | undefined;

  /** @param arrived is told of all that is read, before anything is dealt out by it */
  constructor(host: SubscriptionsHost, lastRowAt: number, arrived: (change: SubscriptionChange) => void) {
    this.#host = host;
    this.#lastRowAt = lastRowAt;
    this.#arrived = arrived;
  }

  /** Whether rows were dealt out by some that are out of date: whoever is new among those of now has missed them. */
  get isStale(): boolean {
    return this.#host.staleSince.read() !== undefined;
  }

  /** They have changed. */
  forget(): void {
    this.#epoch++;
    if (this.#serving) this.#serving.dropped = true;
  }

  /** To be called before rows are dealt out. Who has missed something shows only when there are newer ones. */
  noteStale(): void {
    const serving = this.#serving;
    if (!serving || this.isStale) return;
    if (serving.dropped || Date.now() - serving.loadedAt > STALE_MS) this.#host.staleSince.write(serving.loadedAt);
  }

  async readAgain(): Promise<void> {
    try {
      await this.#reading();
    } catch (error) {
      console.error("Subscriptions could not be read again, trying again:", error);
    }
  }

  /** What matches now, if nothing has to be waited for. What is merely old serves while it is read again. */
  known(): Index | undefined {
    const known = this.#serving;
    if (!known || known.dropped) return undefined;
    if (Date.now() - known.loadedAt >= LIVE_MS) {
      this.#host.waitUntil(
        this.#reading().catch((error: unknown) => {
          console.error("Subscriptions could not be read again, going on with those that are known:", error);
        }),
      );
    }
    return known.index;
  }

  /** @throws what reading them throws, where none are known */
  async index(): Promise<Index> {
    const known = this.known();
    if (known) return known;
    const before = this.#serving;
    if (!before) return this.#reading();
    try {
      return await waitAtMost(READING_MS, this.#reading());
    } catch (error) {
      console.error("Changed subscriptions could not be read, going on with those that are known:", error);
      return before.index;
    }
  }

  #reading(): Promise<Index> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Index> {
    try {
      for (;;) {
        const epoch = this.#epoch;
        const now = Date.now();
        const index = await this.#host.load();
        if (epoch !== this.#epoch) continue;
        const before = this.#serving;
        const since = before?.loadedAt ?? this.#lastRowAt - STALE_MS;
        const from = Math.min(since, this.#host.staleSince.read() ?? since) - CLOCK_DIFFERENCE_MS;
        this.#serving = { index, loadedAt: now, dropped: false };
        this.#arrived({ index, before: before?.index, from });
        if (this.isStale) this.#host.staleSince.delete();
        return index;
      }
    } finally {
      this.#loading = undefined;
    }
  }
}
