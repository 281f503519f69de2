import type { Meta } from "../lib/sql.ts";
import type { Rejected, RejectedBatch, RejectionReport } from "./contract.ts";
import type { Rejection } from "./provider.ts";

/** The latest that are kept. */
const LATEST = 20;
/** Between two events about them, in milliseconds. */
const TELL_EVERY_MS = 3600 * 1000;
/** Between two writes of them, in milliseconds: a flood costs a row a minute. */
const SAVE_EVERY_MS = 60_000;

type Kept = {
  since: number | null;
  counts: Partial<Record<Rejection, number>>;
  latest: Rejected[];
  provider: string;
  toldAt: number;
  /** How many there were when they were last told of. */
  toldCount: number;
};

const NONE: Kept = { since: null, counts: {}, latest: [], provider: "", toldAt: 0, toldCount: 0 };

/** What of a source's callbacks was not believed: counters, and a small ring of the latest. In memory, written rarely. */
export class Rejections {
  readonly #meta: Meta;
  #kept: Kept;
  #savedAt = 0;
  #unsaved = false;

  constructor(meta: Meta) {
    this.#meta = meta;
    this.#kept = meta.read<Kept>("rejections") ?? NONE;
  }

  take(provider: string, { counts, latest }: RejectedBatch, now: number): void {
    const before = this.#kept;
    const sums = { ...before.counts };
    for (const [cause, count] of Object.entries(counts) as [Rejection, number][])
      sums[cause] = (sums[cause] ?? 0) + count;
    this.#kept = {
      ...before,
      provider,
      since: before.since ?? now,
      counts: sums,
      latest: [...before.latest, ...latest].slice(-LATEST),
    };
    this.#unsaved = true;
    if (now - this.#savedAt >= SAVE_EVERY_MS) this.save();
  }

  save(): void {
    if (!this.#unsaved) return;
    this.#meta.write("rejections", this.#kept);
    this.#unsaved = false;
    this.#savedAt = Date.now();
  }

  get #total(): number {
    return Object.values(this.#kept.counts).reduce((sum, count) => sum + count, 0);
  }

  get untold(): boolean {
    return this.#total > this.#kept.toldCount && this.due(Date.now()) !== null;
  }

  /** What is to be told now; null if nothing is. */
  due(now: number): { at: number; data: { provider: string; at: string; cause: Rejection; rejected: number } } | null {
    const { toldAt, toldCount, provider, latest } = this.#kept;
    const last = latest.at(-1);
    const rejected = this.#total - toldCount;
    if (!last || rejected <= 0 || now - toldAt < TELL_EVERY_MS) return null;
    return { at: last.at, data: { provider, at: new Date(last.at).toISOString(), cause: last.cause, rejected } };
  }

  told(at: number): void {
    this.#kept = { ...this.#kept, toldAt: at, toldCount: this.#total };
    this.#unsaved = true;
    this.save();
  }

  /** The latest first. */
  report(): RejectionReport {
    const { since, counts, latest } = this.#kept;
    return { since, counts, latest: latest.toReversed() };
  }
}
