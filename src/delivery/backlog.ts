/**
 * An endpoint's open parcels, in memory: what a decision needs of them and no payload. Waiting ones are found by age,
 * scheduled ones by due time. They are read from storage as they are needed, the oldest first: an endpoint that wakes up
 * with weeks of them must not read them all to send one.
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
  /** How often the object has ended while it was at work on this parcel. */
  lost: number;
};

/** Parcels stored after a number, the oldest first. */
export type ReadHeads = (after: number, limit: number) => Head[];

/**
 * What is attempted before its schedule has it uses nothing of that up: the attempt that it waits after is given back, so that
 * one that fails leaves it where it was.
 */
const broughtForward = ({ attempt }: Head, now: number): Pick<Head, "attempt" | "dueAt"> => ({
  attempt: Math.max(0, attempt - 1),
  dueAt: now,
});

/** Read at a time. */
const HEADS_AT_ONCE = 1000;

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
  readonly #read: ReadHeads;
  /** Everything stored up to this number is here. */
  #readTo = 0;
  #readAll = false;
  readonly #heads = new Map<number, Head>();
  /** Due and not at work, the oldest first. */
  readonly #waiting: Head[] = [];
  /** Due later, the soonest first. */
  readonly #scheduled: Head[] = [];
  readonly #atWork = new Set<Head>();

  constructor(read: ReadHeads) {
    this.#read = read;
  }

  /** Undefined also for one that was not read yet. */
  get(seq: number): Head | undefined {
    return this.#heads.get(seq);
  }

  isAtWork(head: Head): boolean {
    return this.#atWork.has(head);
  }

  /** The oldest that is due. */
  oldestWaiting(now: number): Head | undefined {
    this.#promote(now);
    while (this.#waiting.length === 0 && this.#readMore(now)) this.#promote(now);
    return this.#waiting[0];
  }

  /** The oldest that is due, of those that are wanted and are read by now: not of all that waits. */
  oldestDue(now: number, wanted: (head: Head) => boolean): Head | undefined {
    if (!this.oldestWaiting(now)) return undefined;
    return this.#waiting.find(wanted);
  }

  /** The oldest that is not at work, whenever it is due, of those that are wanted. */
  oldest(now: number, wanted: (head: Head) => boolean): Head | undefined {
    do {
      const candidates = [this.#waiting.find(wanted), ...this.#scheduled.filter(wanted)];
      let oldest: Head | undefined;
      for (const head of candidates) if (head && (!oldest || head.seq < oldest.seq)) oldest = head;
      // They are read the oldest first: what is not read yet is younger.
      if (oldest) return oldest;
    } while (this.#readMore(now));
    return undefined;
  }

  /** When the next one is due that is not due yet; undefined if there is none. */
  nextDue(now: number): number | undefined {
    while (this.#readMore(now));
    return this.#scheduled[0]?.dueAt;
  }

  #readMore(now: number): boolean {
    if (this.#readAll) return false;
    const heads = this.#read(this.#readTo, HEADS_AT_ONCE);
    for (const head of heads) {
      if (!this.#heads.has(head.seq)) this.#file(head, now);
    }
    this.#readTo = heads.at(-1)?.seq ?? this.#readTo;
    this.#readAll = heads.length < HEADS_AT_ONCE;
    return !this.#readAll || heads.length > 0;
  }

  /** Reads what is stored up to a number, so that {@link get} finds it. */
  readTo(seq: number, now: number): void {
    while (this.#readTo < seq && this.#readMore(now));
  }

  /** Takes a head in, or in again after {@link remove}: where it belongs follows from its fields. */
  add(head: Head, now: number): void {
    if (this.#readTo === 0) this.#readMore(now);
    // Behind what is stored and not read, it is read in its turn.
    if (!this.#readAll && head.seq > this.#readTo) return;
    // Stored before it is added, it may have been read just now.
    if (!this.#heads.has(head.seq)) this.#file(head, now);
  }

  #file(head: Head, now: number): void {
    this.#heads.set(head.seq, head);
    if (head.dueAt <= now) this.#waiting.splice(insertionPoint(this.#waiting, olderThan(head.seq)), 0, head);
    else this.#scheduled.splice(insertionPoint(this.#scheduled, dueBefore(head)), 0, head);
  }

  /** From now on its deliveries are being attempted: it waits no more. */
  begin(head: Head): void {
    this.#unfile(head);
    this.#atWork.add(head);
  }

  /** Takes a head out. Its fields must be changed only while it is out. */
  remove(head: Head): void {
    if (!this.#heads.delete(head.seq)) return;
    if (!this.#atWork.delete(head)) this.#unfile(head);
  }

  #unfile(head: Head): void {
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

  /** Changes a head that is not at work and sorts it in anew. */
  update(head: Head, change: Partial<Omit<Head, "seq">>, now: number): void {
    this.remove(head);
    this.add(Object.assign(head, change), now);
  }

  /** Makes everything due that is scheduled, as {@link broughtForward} has it; what is not read yet is as its rows say. */
  bringForward(now: number): void {
    this.#promote(now);
    for (const head of [...this.#scheduled]) this.update(head, broughtForward(head, now), now);
    for (const head of this.#atWork) if (head.dueAt > now) Object.assign(head, broughtForward(head, now));
  }

  /** Moves what has become due among what waits. */
  #promote(now: number): void {
    const count = insertionPoint(this.#scheduled, (head) => head.dueAt <= now);
    for (const head of this.#scheduled.splice(0, count)) {
      this.#waiting.splice(insertionPoint(this.#waiting, olderThan(head.seq)), 0, head);
    }
  }
}
