/**
 * An endpoint's open parcels, in memory: what a decision needs of them and no payload. Waiting ones are found by age,
 * scheduled ones by due time, released ones by their deadline.
 */

/** One open parcel. Times in milliseconds since 1970. */
export type Head = {
  readonly seq: number;
  /** How many deliveries. */
  count: number;
  /** Attempts that its deliveries have behind them since they were accepted or sent again. */
  attempt: number;
  /** Not before. */
  dueAt: number;
  /** Grows with every release: a message of an earlier release is worth nothing any more. */
  release: number;
  /** Null while it waits. */
  releasedAt: number | null;
  /** Releases since the last settlement: more than one means that some were lost. */
  lost: number;
  /** The streak's round it was released in. */
  round: number;
  /** Released to be sent one delivery after another. */
  ordered: boolean;
};

function insertionPoint(sorted: readonly Head[], before: (head: Head) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const head = sorted[middle];
    if (head && before(head)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const olderThan = (seq: number) => (head: Head) => head.seq < seq;
const dueBefore = (other: Head) => (head: Head) =>
  head.dueAt < other.dueAt || (head.dueAt === other.dueAt && head.seq < other.seq);

export class Backlog {
  readonly #heads = new Map<number, Head>();
  /** Due and unreleased, the oldest first. */
  readonly #waiting: Head[] = [];
  /** Due later, the soonest first. */
  readonly #scheduled: Head[] = [];
  readonly #released = new Map<number, Head>();
  #deliveries = 0;
  #inFlight = 0;

  get(seq: number): Head | undefined {
    return this.#heads.get(seq);
  }

  /** Deliveries that wait: due, scheduled or held. */
  get waitingDeliveries(): number {
    return this.#deliveries - this.#inFlight;
  }

  /** Deliveries that are released and not settled. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get parcels(): number {
    return this.#heads.size;
  }

  released(): IterableIterator<Head> {
    return this.#released.values();
  }

  oldestWaiting(): Head | undefined {
    return this.#waiting[0];
  }

  nextDue(): number | undefined {
    return this.#scheduled[0]?.dueAt;
  }

  /** Takes a head in, or in again after {@link remove}: where it belongs follows from its fields. */
  add(head: Head, now: number): void {
    this.#heads.set(head.seq, head);
    this.#deliveries += head.count;
    if (head.releasedAt !== null) {
      this.#released.set(head.seq, head);
      this.#inFlight += head.count;
    } else if (head.dueAt <= now) {
      this.#waiting.splice(insertionPoint(this.#waiting, olderThan(head.seq)), 0, head);
    } else {
      this.#scheduled.splice(insertionPoint(this.#scheduled, dueBefore(head)), 0, head);
    }
  }

  /** Takes a head out. Its fields must be changed only while it is out. */
  remove(head: Head): void {
    if (!this.#heads.delete(head.seq)) return;
    this.#deliveries -= head.count;
    if (this.#released.delete(head.seq)) {
      this.#inFlight -= head.count;
      return;
    }
    for (const [list, before] of [
      [this.#waiting, olderThan(head.seq)],
      [this.#scheduled, dueBefore(head)],
    ] as const) {
      const at = insertionPoint(list, before);
      if (list[at] === head) {
        if (at === 0) list.shift();
        else list.splice(at, 1);
        return;
      }
    }
  }

  /** Changes a head and files it anew. */
  update(head: Head, change: Partial<Omit<Head, "seq">>, now: number): void {
    this.remove(head);
    this.add(Object.assign(head, change), now);
  }

  /** Moves what has become due among what waits. */
  promote(now: number): void {
    const count = insertionPoint(this.#scheduled, (head) => head.dueAt <= now);
    for (const head of this.#scheduled.splice(0, count)) {
      this.#waiting.splice(insertionPoint(this.#waiting, olderThan(head.seq)), 0, head);
    }
  }

  /** Makes everything that is scheduled due. */
  expedite(): void {
    this.promote(Number.POSITIVE_INFINITY);
  }
}
