/**
 * Every id that leaves Posthorn. An event's carries the row that holds it and a delivery's that of its event, by which both are
 * sorted, so that a look-up by id needs no index (which would bill one more written row for each event and each delivery).
 */

/** Crockford's base 32: no I, L, O, U. https://www.crockford.com/base32.html */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export type EndpointId = `wh_${string}`;
export type SourceId = `src_${string}`;
export type EventId = `evt_${string}`;
export type TokenId = `tok_${string}`;
export type PortalLinkId = `lnk_${string}`;
/** A UUID: see {@link deliveryId}. */
export type DeliveryId = string & { readonly brand: "DeliveryId" };

function encode(value: number, length: number): string {
  let text = "";
  let rest = value;
  for (let place = 0; place < length; place++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function decode(text: string): number {
  let value = 0;
  for (const character of text) value = value * 32 + ALPHABET.indexOf(character);
  return value;
}

function randomText(length: number): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += ALPHABET.charAt(byte % 32);
  return text;
}

/** A ULID (https://github.com/ulid/spec): 48 bits of milliseconds, 80 random bits. */
export function ulid(now: number): string {
  return encode(now, 10) + randomText(16);
}

export const newEndpointId = (now: number): EndpointId => `wh_${ulid(now)}`;
export const newSourceId = (now: number): SourceId => `src_${ulid(now)}`;
export const newTokenId = (now: number): TokenId => `tok_${ulid(now)}`;
export const newPortalLinkId = (now: number): PortalLinkId => `lnk_${ulid(now)}`;

/** Where an event is: the stream's row, and the place within it. */
export type EventPlace = { at: number; seq: number; index: number };

/** At most this many events share a row: their place takes two characters of the id. */
export const MAX_EVENTS_PER_ROW = 1024;

/**
 * `evt_` and 26 characters of the ULID's alphabet and length: time (10), row (9), place in the row (2), random (5).
 * Sorts by time, then by row.
 */
export function eventId({ at, seq, index }: EventPlace): EventId {
  return `evt_${encode(at, 10)}${encode(seq, 9)}${encode(index, 2)}${randomText(5)}`;
}

/** Undefined for what is not an event id. */
export function parseEventId(id: string): EventPlace | undefined {
  if (!/^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  const text = id.slice(4);
  return { at: decode(text.slice(0, 10)), seq: decode(text.slice(10, 19)), index: decode(text.slice(19, 21)) };
}

/** Where a receipt is: the row in its source. */
export type ReceiptPlace = { at: number; seq: number };

/** `rcp_` and 26 characters of the ULID's alphabet and length: time (10), row (16). Unique within its source. */
export const receiptId = ({ at, seq }: ReceiptPlace): string => `rcp_${encode(at, 10)}${encode(seq, 16)}`;

/** Undefined for what is not a receipt id. */
export function parseReceiptId(id: string): ReceiptPlace | undefined {
  if (!/^rcp_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  return { at: decode(id.slice(4, 14)), seq: decode(id.slice(14)) };
}

/** `aud_` and 26 characters of the ULID's alphabet and length: time (10), the entry's number (16). */
export const auditId = (at: number, number: number): string => `aud_${encode(at, 10)}${encode(number, 16)}`;

/**
 * Which delivery: an event's place in its stream, and which endpoint it is for. A test is of no stream: its index is
 * {@link INDEX_OF_TEST}, and its row that of the endpoint's own which was begun for it (delivery/parcel.ts).
 */
export type DeliveryPlace = EventPlace & { endpoint: number };

/** Bounds given by the bits of {@link deliveryId}. */
export const MAX_ENDPOINT_NUMBER = 2 ** 26 - 1;
export const MAX_DELIVERY_ROW = 2 ** 36 - 1;

/**
 * Streams that a workspace may have. Each has rows of its own numbers, so that a row tells its stream, wherever it is named: at
 * 100 commits a second, day and night, they last for almost three years of one stream.
 */
export const MAX_STREAMS = 8;
export const ROWS_OF_STREAM = (MAX_DELIVERY_ROW + 1) / MAX_STREAMS;

/** Which of a workspace's streams a row is of. */
export const streamOf = (seq: number): number => Math.floor(seq / ROWS_OF_STREAM);

/** The number before a stream's first row. */
export const beforeFirstOf = (stream: number): number => stream * ROWS_OF_STREAM;
/** No event of a stream has it. */
export const INDEX_OF_TEST = MAX_EVENTS_PER_ROW;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/**
 * A version 7 UUID (RFC 9562, 5.7): 48 bits of milliseconds, then in place of the random bits the delivery's place:
 * index (12 bits), endpoint number (26), row (36). Unique in a deployment, and the same however often an event is handed over.
 */
export function deliveryId({ at, endpoint, seq, index }: DeliveryPlace): DeliveryId {
  const time = hex(at, 12);
  const tail = hex(0b10 * 2 ** 26 + endpoint, 7) + hex(seq, 9);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(index, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}` as DeliveryId;
}

/** Undefined for what is not a delivery id. */
export function parseDeliveryId(id: string): DeliveryPlace | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7([0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{12})$/.exec(
    id.toLowerCase(),
  );
  if (!match) return undefined;
  const [, high, low, index, variant, node] = match as unknown as [string, string, string, string, string, string];
  const tail = variant + node;
  return {
    at: Number.parseInt(high + low, 16),
    index: Number.parseInt(index, 16),
    endpoint: Number.parseInt(tail.slice(0, 7), 16) % 2 ** 26,
    seq: Number.parseInt(tail.slice(7), 16),
  };
}
