import type { Arrival } from "../events/contract.ts";
import { streamAt } from "../events/record.ts";
import type { Clock } from "../lib/clock.ts";
import type { Backlog, Head } from "./backlog.ts";
import type { Trigger } from "./contract.ts";
import { type AttemptHistory, familyOf, firstOf, freshHistory, MAX_PARCEL } from "./parcel.ts";
import type { Store } from "./store.ts";

/** A parcel's events stay below this many UTF-16 units, a single larger event excepted. */
const MAX_PARCEL_LENGTH = 256 * 1024;
/**
 * Events join a parcel for so long after its first one, in milliseconds: a parcel is kept until its last one is old enough, and
 * none is to be kept for much longer than was promised.
 */
const JOINED_FOR_MS = 3_600_000;

/** Where a delivery got its place. */
export type Place = { family: number; index: number };

/** A parcel that is in memory alone. */
export type Unsaved = { head: Head; place: number; history: AttemptHistory; events: string };

/** How new deliveries become parcels: each event once, as few rows as can be. */
export class Batcher {
  readonly #store: Store;
  readonly #backlog: Backlog;
  readonly #clock: Clock;
  #newestFamily: number;
  /** By the number of the stream. */
  readonly #positions: number[];
  /** Of the last event that was taken in, from whichever stream. */
  #place: number;
  /** The youngest parcel, while events may still join it. */
  #tail: { head: Head; length: number; since: number; place: number } | undefined;
  /** Whether the youngest parcel of an earlier life was looked up: only one that waits can be joined. */
  #lookedUp = false;
  /** Accepted and not written yet: a parcel that is delivered at once is written once. */
  readonly #unsaved = new Map<number, Unsaved>();

  constructor(store: Store, backlog: Backlog, clock: Clock) {
    this.#store = store;
    this.#backlog = backlog;
    this.#clock = clock;
    const newest = store.newest();
    this.#newestFamily = newest.family;
    this.#place = newest.place;
    this.#positions = store.positions();
  }

  /** By the number of the stream, the position of the last event accepted: earlier ones are ignored. */
  get positions(): readonly number[] {
    return this.#positions;
  }

  /** Whether an event at that position was taken in, or a later one of its stream. */
  has(position: number): boolean {
    return position <= (this.#positions[streamAt(position)] ?? 0);
  }

  /** Ignores events up to these positions, too: for those that no row tells any more. */
  startAfter(positions: readonly number[]): void {
    for (const [stream, position] of positions.entries()) {
      this.#positions[stream] = Math.max(this.#positions[stream] ?? 0, position);
    }
  }

  get newestFamily(): number {
    return this.#newestFamily;
  }

  /** From now on nothing joins this parcel. */
  close(seq: number): void {
    this.#lookedUp = true;
    if (this.#tail?.head.seq === seq) this.#tail = undefined;
  }

  /** From now on nothing joins the youngest parcel. */
  closeTail(): void {
    this.#lookedUp = true;
    this.#tail = undefined;
  }

  /** A parcel that is in memory alone. */
  unsaved(seq: number): Unsaved | undefined {
    return this.#unsaved.get(seq);
  }

  /** Whether something was taken in that a crash would lose. */
  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  /** Whether some of that lies behind parcels that are not read yet: it is found only once it is a row as they are. */
  get hasHidden(): boolean {
    return [...this.#unsaved.keys()].some((seq) => !this.#backlog.get(seq));
  }

  /**
   * Takes new deliveries of one stream in, those ignored that were taken in before. They are stored when {@link save} returns.
   * @param trigger for what does not come from the stream, and so has no position of its own
   * @returns the place of the first one taken in, if any
   */
  accept(arrivals: readonly Arrival[], trigger?: Trigger): Place | undefined {
    const fresh = trigger ? arrivals : arrivals.filter(({ position }) => !this.has(position));
    const stream = streamAt(fresh[0]?.position ?? 0);
    if (stream > 0) this.#store.indexPlaces();
    while (this.#positions.length <= stream) this.#positions.push(0);
    let first: Place | undefined;
    for (const chunk of chunks(fresh)) {
      const place = trigger ? this.#place : (chunk.at(-1)?.position ?? this.#place);
      const texts = chunk.map((arrival) => arrival.text);
      const at = (trigger ? undefined : this.#join(texts, place)) ?? this.#found(texts, place, trigger);
      first ??= at;
      this.#place = place;
      if (!trigger) this.#positions[stream] = place;
    }
    return first;
  }

  /** Adds to the youngest parcel, if it still waits and has room. */
  #join(texts: string[], place: number): Place | undefined {
    if (!this.#lookedUp) {
      this.#lookedUp = true;
      this.#tail = this.#store.tail();
    }
    const tail = this.#tail;
    if (!tail || this.#unsaved.has(tail.head.seq)) return undefined;
    // A row has one position.
    if (streamAt(tail.place) !== streamAt(place)) return undefined;
    if (this.#clock.now() - tail.since > JOINED_FOR_MS) return undefined;
    const length = tail.length + lengthOf(texts);
    if (tail.head.count + texts.length > MAX_PARCEL || length > MAX_PARCEL_LENGTH) return undefined;
    const head = this.#backlog.get(tail.head.seq) ?? tail.head;
    const index = head.count;
    this.#store.append(head.seq, texts.length, place, `[${texts.join(",")}]`);
    this.#backlog.update(head, { count: index + texts.length }, this.#clock.now());
    this.#tail = { ...tail, head, length, place };
    return { family: familyOf(head.seq), index };
  }

  #found(texts: string[], place: number, trigger: Trigger | undefined): Place {
    const now = this.#clock.now();
    const family = ++this.#newestFamily;
    const head: Head = { seq: firstOf(family), count: texts.length, attempt: 0, dueAt: now, lost: 0 };
    const history = trigger ? { ...freshHistory(texts.length), trigger } : freshHistory(texts.length);
    this.#unsaved.set(head.seq, { head, place, history, events: `[${texts.join(",")}]` });
    this.#backlog.add(head, now);
    // Behind rows that are not read yet it is read in its turn: it must be a row by then.
    if (!this.#backlog.get(head.seq)) this.save();
    this.#lookedUp = true;
    this.#tail = trigger ? undefined : { head, length: lengthOf(texts), since: now, place };
    return { family, index: 0 };
  }

  /** Writes what {@link accept} took in, if anything. */
  save(): boolean {
    if (this.#unsaved.size === 0) return false;
    for (const { head, place, history, events } of this.#unsaved.values()) {
      this.#store.insertOpen(head, place, history, events);
    }
    this.#unsaved.clear();
    return true;
  }

  /** Whether none that is older is in memory alone. */
  isOldestUnsaved(seq: number): boolean {
    return this.#unsaved.keys().next().value === seq;
  }

  /** Takes a parcel over that was never written: whoever takes it writes what is to be. */
  takeUnsaved(seq: number): Unsaved | undefined {
    const parcel = this.#unsaved.get(seq);
    this.#unsaved.delete(seq);
    return parcel;
  }
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length + 1, 1);

/** Arrivals in groups that make a parcel. */
function* chunks(arrivals: readonly Arrival[]): Generator<Arrival[]> {
  let chunk: Arrival[] = [];
  let length = 0;
  for (const arrival of arrivals) {
    if (chunk.length === MAX_PARCEL || (chunk.length > 0 && length + arrival.text.length > MAX_PARCEL_LENGTH)) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    chunk.push(arrival);
    length += arrival.text.length + 1;
  }
  if (chunk.length > 0) yield chunk;
}
