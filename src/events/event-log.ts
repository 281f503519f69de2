import { MAX_EVENTS_PER_ROW, parseEventId } from "../lib/ids.ts";
import type { EventFilter, EventPage, StoredEvent } from "./contract.ts";
import { decodeEvents } from "./record.ts";
import type { EventStore } from "./store.ts";

/** The events of a stream, read from its rows. */

/** A filter that finds little must not hold the object up: the page ends after so many rows, or UTF-16 units of them. */
const ROWS_PER_PAGE = 500;
const LENGTH_PER_PAGE = 8_000_000;

/** Null if there is none of that id. */
export function getEvent(store: EventStore, id: string): StoredEvent | null {
  const place = parseEventId(id);
  const row = place && store.row(place.seq);
  const event = row && decodeEvents(row.body)[place.index];
  return event?.id === id ? event : null;
}

/** The newest first. The cursor is the last event that was looked at for the page before. */
export function listEvents(store: EventStore, filter: EventFilter): EventPage {
  const whole = filter.search === undefined ? undefined : wholeId(filter.search);
  if (whole !== undefined) {
    const event = getEvent(store, whole);
    return { events: event && passes(event, filter) ? [event] : [], next: null };
  }
  const after = filter.cursor === undefined ? undefined : parseEventId(filter.cursor);
  const events: StoredEvent[] = [];
  let seq = after?.seq ?? store.newest().seq;
  if (filter.until !== undefined) seq = Math.min(seq, store.lastBefore(filter.until + 1)?.seq ?? 0);
  let last: string | null = null;
  let length = 0;
  for (let looked = 0; looked < ROWS_PER_PAGE && length < LENGTH_PER_PAGE; looked++) {
    const [row] = store.upTo(seq, 1);
    if (!row || (filter.since !== undefined && row.at < filter.since)) return { events, next: null };
    const stored = decodeEvents(row.body);
    const from = after && row.seq === after.seq ? after.index : MAX_EVENTS_PER_ROW;
    for (const event of stored.slice(0, from).reverse()) {
      if (!passes(event, filter)) continue;
      if (events.length === filter.limit) return { events, next: events.at(-1)?.id ?? null };
      events.push(event);
    }
    last = stored[0]?.id ?? null;
    seq = row.seq - 1;
    length += row.body.length;
  }
  return { events, next: last };
}

function passes(event: StoredEvent, { type, since, until, search }: EventFilter): boolean {
  return (
    (type === undefined || event.type === type) &&
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at <= until) &&
    (search === undefined || event.id.toLowerCase().includes(search.toLowerCase()))
  );
}

/** An event's whole id, however it is written; undefined for text that is none. */
export function wholeId(text: string): string | undefined {
  const id = `${text.slice(0, 4).toLowerCase()}${text.slice(4).toUpperCase()}`;
  return parseEventId(id) && id;
}
