import type { StoredEvent } from "../events/contract.ts";
import { decodeEvents, encodeEvent } from "../events/record.ts";
import type { Sql } from "../lib/sql.ts";
import type { Parcel, Store } from "./store.ts";

/** Rows handled in one go, before other calls get their turn; an open parcel may have a megabyte. */
const OPEN_AT_ONCE = 10;
const LOGGED_AT_ONCE = 500;
/** Log rows let go of before it is looked whether that was enough. */
const FEW = 10;
/** Of the bytes that an object may keep, what has expired takes no more than this part. */
const EXPIRED_SHARE = 0.25;

/** Deliveries that expired; times of their events in milliseconds since 1970. */
export type Expired = { count: number; oldestAt: number; newestAt: number };

/** What was let go of in one go. */
export type Pruned = { expired: Expired | null; more: boolean };

export const NOTHING_PRUNED: Pruned = { expired: null, more: false };

/** How long deliveries are kept, in milliseconds, and how many bytes an object may hold. */
export type Limits = { ageMs: number; bytes: number };

/** What the retention has to know of attempts that are under way; parcels are named by their rows. */
export type Work = {
  /** Whether an attempt of it is under way: it is not let go then. */
  isAtWork(parcel: number): boolean;
  /** It has been let go: nothing of it is attempted any more. */
  forget(parcel: number): void;
};

/**
 * Lets go of what an endpoint has kept long enough, or has no room for: the oldest first, in small chunks. What is done
 * leaves the log. What still waits, for an endpoint that is paused, disabled or failing, has *expired*: it goes to the log,
 * which tells of it without its payload.
 */
export class Retention {
  readonly #sql: Sql;
  readonly #store: Store;
  readonly #work: Work;
  readonly #limits: Limits;
  /** UTF-16 units of what has expired and is in the log, about; undefined before it was first asked for. */
  #expiredLength: number | undefined;

  constructor(sql: Sql, store: Store, work: Work, limits: Limits) {
    this.#sql = sql;
    this.#store = store;
    this.#work = work;
    this.#limits = limits;
  }

  get tooLarge(): boolean {
    return this.#sql.bytes > this.#limits.bytes;
  }

  /** When the oldest of all is to go, in milliseconds since 1970; undefined if there is nothing. */
  nextDue(): number | undefined {
    const times = [this.#store.oldestLogAt(LOGGED_AT_ONCE), this.#store.oldestOpenAt()].flatMap((at) => at ?? []);
    return times.length === 0 ? undefined : Math.min(...times) + this.#limits.ageMs;
  }

  /** To be called within a transaction. */
  pruneChunk(now: number): Pruned {
    const cutoff = now - this.#limits.ageMs;
    const old = this.#store.prune(cutoff, LOGGED_AT_ONCE);
    let gone = this.tooLarge ? this.#dropExpired() : 0;
    const oldestDone = this.tooLarge ? this.#store.oldestKept() : undefined;
    let expired: Expired | null = null;
    for (const parcel of this.#store.from("open_parcels", 0, OPEN_AT_ONCE)) {
      if (this.#work.isAtWork(parcel.seq)) continue;
      // What is let go of makes room at once: no more goes than has to.
      const mustGo = this.tooLarge && (oldestDone === undefined || parcel.seq < oldestDone);
      if (newestOf(parcel) >= cutoff && !mustGo) break;
      expired = together(expired, this.#expire(parcel, now));
      gone++;
    }
    if (expired === null) gone += this.#dropKept();
    return { expired, more: old === LOGGED_AT_ONCE || gone >= OPEN_AT_ONCE || (gone > 0 && this.tooLarge) };
  }

  /** Lets go of what has expired, as long as that is more than its share. @returns how many rows */
  #dropExpired(): number {
    this.#expiredLength ??= this.#store.expiredLength();
    let gone = 0;
    while (gone < LOGGED_AT_ONCE && this.#expiredLength > this.#limits.bytes * EXPIRED_SHARE) {
      const lengths = this.#store.dropExpired(FEW);
      if (lengths.length === 0) break;
      gone += lengths.length;
      this.#expiredLength -= lengths.reduce((sum, length) => sum + length, 0);
    }
    return gone;
  }

  /** Lets go of what is done, as long as there is too little room. @returns how many rows */
  #dropKept(): number {
    let gone = 0;
    while (gone < LOGGED_AT_ONCE && this.tooLarge) {
      const some = this.#store.dropKept(FEW);
      gone += some;
      if (some < FEW) break;
    }
    return gone;
  }

  #expire(parcel: Parcel, now: number): Expired {
    const events = decodeEvents(parcel.events);
    const told = `[${events.map(withoutPayload).join(",")}]`;
    this.#work.forget(parcel.seq);
    const seq = this.#store.hasLog(parcel.seq) ? this.#store.freeSeqBeside(parcel.seq) : parcel.seq;
    this.#store.insertLog(seq, now, "expired", parcel.place, parcel.history, told);
    this.#store.deleteOpen(parcel.seq);
    if (this.#expiredLength !== undefined) this.#expiredLength += told.length;
    const times = events.map(({ at }) => at);
    return { count: events.length, oldestAt: Math.min(...times), newestAt: Math.max(...times) };
  }
}

function withoutPayload(event: StoredEvent): string {
  const occurredAt = event.occurredAt === event.at ? null : event.occurredAt;
  return encodeEvent(event.id, { ...event, occurredAt, data: "null" });
}

const newestOf = ({ events }: Parcel): number => decodeEvents(events).at(-1)?.at ?? 0;

export function together(a: Expired | null, b: Expired): Expired {
  if (!a) return b;
  return {
    count: a.count + b.count,
    oldestAt: Math.min(a.oldestAt, b.oldestAt),
    newestAt: Math.max(a.newestAt, b.newestAt),
  };
}
