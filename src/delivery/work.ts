import type { StoredEvent } from "../events/contract.ts";
import { decodeEvents } from "../events/record.ts";
import type { Attempted } from "./attempt.ts";
import type { Head } from "./backlog.ts";
import { type AttemptHistory, type Entry, familyOf, type Outcome, type Sent } from "./parcel.ts";
import type { Begun } from "./probing.ts";

/** One delivery that is to be attempted now. */
export type Start = Begun & { seq: number; index: number; event: StoredEvent };

/** A parcel whose deliveries are being attempted: which have begun, and how they went. In memory alone. */
export class Work {
  head: Head;
  /** As the row has it. */
  history: AttemptHistory;
  /** UTF-16 units of its events. */
  readonly length: number;
  /** Of which no more than one delivery is attempted. */
  readonly probe: boolean;
  /** Whether the probe comes before its schedule has it: a failure uses nothing of that up. */
  readonly early: boolean;
  readonly outcomes = new Map<number, Outcome>();
  sent: Sent | undefined;
  /** How often the object had ended while it was at work on it before. */
  readonly lostBefore: number;
  /** How often who was to attempt it has ended: of the delivery with the most. */
  lost = 0;
  readonly #lostBy = new Map<number, number>();
  /** When the first outcome came that is not on disk, in milliseconds since 1970. */
  outcomeSince: number | undefined;
  readonly #entries: readonly Entry[];
  readonly #events: readonly StoredEvent[];
  #next = 0;
  /** Positions of those that were begun and not attempted, and when they may be begun again, in milliseconds since 1970. */
  #again: number[] = [];
  #againAt = 0;
  #underWay = 0;
  #stopped = false;

  /** @param events JSON array of stored events, in the history's order */
  constructor(head: Head, history: AttemptHistory, events: string, probe: boolean, early = false) {
    this.head = head;
    this.lostBefore = head.lost;
    this.history = history;
    this.length = events.length;
    this.probe = probe;
    this.early = early;
    this.#entries = history.entries;
    this.#events = decodeEvents(events);
  }

  /** Some of its deliveries have left the row. */
  shrink(head: Head, history: AttemptHistory): void {
    this.head = head;
    this.history = history;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Whether another of its deliveries may be started now. */
  mayGoOn(now: number): boolean {
    return this.#hasFresh || (!this.#stopped && this.#again.length > 0 && now >= this.#againAt);
  }

  /** Whether some of its deliveries are to be started still, now or later. */
  get hasMore(): boolean {
    return this.#hasFresh || (!this.#stopped && this.#again.length > 0);
  }

  get #hasFresh(): boolean {
    return !this.#stopped && this.#next < this.#entries.length && (!this.probe || this.#next === 0);
  }

  /** Nothing more of it starts. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * The next delivery, the oldest first; undefined after the last one.
   * @param now in milliseconds since 1970
   */
  start(round: number, now: number, extra = false): Start | undefined {
    const again = !this.#stopped && now >= this.#againAt ? this.#again.shift() : undefined;
    const position = again ?? (this.#hasFresh ? this.#next++ : undefined);
    const entry = position === undefined ? undefined : this.#entries[position];
    const event = position === undefined ? undefined : this.#events[position];
    if (!entry || !event) return undefined;
    this.#underWay++;
    const delivery = `${familyOf(this.head.seq)}.${entry.index}`;
    return { seq: this.head.seq, index: entry.index, event, round, delivery, probe: this.probe, extra };
  }

  /** How often whoever was to attempt a delivery has ended. */
  lostOf(index: number): number {
    return this.#lostBy.get(index) ?? 0;
  }

  /** Whether an attempt of a delivery had failed by a moment, in milliseconds since 1970. */
  hasFailedBy(index: number, at: number): boolean {
    const entry = this.#entries.find((each) => each.index === index);
    return entry?.attempts.some((attempt) => attempt.error !== null && attempt.at + attempt.durationMs <= at) ?? false;
  }

  /**
   * How an attempt ended.
   * @param again when a delivery that was not attempted may be begun again, in milliseconds since 1970
   */
  ended(index: number, { outcome, sent, lost }: Attempted, now: number, again: number): void {
    this.#underWay--;
    if (lost) this.#lostBy.set(index, this.lostOf(index) + 1);
    this.lost = Math.max(this.lost, this.lostOf(index));
    if (outcome) {
      this.outcomes.set(index, outcome);
      this.outcomeSince ??= now;
      this.sent = sent ?? this.sent;
      return;
    }
    if (this.probe) {
      this.#stopped = true;
      return;
    }
    this.#again.push(this.#entries.findIndex((entry) => entry.index === index));
    this.#again.sort((a, b) => a - b);
    this.#againAt = again;
  }
}
