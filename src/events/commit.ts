import { eventId, MAX_EVENTS_PER_ROW } from "../lib/ids.ts";
import { monthOf } from "../lib/month.ts";
import type { Earlier, NewEvent, PublishedEvent, PublishResult, Quota } from "./contract.ts";
import { decodeEvents, type Entry, encodeEvent, positionOf, type Row } from "./record.ts";
import type { EventStore, Mark } from "./store.ts";

/** An idempotency key is remembered for 24 hours, in milliseconds. */
export const KEY_LIFETIME_MS = 24 * 3600 * 1000;
/** UTF-16 units of a row's body: at three bytes each it stays below the 2 MB that a row may hold. */
const MAX_ROW_LENGTH = 600_000;

/** How many events counted in the UTC month of `now` so far, as the newest row tells. */
export const totalAt = (newest: Mark, now: number): number =>
  monthOf(newest.at).start === monthOf(now).start ? newest.total : 0;

/** Rows being filled by one commit. */
class RowWriter {
  readonly #store: EventStore;
  readonly #at: number;
  readonly rows: Row[] = [];
  /** The last row that was closed. */
  newest: Mark;
  /** Events that count this month, those that wait for their row included. */
  total: number;
  #seq: number;
  #entries: Entry[] = [];
  #length = 0;

  readonly #done: number;

  constructor(store: EventStore, newest: Mark, done: number, at: number) {
    this.#store = store;
    this.#done = done;
    this.newest = newest;
    this.total = totalAt(newest, at);
    this.#seq = newest.seq + 1;
    this.#at = at;
  }

  add(event: NewEvent, counts: boolean): { published: PublishedEvent; seq: number; place: number } {
    const size = event.data.length + event.type.length + 200;
    const count = this.#entries.length;
    if (count === MAX_EVENTS_PER_ROW || (count > 0 && this.#length + size > MAX_ROW_LENGTH)) this.close();
    const place = this.#entries.length;
    const id = eventId({ at: this.#at, seq: this.#seq, index: place });
    const text = encodeEvent(id, event);
    const position = positionOf({ seq: this.#seq, index: place });
    this.#entries.push({ position, type: event.type, channels: event.channels, text });
    this.#length += text.length + 1;
    if (counts) this.total++;
    const published = { id, type: event.type, occurredAt: event.occurredAt ?? this.#at, duplicate: false };
    return { published, seq: this.#seq, place };
  }

  close(): void {
    if (this.#entries.length === 0) return;
    this.newest = { seq: this.#seq++, at: this.#at, total: this.total };
    this.#store.insert(this.newest, `[${this.#entries.map((entry) => entry.text).join(",")}]`, this.#done);
    this.rows.push({ seq: this.newest.seq, at: this.#at, entries: this.#entries });
    this.#entries = [];
    this.#length = 0;
  }
}

/** Whether two events say the same: what one idempotency key may be used for twice. */
export function equal(a: Comparable, b: Comparable): boolean {
  return (
    a.type === b.type &&
    a.data === b.data &&
    a.occurredAt === b.occurredAt &&
    a.channels.length === b.channels.length &&
    a.channels.every((channel, at) => channel === b.channels[at])
  );
}

type Comparable = Pick<NewEvent, "type" | "data" | "occurredAt" | "channels">;

/** What an event's key was first used for, of what is stored; undefined for an event that has none, or a new one. */
export function earlierIn(store: EventStore, event: NewEvent, now: number): Earlier | undefined {
  const used = event.idempotencyKey === null ? undefined : store.used(event.idempotencyKey, now - KEY_LIFETIME_MS);
  if (!used) return undefined;
  const row = store.row(used.seq);
  const stored = row && decodeEvents(row.body)[used.place];
  const id = stored?.id ?? eventId({ at: used.at, seq: used.seq, index: used.place });
  const published = { id, type: event.type, occurredAt: stored?.occurredAt ?? used.at, duplicate: true };
  // Pruned before its key ended, there is nothing to compare with; the key still names that event.
  if (!stored) return { published, same: true };
  return { published, same: equal({ ...stored, occurredAt: used.given === 1 ? stored.occurredAt : null }, event) };
}

/** What one caller publishes. Without a quota nothing is refused for it, nor counted. */
export type PublishCall = { events: readonly NewEvent[]; quota: Quota | undefined };

type FirstUse = { event: NewEvent; published: PublishedEvent };

/**
 * Writes what several callers publish: new events into as few rows as possible, duplicates not at all. A caller of whom
 * one event conflicts, or whose new ones are more than the quota leaves, gets nothing stored. To be run inside a
 * transaction.
 * @param newest the newest row before
 * @param done the fan-out's cursor
 * @returns an answer for each caller in order, the rows written, and the newest one now
 */
export function commit(
  store: EventStore,
  calls: readonly PublishCall[],
  newest: Mark,
  done: number,
  now: number,
): { answers: PublishResult[]; rows: Row[]; newest: Mark } {
  const writer = new RowWriter(store, newest, done, now);
  const firstUses = new Map<string, FirstUse>();

  const earlier = (event: NewEvent): Earlier | undefined => {
    if (event.idempotencyKey === null) return undefined;
    const fresh = firstUses.get(event.idempotencyKey);
    if (fresh) return { published: { ...fresh.published, duplicate: true }, same: equal(fresh.event, event) };
    return earlierIn(store, event, now);
  };

  const one = ({ events, quota }: PublishCall): PublishResult => {
    // What may refuse it first: a call is stored whole or not at all.
    const withinCall = new Map<string, NewEvent>();
    let wanted = 0;
    for (const [index, event] of events.entries()) {
      const key = event.idempotencyKey;
      const twin = key === null ? undefined : withinCall.get(key);
      const before = twin ? { same: equal(twin, event) } : earlier(event);
      if (before?.same === false) return { ok: false, reason: "idempotency_conflict", index };
      if (!before) wanted++;
      if (key !== null) withinCall.set(key, event);
    }
    const used = writer.total;
    const limit = quota?.limit ?? Number.POSITIVE_INFINITY;
    // Repetitions alone want nothing: they are answered whatever was used since.
    if (wanted > 0 && used + wanted > limit) {
      return { ok: false, reason: "quota_exceeded", used, limit, wanted, at: now };
    }
    const published = events.map((event) => {
      const before = earlier(event);
      if (before) return before.published;
      const added = writer.add(event, quota !== undefined);
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
  return { answers, rows: writer.rows, newest: writer.newest };
}
