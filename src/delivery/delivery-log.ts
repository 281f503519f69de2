import type { StoredEvent } from "../events/contract.ts";
import { wholeId } from "../events/event-log.ts";
import { decodeEvents, positionOf } from "../events/record.ts";
import { type DeliveryPlace, type EventPlace, INDEX_OF_TEST, parseDeliveryId, parseEventId } from "../lib/ids.ts";
import type { Attempt, DeliveryFilter, DeliveryPage, DeliveryStatus, DeliverySummary } from "./contract.ts";
import { idOf, placeFor } from "./delivery-id.ts";
import { type Entry, familyOf, firstOf, MAX_FAMILY } from "./parcel.ts";
import type { LogState, Parcel, Sieve, Store, Table } from "./store.ts";

/** The delivery log, read from an Endpoint's rows. */

/** One delivery with all that its row knows of it. */
export type LoggedDelivery = { parcel: Parcel; position: number; entry: Entry; event: StoredEvent };

/** When the next attempt of a pending parcel is due, null if it is on its way or held; and whether a probe comes before. */
export type NextAttempt = (seq: number) => { at: number | null; waitsForProbe: boolean };

const NONE = { at: null, waitsForProbe: false };

/** Rows read at a time. A row holds up to 100 deliveries. */
const ROWS = 16;
/** Rows looked at at a time where few may be wanted: at first, and at the most. */
const SCANNED = { few: 50, most: 1000 };
/** A filter that finds little must not hold the object up: after this many deliveries the page ends where it is. */
const LOOKED_AT = 1000;

/** What can be told of rows without decoding them. */
type Wanted = { status: DeliveryStatus | undefined; text: string | undefined; failedAttempts: boolean | undefined };

/** Text that the row of every delivery contains that passes; undefined if nothing is known of it. */
function textOf({ type, eventId }: DeliveryFilter): string | undefined {
  if (eventId !== undefined) return `"id":${JSON.stringify(eventId)}`;
  return type === undefined ? undefined : `"type":${JSON.stringify(type)}`;
}

export function summary(endpoint: number, found: LoggedDelivery, nextAttempt: NextAttempt): DeliverySummary {
  const { parcel, entry, event } = found;
  const last: Attempt | undefined = entry.attempts.at(-1);
  const next = parcel.completedAt === null ? nextAttempt(parcel.seq) : NONE;
  return {
    id: idOf(endpoint, parcel.seq, event),
    eventId: event.id,
    type: event.type,
    status: parcel.state,
    attempts: entry.attempts.length,
    lastStatus: last?.status ?? null,
    lastError: last?.error ?? null,
    durationMs: last?.durationMs ?? null,
    createdAt: event.at,
    completedAt: parcel.completedAt,
    nextAttemptAt: next.at,
    waitsForProbe: next.waitsForProbe,
  };
}

/** A parcel's deliveries. */
export function unpack(parcel: Parcel): LoggedDelivery[] {
  const events = decodeEvents(parcel.events);
  return parcel.history.entries.flatMap((entry, position) => {
    const event = events[position];
    return event ? [{ parcel, position, entry, event }] : [];
  });
}

/** Rows down to this one were looked at of which some deliveries cannot be among those that are wanted. */
type Skipped = {
  seq: number;
  skipped: number;
  /** When the first event of that row was published, in milliseconds since 1970. */
  at: number;
};

function* rowsBefore(store: Store, table: Table, below: number, state: LogState | undefined): Generator<Parcel> {
  const only = state === "delivered" ? undefined : state;
  for (let next = below; ; ) {
    const rows = store.before(table, next, ROWS, only);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) return;
    next = last.seq;
  }
}

/** The same where few may be wanted: the others stay in the database. */
function* sieved(store: Store, table: Table, below: number, sieve: Sieve): Generator<Parcel | Skipped> {
  for (let next = below, limit = SCANNED.few; ; ) {
    const scan = store.scan(table, next, limit, sieve);
    if (!scan) return;
    for (const seq of scan.passed) {
      const parcel = store.parcel(table, seq);
      if (parcel) yield parcel;
    }
    yield { seq: scan.low, skipped: scan.skipped, at: store.publishedAt(table, scan.low) ?? 0 };
    if (scan.rows < limit) return;
    next = scan.low;
    limit = Math.min(SCANNED.most, Math.max(SCANNED.few, Math.ceil((LOOKED_AT * scan.rows) / scan.count)));
  }
}

/** Both tables as one, the newest row first. */
function* parcelsBefore(
  store: Store,
  { status, text, failedAttempts }: Wanted,
  below: number,
): Generator<Parcel | Skipped> {
  const state = status === "pending" ? undefined : status;
  const rows = (table: Table) =>
    text === undefined && !failedAttempts && state !== "delivered"
      ? rowsBefore(store, table, below, state)
      : sieved(store, table, below, { state, text, failedAttempts });
  const open = status === undefined || status === "pending" ? rows("open_parcels") : undefined;
  const log = status !== "pending" ? rows("log") : undefined;
  let a = open?.next().value;
  let b = log?.next().value;
  while (a || b) {
    if (a && (!b || a.seq >= b.seq)) {
      yield a;
      a = open?.next().value;
    } else if (b) {
      yield b;
      b = log?.next().value;
    }
  }
}

/** What was found down to a family: its deliveries, the greatest index first; and what was skipped before them. */
type Family = { number: number; found: LoggedDelivery[]; skipped: number; at: number };

/** Families in which some may be wanted, the youngest first. */
function* familiesUpTo(store: Store, wanted: Wanted, family: number): Generator<Family> {
  const next = (number: number): Family => ({ number, found: [], skipped: 0, at: Number.POSITIVE_INFINITY });
  let current = next(family);
  const isEmpty = () => current.found.length === 0 && current.skipped === 0;
  for (const row of parcelsBefore(store, wanted, firstOf(family + 1))) {
    if (familyOf(row.seq) !== current.number) {
      if (!isEmpty()) yield current;
      current = next(familyOf(row.seq));
    }
    if ("skipped" in row) {
      current.skipped += row.skipped;
      current.at = Math.min(current.at, row.at);
    } else if (wanted.status === undefined || row.state === wanted.status) {
      current.found.push(...unpack(row));
      current.found.sort((a, b) => b.entry.index - a.entry.index);
    }
  }
  if (!isEmpty()) yield current;
}

/** `<family>-<index>`: the last delivery that was looked at for the page before; null for what is not a cursor. */
export function parseCursor(cursor: string): { family: number; index: number } | null {
  const match = /^([0-9a-z]{1,8})-([0-9a-z]{1,2})$/.exec(cursor);
  return match ? { family: Number.parseInt(match[1] ?? "", 36), index: Number.parseInt(match[2] ?? "", 36) } : null;
}

/**
 * A page of the delivery log, the newest first. The order is that of families and indices, which a delivery keeps
 * wherever it goes, so nothing is missed or shown twice while it moves. An unreadable cursor starts at the top.
 */
export function list(store: Store, endpoint: number, filter: DeliveryFilter, nextAttempt: NextAttempt): DeliveryPage {
  const view = (found: LoggedDelivery): DeliverySummary => {
    const history = filter.withAttempts ? { history: [...found.entry.attempts] } : {};
    return { ...summary(endpoint, found, nextAttempt), ...history };
  };
  const named = filter.search === undefined ? undefined : findNamed(store, filter.search);
  if (named) return { deliveries: named.filter((each) => passes(endpoint, each, filter)).map(view), next: null };
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  const deliveries: DeliverySummary[] = [];
  let looked = 0;
  let last = "";
  const { status, failedAttempts } = filter;
  const wanted = { status, text: textOf(filter), failedAttempts };
  // What comes behind it is older still, or as much as streams may be behind one another.
  const isBefore = (at: number) => filter.since !== undefined && at < filter.since - store.disorderMs;
  for (const { number, found, skipped, at } of familiesUpTo(store, wanted, after?.family ?? MAX_FAMILY)) {
    if (last !== "" && (deliveries.length === filter.limit || looked >= LOOKED_AT)) return { deliveries, next: last };
    for (const each of found) {
      if (isBefore(each.event.at)) return { deliveries, next: null };
      if (after && number === after.family && each.entry.index >= after.index) continue;
      if (deliveries.length === filter.limit || looked >= LOOKED_AT) return { deliveries, next: last };
      looked++;
      last = `${number.toString(36)}-${each.entry.index.toString(36)}`;
      if (passes(endpoint, each, filter)) deliveries.push(view(each));
    }
    if (skipped === 0) continue;
    if (isBefore(at)) return { deliveries, next: null };
    looked += skipped;
    last = `${number.toString(36)}-0`;
  }
  return { deliveries, next: null };
}

function passes(endpoint: number, { parcel, entry, event }: LoggedDelivery, filter: DeliveryFilter): boolean {
  const text = filter.search?.toLowerCase();
  return (
    (filter.status === undefined || parcel.state === filter.status) &&
    (filter.type === undefined || event.type === filter.type) &&
    (filter.eventId === undefined || event.id === filter.eventId) &&
    (filter.since === undefined || event.at >= filter.since) &&
    (filter.until === undefined || event.at <= filter.until) &&
    (!filter.failedAttempts || entry.attempts.some(({ error }) => error !== null)) &&
    (text === undefined || event.id.toLowerCase().includes(text) || idOf(endpoint, parcel.seq, event).includes(text))
  );
}

/** What a whole id names, however old: at most one delivery. Undefined for text that is no whole id. */
function findNamed(store: Store, text: string): LoggedDelivery[] | undefined {
  const place = parseDeliveryId(text);
  if (place) return [findByPlace(store, place) ?? []].flat();
  const id = wholeId(text);
  const event = id && parseEventId(id);
  return event ? [findByEvent(store, event, id) ?? []].flat() : undefined;
}

export function findByPlace(store: Store, place: DeliveryPlace): LoggedDelivery | undefined {
  const isIt = ({ parcel, event }: LoggedDelivery) => {
    const { at, seq, index } = placeFor(place.endpoint, parcel.seq, event);
    return at === place.at && seq === place.seq && index === place.index;
  };
  if (place.index === INDEX_OF_TEST) return store.family(place.seq).flatMap(unpack).find(isIt);
  return findAt(store, place, isIt);
}

/** The first row of a table whose last event is at or after a stream position: rows of one stream are sorted by both. */
function lowerBound(store: Store, table: Table, position: number): { seq: number; place: number } | undefined {
  if (store.ofSeveralStreams) return store.placedAt(table, position);
  let low = 0;
  let high = store.lastSeq(table) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = store.probe(table, middle);
    if (row && row.place < position) low = row.seq + 1;
    else high = middle;
  }
  return store.probe(table, low);
}

/** The delivery of an event, found by the event's position in the stream. */
export function findByEvent(store: Store, event: EventPlace, eventId: string): LoggedDelivery | undefined {
  return findAt(store, event, (found) => found.event.id === eventId);
}

function findAt(store: Store, event: EventPlace, isIt: (found: LoggedDelivery) => boolean): LoggedDelivery | undefined {
  const position = positionOf(event);
  const bounds = (["open_parcels", "log"] as const).flatMap((table) => lowerBound(store, table, position) ?? []);
  const families = new Set(bounds.map((row) => familyOf(row.seq)));
  // A test sent right after the event shares its position, but its family is younger.
  for (const family of [...families].sort((a, b) => a - b)) {
    const found = store.family(family).flatMap(unpack).find(isIt);
    if (found) return found;
  }
  return undefined;
}
