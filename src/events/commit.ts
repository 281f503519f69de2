import { eventId, MAX_EVENTS_PER_ROW } from "../lib/ids.ts";
import type { NewEvent, PublishedEvent, PublishResult } from "./contract.ts";
import { decodeEvents, type Entry, encodeEvent, positionOf, type Row } from "./record.ts";
import type { EventStore } from "./store.ts";

/** An idempotency key is remembered for 24 hours. */
export const KEY_LIFETIME_MS = 24 * 3600 * 1000;
/** UTF-16 units of a row's body: at three bytes each it stays below the 2 MB that a row may hold. */
const MAX_ROW_LENGTH = 600_000;

/** Rows being filled by one commit. */
class RowWriter {
  readonly #store: EventStore;
  readonly #at: number;
  readonly rows: Row[] = [];
  #seq: number;
  #entries: Entry[] = [];
  #length = 0;

  constructor(store: EventStore, lastSeq: number, at: number) {
    this.#store = store;
    this.#seq = lastSeq + 1;
    this.#at = at;
  }

  add(event: NewEvent): { published: PublishedEvent; seq: number; place: number } {
    const size = event.data.length + event.type.length + 200;
    const count = this.#entries.length;
    if (count === MAX_EVENTS_PER_ROW || (count > 0 && this.#length + size > MAX_ROW_LENGTH)) this.close();
    const place = this.#entries.length;
    const id = eventId({ at: this.#at, seq: this.#seq, index: place });
    const text = encodeEvent(id, event);
    const position = positionOf({ seq: this.#seq, index: place });
    this.#entries.push({ position, type: event.type, channels: event.channels, text });
    this.#length += text.length + 1;
    const published = { id, type: event.type, occurredAt: event.occurredAt ?? this.#at, duplicate: false };
    return { published, seq: this.#seq, place };
  }

  close(): void {
    if (this.#entries.length === 0) return;
    const row = { seq: this.#seq++, at: this.#at, entries: this.#entries };
    this.#store.insert({ seq: row.seq, at: row.at, body: `[${row.entries.map((entry) => entry.text).join(",")}]` });
    this.rows.push(row);
    this.#entries = [];
    this.#length = 0;
  }
}

/** Whether two events say the same: what one idempotency key may be used for twice. */
function equal(a: Comparable, b: Comparable): boolean {
  return (
    a.type === b.type &&
    a.data === b.data &&
    a.occurredAt === b.occurredAt &&
    a.channels.join("\n") === b.channels.join("\n")
  );
}

type Comparable = Pick<NewEvent, "type" | "data" | "occurredAt" | "channels">;

/** The event that a key was first used for, and whether another one says the same. */
type Earlier = { published: PublishedEvent; same: boolean };

function earlierIn(store: EventStore, key: string, event: NewEvent, now: number): Earlier | undefined {
  const used = store.used(key, now - KEY_LIFETIME_MS);
  if (!used) return undefined;
  const row = store.row(used.seq);
  const stored = row && decodeEvents(row.body)[used.place];
  const id = stored?.id ?? eventId({ at: used.at, seq: used.seq, index: used.place });
  const published = { id, type: event.type, occurredAt: stored?.occurredAt ?? used.at, duplicate: true };
  // Pruned before its key ended, there is nothing to compare with; the key still names that event.
  if (!stored) return { published, same: true };
  return { published, same: equal({ ...stored, occurredAt: used.given === 1 ? stored.occurredAt : null }, event) };
}

type FirstUse = { event: NewEvent; published: PublishedEvent };

/**
 * Writes what several callers publish: new events into as few rows as possible, duplicates not at all. A caller of whom
 * one event conflicts gets nothing stored. To be run inside a transaction.
 * @param lastSeq the newest row's number
 * @returns an answer for each caller in order, and the rows written
 */
export function commit(
  store: EventStore,
  calls: readonly (readonly NewEvent[])[],
  lastSeq: number,
  now: number,
): { answers: PublishResult[]; rows: Row[] } {
  const writer = new RowWriter(store, lastSeq, now);
  const firstUses = new Map<string, FirstUse>();

  const earlier = (event: NewEvent): Earlier | undefined => {
    if (event.idempotencyKey === null) return undefined;
    const fresh = firstUses.get(event.idempotencyKey);
    if (fresh) return { published: { ...fresh.published, duplicate: true }, same: equal(fresh.event, event) };
    return earlierIn(store, event.idempotencyKey, event, now);
  };

  const one = (events: readonly NewEvent[]): PublishResult => {
    // Conflicts first: a call is stored whole or not at all.
    const withinCall = new Map<string, NewEvent>();
    for (const [index, event] of events.entries()) {
      const key = event.idempotencyKey;
      if (key === null) continue;
      const twin = withinCall.get(key);
      const conflict = twin ? !equal(twin, event) : earlier(event)?.same === false;
      if (conflict) return { ok: false, reason: "idempotency_conflict", index };
      withinCall.set(key, event);
    }
    const published = events.map((event) => {
      const before = earlier(event);
      if (before) return before.published;
      const added = writer.add(event);
      if (event.idempotencyKey !== null) {
        firstUses.set(event.idempotencyKey, { event, published: added.published });
        const given = event.occurredAt === null ? 0 : 1;
        store.remember(event.idempotencyKey, { seq: added.seq, place: added.place, at: now, given });
      }
      return added.published;
    });
    return { ok: true, events: published };
  };

  const answers = calls.map(one);
  writer.close();
  return { answers, rows: writer.rows };
}
