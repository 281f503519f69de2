import type { Rejected, RejectedBatch } from "./contract.ts";

/** An isolate tells a source of its rejected callbacks at most this often, in milliseconds: junk costs next to nothing. */
const COLLECT_MS = 5000;
/** Of those that it collects meanwhile, the latest. */
const LATEST = 20;
/** Sources that are collected for at once. */
const MAX_SOURCES = 1000;

type Collected = RejectedBatch & { toldAt: number; waiting: boolean };

/** Callbacks that were not believed, collected by source. */
export class RejectionLog {
  readonly #bySource = new Map<string, Collected>();

  /**
   * Takes note of one.
   * @returns how long to wait before {@link take} is called for this source, in milliseconds; null if somebody is to
   *   call it already
   */
  note(source: string, rejected: Rejected): number | null {
    const collected = this.#bySource.get(source) ?? this.#begin(source);
    const { counts, latest } = collected;
    counts[rejected.cause] = (counts[rejected.cause] ?? 0) + 1;
    latest.push(rejected);
    if (latest.length > LATEST) latest.shift();
    if (collected.waiting) return null;
    collected.waiting = true;
    return Math.max(0, collected.toldAt + COLLECT_MS - rejected.at);
  }

  #begin(source: string): Collected {
    const [oldest] = this.#bySource.keys();
    if (this.#bySource.size >= MAX_SOURCES && oldest !== undefined) this.#bySource.delete(oldest);
    const collected = { counts: {}, latest: [], toldAt: 0, waiting: false };
    this.#bySource.set(source, collected);
    return collected;
  }

  /** What was collected for a source since the last time; null if nothing was. */
  take(source: string, now: number): RejectedBatch | null {
    const collected = this.#bySource.get(source);
    if (!collected) return null;
    const { counts, latest } = collected;
    this.#bySource.set(source, { counts: {}, latest: [], toldAt: now, waiting: false });
    return latest.length === 0 ? null : { counts, latest };
  }
}
