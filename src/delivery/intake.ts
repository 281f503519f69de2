import type { Clock } from "../lib/coalesce.ts";
import type { Backlog, Head } from "./backlog.ts";
import type { Trigger } from "./contract.ts";
import { familyOf, firstOf, freshLedger, type Ledger, pick, select } from "./parcel.ts";
import type { Store } from "./store.ts";
import { MAX_PARCEL } from "./window.ts";

/** A parcel's events stay below this many UTF-16 units, a single larger event excepted. */
const MAX_PARCEL_LENGTH = 256 * 1024;
/** A new delivery's event: its stream position and JSON text. */
export type Arrival = { position: number; text: string };

/** Where a delivery got its place. */
export type Place = { family: number; index: number };

/** How new deliveries become parcels: each event once, as few rows as can be. */
export class Intake {
  readonly #store: Store;
  readonly #backlog: Backlog;
  readonly #clock: Clock;
  #newestFamily: number;
  #position: number;
  /** The youngest parcel, while events may still join it. */
  #tail: { head: Head; length: number } | undefined;
  /** Accepted in this turn and not written yet: a parcel that is released at once is written once. */
  readonly #unsaved = new Map<number, { place: number; ledger: Ledger; events: string }>();

  constructor(store: Store, backlog: Backlog, clock: Clock) {
    this.#store = store;
    this.#backlog = backlog;
    this.#clock = clock;
    const newest = store.newest();
    this.#newestFamily = newest.family;
    this.#position = newest.place;
  }

  /** Stream position of the last event accepted: earlier ones are ignored. */
  get position(): number {
    return this.#position;
  }

  /** Ignores events up to this position, too: for one that no row tells any more. */
  startAfter(position: number): void {
    this.#position = Math.max(this.#position, position);
  }

  get newestFamily(): number {
    return this.#newestFamily;
  }

  /** Whether events may still join this parcel. */
  isTail(head: Head): boolean {
    return this.#tail?.head === head;
  }

  /** From now on nothing joins the youngest parcel. */
  closeTail(): void {
    this.#tail = undefined;
  }

  isUnsaved(head: Head): boolean {
    return this.#unsaved.has(head.seq);
  }

  /**
   * Takes new deliveries in, those ignored that were taken in before. They are stored when {@link save} returns.
   * @param trigger for what does not come from the stream, and so has no position of its own
   * @returns the place of the first one taken in, if any
   */
  accept(arrivals: readonly Arrival[], trigger?: Trigger): Place | undefined {
    const fresh = trigger ? arrivals : arrivals.filter((arrival) => arrival.position > this.#position);
    let first: Place | undefined;
    for (const chunk of chunks(fresh)) {
      const place = trigger ? this.#position : (chunk.at(-1)?.position ?? this.#position);
      const texts = chunk.map((arrival) => arrival.text);
      const at = (trigger ? undefined : this.#join(texts, place)) ?? this.#found(texts, place, trigger);
      first ??= at;
      this.#position = place;
    }
    return first;
  }

  /** Adds to the youngest parcel, if it still waits and has room. */
  #join(texts: string[], place: number): Place | undefined {
    const tail = this.#tail;
    if (!tail || this.#unsaved.has(tail.head.seq)) return undefined;
    const length = tail.length + lengthOf(texts);
    if (tail.head.count + texts.length > MAX_PARCEL || length > MAX_PARCEL_LENGTH) return undefined;
    const index = tail.head.count;
    this.#store.append(tail.head.seq, texts.length, place, `[${texts.join(",")}]`);
    this.#backlog.update(tail.head, { count: index + texts.length }, this.#clock.now());
    tail.length = length;
    return { family: familyOf(tail.head.seq), index };
  }

  #found(texts: string[], place: number, trigger: Trigger | undefined): Place {
    const now = this.#clock.now();
    const family = ++this.#newestFamily;
    const head: Head = {
      seq: firstOf(family),
      count: texts.length,
      attempt: 0,
      dueAt: now,
      release: 0,
      releasedAt: null,
      lost: 0,
      round: 0,
      ordered: false,
    };
    const ledger = trigger ? { ...freshLedger(texts.length), trigger } : freshLedger(texts.length);
    this.#unsaved.set(head.seq, { place, ledger, events: `[${texts.join(",")}]` });
    this.#backlog.add(head, now);
    this.#tail = trigger ? undefined : { head, length: lengthOf(texts) };
    return { family, index: 0 };
  }

  /** Writes what {@link accept} took in, if anything. */
  save(): boolean {
    if (this.#unsaved.size === 0) return false;
    for (const [seq, { place, ledger, events }] of this.#unsaved) {
      const head = this.#backlog.get(seq);
      if (head) this.#store.insertOpen(head, place, ledger, events);
    }
    this.#unsaved.clear();
    return true;
  }

  /** Leaves the first `size` deliveries in a waiting parcel and moves the others to one of their own behind it. */
  split(head: Head, size: number): void {
    const now = this.#clock.now();
    const parcel = this.#unsaved.get(head.seq) ?? this.#store.open(head.seq);
    if (!parcel) return;
    const first = Array.from({ length: size }, (_, position) => position);
    const rest = Array.from({ length: head.count - size }, (_, position) => position + size);
    const events = JSON.parse(parcel.events) as unknown[];
    const restLedger = select(parcel.ledger, rest);
    const restEvents = JSON.stringify(pick(events, rest));
    const restHead: Head = { ...head, seq: this.#store.freeSeq(familyOf(head.seq), head.seq), count: rest.length };
    if (this.#tail?.head === head) this.#tail = undefined;
    this.#backlog.update(head, { count: size }, now);
    const firstLedger = select(parcel.ledger, first);
    const firstEvents = JSON.stringify(pick(events, first));
    if (this.#unsaved.has(head.seq)) {
      this.#unsaved.set(head.seq, { place: parcel.place, ledger: firstLedger, events: firstEvents });
      this.#unsaved.set(restHead.seq, { place: parcel.place, ledger: restLedger, events: restEvents });
    } else {
      this.#store.updateOpen(head, firstLedger, firstEvents);
      this.#store.insertOpen(restHead, parcel.place, restLedger, restEvents);
    }
    this.#backlog.add(restHead, now);
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
