import { utf8 } from "../lib/bytes.ts";
import { receiptId } from "../lib/ids.ts";
import { joined } from "../lib/joined.ts";
import type { Accepted, Attachment, Callback, KeptRecord, ReceiptVerdict, UnreadMember } from "./contract.ts";
import { eventOf, type InboundEvent } from "./events.ts";
import { advance } from "./progress.ts";
import { providerOf } from "./providers/index.ts";
import type { SourceStore } from "./store.ts";
import { autoFor, isForTicket, ticketOf } from "./tickets.ts";

/** What a receipt tells beside its body and its events. */
export type About = {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  reason: string | null;
  attachments: Attachment[];
  /** The types of its events; undefined in what was stored before they were. */
  types?: string[];
  /** What of it could not be processed; undefined where all of it could. */
  unread?: UnreadMember[];
};

/** Of a receipt, so many parts that could not be processed are told. */
const MAX_UNREAD = 100;
/** Of a receipt, so many types of events are told. */
const MAX_TYPES = 100;

/** Each once. */
export const typesOf = (events: readonly InboundEvent[]): string[] =>
  [...new Set(events.map(({ type }) => type))].slice(0, MAX_TYPES);

/**
 * Stores a callback with what it becomes, unless there is nothing new in it. To be run inside a transaction.
 * @param sourceId the source's id
 * @param seq the number that its receipt gets
 */
export function recordCallback(store: SourceStore, sourceId: string, seq: number, callback: Callback): Accepted {
  const { at, request, replayKeys } = callback;
  const fresh = newRecords(store, callback.records);
  // Everything in it came before: there is nothing to keep, and nothing that would happen again.
  if (fresh.length === 0 && callback.records.length > 0) return { receipt: null, duplicate: true };
  for (const key of [...replayKeys.map(replayKey), ...fresh.flatMap(({ key }) => key ?? [])]) store.see(key, at);
  const id = receiptId({ at, seq });
  const events = fresh.flatMap((each) => eventOfRecord(store, sourceId, id, callback, each) ?? []);
  const records = fresh.map(({ record }) => record);
  const { method, url, headers } = request;
  const about: About = {
    method,
    url,
    headers,
    reason: reasonOf(callback, records),
    attachments: attachmentsOf(fresh),
    types: typesOf(events),
    ...unreadOf(records),
  };
  const told = JSON.stringify(about);
  const parts = inParts(events);
  const [first = "[]", ...others] = fitTogether(told, parts[0] ?? "") ? parts : ["[]", ...parts];
  store.addEvents(seq, others);
  store.insert({ seq, at, verdict: verdictOf(callback, records), about: told, events: first }, request.body);
  return { receipt: id, duplicate: false };
}

/** Characters of events in one row: at three bytes each it stays below the 2 MB that a row may hold. */
const PART_LENGTH = 300_000;

/** Of a receipt's row of 2 MB, what it tells and its first events may have; the ids of 10,000 events are 330,000 bytes more. */
const ROW_BYTES = 1_500_000;

const fitTogether = (...texts: readonly string[]): boolean =>
  texts.reduce((sum, text) => sum + utf8(text).length, 0) <= ROW_BYTES;

/** Events as JSON texts of lists, each short enough for a row. */
function inParts(events: readonly InboundEvent[]): string[] {
  const parts: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const each of events) {
    const text = JSON.stringify(each);
    if (length + text.length > PART_LENGTH) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(text);
    length += text.length + 1;
  }
  return parts.map((part) => `[${part.join(",")}]`);
}

/** Under what a record is remembered. */
export const recordKey = (type: KeptRecord["type"], key: string): string => `${type}|${key}`;

/** What the signatures of callbacks cover shares a table with what they say. */
export const replayKey = (key: string): string => `replay|${key}`;

/** `place` among all that the callback says: by it a file is found again in the raw request. */
type Fresh = { record: KeptRecord; key: string | null; place: number };

function newRecords(store: SourceStore, records: readonly KeptRecord[]): Fresh[] {
  const within = new Set<string>();
  return records.flatMap((record, place): Fresh[] => {
    const given = record.dedup_key ?? null;
    if (given === null) return [{ record, key: null, place }];
    const key = recordKey(record.type, given);
    if (within.has(key) || store.wasSeen(key)) return [];
    within.add(key);
    return [{ record, key, place }];
  });
}

function eventOfRecord(
  store: SourceStore,
  sourceId: string,
  receipt: string,
  { provider, origin, workspaceId, at, tickets }: Callback,
  { record: told, place }: Fresh,
): InboundEvent | null {
  const isMail = told.type === "inbound" && told.channel === "email";
  const record = isMail ? { ...told, auto: autoFor(told, sourceId) } : told;
  const base = `${origin}/api/v1/workspaces/${workspaceId}/sources/${sourceId}/receipts/${receipt}`;
  return eventOf(record, {
    provider,
    sourceId,
    receiptId: receipt,
    advanced: record.type === "status" && moveOn(store, provider, record, at),
    ticket: record.type === "inbound" && record.channel === "email" ? ticketFor(store, tickets, record, at) : null,
    attachmentUrl: (index) => `${base}/attachments/${attachmentId(place, index)}`,
  });
}

function moveOn(
  store: SourceStore,
  provider: string,
  { message_id, recipient, status }: Extract<KeptRecord, { type: "status" }>,
  at: number,
): boolean {
  if (message_id === null) return false;
  const message = joined([message_id, recipient]);
  const state = advance(store.status(message), status, providerOf(provider)?.bouncesLater ?? false);
  if (state !== null) store.setStatus(message, state, at);
  return state !== null;
}

function ticketFor(
  store: SourceStore,
  tickets: Callback["tickets"],
  record: Extract<KeptRecord, { type: "inbound" }>,
  at: number,
): string | null {
  const ticket = ticketOf(record, tickets, (id) => store.ticket(id));
  // Replies to this mail belong to the same ticket, whatever their subject and address.
  const id = record.mail_id ?? record.message_id;
  if (ticket !== null && id !== null) store.setTicket(id, ticket, at);
  return isForTicket(record.auto, tickets) ? ticket : null;
}

function verdictOf({ malformed }: Callback, records: readonly KeptRecord[]): ReceiptVerdict {
  if (malformed !== null) return "malformed";
  const unread = records.filter((record) => record.type === "control" && record.unread).length;
  if (unread > 0) return unread === records.length ? "malformed" : "partial";
  if (records.every(({ type }) => type === "ignored")) return "ignored";
  return records.every(({ type }) => type === "control" || type === "ignored") ? "control" : "verified";
}

function reasonOf({ malformed }: Callback, records: readonly KeptRecord[]): string | null {
  if (malformed !== null) return malformed;
  const told = records.flatMap((record) =>
    record.type === "ignored" ? [record.reason] : record.type === "control" ? [record.note] : [],
  );
  return told.length === 0 ? null : [...new Set(told)].join("; ").slice(0, 500);
}

function unreadOf(records: readonly KeptRecord[]): { unread?: UnreadMember[] } {
  const all = records.flatMap((record) => (record.type === "control" && record.unread ? [record.unread] : []));
  return all.length === 0 ? {} : { unread: all.slice(0, MAX_UNREAD) };
}

/** @param place of the record among all that the callback says; `index` of the file in the record */
export const attachmentId = (place: number, index: number): string => `${place}-${index}`;

function attachmentsOf(fresh: readonly Fresh[]): Attachment[] {
  return fresh.flatMap(({ record, place }) =>
    record.type === "inbound" ? record.media.map((each, index) => ({ ...each, id: attachmentId(place, index) })) : [],
  );
}
