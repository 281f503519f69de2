import { createHash } from "node:crypto";
import { sha256Hex } from "../lib/bytes.ts";
import type { Json } from "../systems/event-type.ts";
import { beginningOf, boundedKey, bytesInRow, withinBounds } from "./bounds.ts";
import type { KeptRecord } from "./contract.ts";
import { MAX_PAYLOAD, MAX_TEXT } from "./events.ts";
import { MAX_RECORDS, TOO_MANY, unreadMember } from "./members.ts";
import { jsonOf } from "./parsing/json.ts";
import { canonicalId } from "./parsing/mail-headers.ts";
import { type MailText, mailText } from "./parsing/mail-text.ts";
import type { ControlRecord, InboundRecord, Normalised } from "./provider.ts";

/**
 * What of a callback goes to its source beside the raw request, which has all of it. A call holds 32 MB and a row 2 MB; what
 * were more than that would be answered 503, and come again for ever.
 */

/** Of a mail's texts, so many characters are looked into for what is new: much more than an event shows, and less than 8 MB. */
const READ_TEXT = 500_000;
/** Of a message's text, so many characters: an event shows less than this. */
const KEPT_TEXT = 100_000;
/**
 * Of an event, in bytes, as JSON within JSON: so it lies in a row of 2 MB, beside what a webhook has answered, and with up to
 * 60,000 characters of its provider's own words. The long texts have what the other fields leave.
 */
const MAX_EVENT = 1_000_000;
/** Of the files of all records, what a receipt's row tells, in bytes of JSON; its headers are in the same row of 2 MB. */
const MAX_FILES = 500_000;
/** What it has more of each: an id. */
const FILE_ID = 40;
/** Of a provider's own words, one record keeps so many characters (an event shows less), all of a callback so many. */
const KEPT_RAW = 100_000;
export const KEPT_RAW_IN_ALL = 4_000_000;
/** So many of those that could not be read are told of by an event each. */
const MOST_ALERTS = 20;

/** Of `content` and of `referral`, so many characters of JSON: beside a text they fit into an event. */
const MAX_CONTENT = 60_000;

/** Of a call's 32 MiB, what body and records may have of it: some is left for headers. */
const CALL_BYTES = 32_500_000;

type KeptMessage = Extract<KeptRecord, { type: "inbound" }>;
type Kept = { records: KeptRecord[]; malformed: string | null };

/**
 * The records of a callback as its source keeps them; of one that could not be read why not, and a record that tells its people
 * so. What is too much of a record is cut off; a record that there is no room for is named by one in its place.
 * @param malformed why it could not be read; null if it could
 */
export function keep(records: readonly Normalised[], malformed: string | null, body: Uint8Array): Kept {
  if (malformed !== null) return { records: [unread(malformed)], malformed };
  return { records: fewAlerts(ofThisBody(keepAll(records, body), body)), malformed: null };
}

/** Its people must hear of it: what was said is in nobody's event. */
const unread = (why: string): ControlRecord => {
  return { type: "control", note: `A callback was taken and could not be read: ${why}`, dedup_key: null, alert: true };
};

/** Texts that are as long as their sender likes. */
const TEXTS: readonly string[] = ["text", "html", "reply", "quoted"];
/** What is bounded already. */
const WHOLE: readonly string[] = ["content", "referral"];
/** What is weighed by itself, or no field of an event. */
const APART: readonly string[] = [...TEXTS, "type", "raw", "dedup_key", "respond", "visit", "unread", "truncated"];

function keepAll(records: readonly Normalised[], body: Uint8Array): KeptRecord[] {
  // Records share what stands beside a list, such as which number it is about: that is weighed once.
  const known = new Map<object, number>();
  let room = CALL_BYTES - body.length;
  let ownWords = KEPT_RAW_IN_ALL;
  let files = MAX_FILES;
  const keepWithin = (record: Normalised, index: number): KeptRecord => {
    const { kept: one, own } = bounded(keepOne(record, body));
    const kept = fewFiles(one, files);
    if (kept.type === "inbound") files -= kept.media.reduce((sum, each) => sum + fileBytes(each), 0);
    room -= bytesInCall(own);
    const lean = leanWithin(kept, room);
    room -= textsOf(lean).reduce((sum, [, text]) => sum + bytesInCall(text), 0);
    if (room < 0) {
      const key = `${record.type}|${record.dedup_key ?? index}`;
      return unreadMember(`[${index}]`, "There is no room for it beside the body.", key);
    }
    if (lean.type !== "status" || lean.raw === null) return lean;
    const words = weightOf(lean.raw, known);
    if (words > KEPT_RAW || words > ownWords) return { ...lean, raw: null, ...cutOff(lean, ["raw"]) };
    ownWords -= words;
    return lean;
  };
  const kept = records.slice(0, MAX_RECORDS + 1).map(keepWithin);
  if (records.length <= MAX_RECORDS + 1) return kept;
  const rest = records.slice(MAX_RECORDS + 1);
  const keys = JSON.stringify(rest.map(({ type, dedup_key }) => [type, dedup_key]));
  return [...kept, unreadMember(`[${MAX_RECORDS + 1}…${records.length - 1}]`, TOO_MANY, keys)];
}

/** Names of fields that were cut, with those that were before; nothing where there are none. */
function cutOff(record: KeptRecord | InboundRecord, names: readonly string[]): { truncated?: string[] } {
  const before = ("truncated" in record ? record.truncated : undefined) ?? [];
  const all = [...new Set([...before, ...names])];
  return all.length > 0 ? { truncated: all } : {};
}

const fileBytes = (file: object): number => bytesInRow(JSON.stringify(file)) + FILE_ID;

/** As many files as there is room for in the receipt. */
function fewFiles(kept: KeptRecord, room: number): KeptRecord {
  if (kept.type !== "inbound") return kept;
  let left = room;
  const media = kept.media.filter((each) => {
    // None after one that was left out: by their places files are found again.
    left = left < 0 ? left : left - fileBytes(each);
    return left >= 0;
  });
  return media.length === kept.media.length ? kept : { ...kept, media, ...cutOff(kept, ["media"]) };
}

/** A record whose fields are within their bounds, and those as JSON without its long texts and its provider's own words. */
function bounded(record: KeptRecord): { kept: KeptRecord; own: string } {
  const { fields, cut } = withinBounds({ ...record }, [...APART, ...WHOLE]);
  const own = JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([name]) => !APART.includes(name))));
  let left = MAX_EVENT - bytesInRow(own);
  for (const name of record.type === "inbound" ? TEXTS : []) {
    const text = fields[name];
    if (typeof text !== "string") continue;
    const shown = bytesInRow(JSON.stringify(text.slice(0, MAX_TEXT)));
    // A character is seven bytes at most: as an escape, the backslash of which is escaped.
    const short =
      shown <= left ? beginningOf(text, KEPT_TEXT) : beginningOf(text, Math.floor(Math.max(0, left - 4) / 7));
    if (short.length < text.length) cut.push(name);
    fields[name] = short;
    left -= Math.min(left, shown);
  }
  // Only values have changed, none for one of another kind, and only fields that may be missing were left out.
  const kept = { ...fields, ...cutOff(record, cut) } as KeptRecord;
  return { kept: kept.dedup_key ? { ...kept, dedup_key: boundedKey(kept.dedup_key) } : kept, own };
}

const textsOf = (kept: KeptRecord): [string, string][] =>
  Object.entries(kept).flatMap(([name, value]): [string, string][] =>
    TEXTS.includes(name) && typeof value === "string" ? [[name, value]] : [],
  );

/** Without its long texts, where there is no room for them in the call. */
function leanWithin(kept: KeptRecord, room: number): KeptRecord {
  const texts = textsOf(kept);
  if (texts.reduce((sum, [, text]) => sum + bytesInCall(text), 0) <= room) return kept;
  const names = texts.map(([name]) => name);
  if (kept.type === "generic") return { ...kept, text: null, raw: null, ...cutOff(kept, ["payload"]) };
  if (kept.type !== "inbound") return kept;
  return { ...kept, ...Object.fromEntries(names.map((name) => [name, null])), ...cutOff(kept, names) };
}

/** Two bytes a character, unless all of them are of Latin-1: so V8 writes texts. */
const bytesInCall = (text: string): number => (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length;

/** What could not be read is known by the whole of the callback: the same nonsense in another one is told of once more. */
function ofThisBody(records: readonly KeptRecord[], body: Uint8Array): readonly KeptRecord[] {
  if (!records.some((record) => record.type === "control" && record.unread)) return records;
  const hash = createHash("sha256").update(body).digest("hex");
  return records.map((record) =>
    record.type === "control" && record.unread
      ? { ...record, dedup_key: `unread|${sha256Hex(`${record.dedup_key}|${hash}`)}` }
      : record,
  );
}

/** A batch of which nothing could be read is no reason for thousands of events. */
function fewAlerts(records: readonly KeptRecord[]): KeptRecord[] {
  const total = records.filter((record) => record.type === "control" && record.unread).length;
  let told = 0;
  return records.map((record) => {
    if (record.type !== "control" || !record.unread || total <= MOST_ALERTS) return record;
    told++;
    if (told < MOST_ALERTS) return record;
    if (told > MOST_ALERTS) return { ...record, alert: false };
    return { ...record, note: `${record.note} (and ${total - MOST_ALERTS} more, see the receipt)` };
  });
}

function keepOne(record: Normalised, body: Uint8Array): KeptRecord {
  if (record.type === "generic") return keepPayload(record, body);
  if (record.type !== "inbound") return record;
  const { subject, channel } = record;
  const html = record.html && beginningOf(record.html, READ_TEXT);
  const text = record.text && beginningOf(record.text, READ_TEXT);
  const parts = channel === "email" ? mailText({ text, html, subject }) : null;
  return {
    ...record,
    ...(channel === "email" ? idsOf(record) : {}),
    media: record.media.map(({ bytes: _, ...rest }) => rest),
    ...(parts === null ? {} : { text: parts.text }),
    ...(html ? { html } : {}),
    ...(parts === null ? {} : partsShown(parts, record)),
    ...boundedContent(record),
    // A message says all of it in its own words.
    raw: null,
  };
}

/** Each in its one form: answers are found by it. What a record is known by is of what its provider wrote. */
function idsOf({ message_id, mail_id, in_reply_to, references }: InboundRecord): Partial<InboundRecord> {
  return {
    message_id: message_id === null ? null : canonicalId(message_id),
    ...(mail_id ? { mail_id: canonicalId(mail_id) } : {}),
    ...(in_reply_to ? { in_reply_to: canonicalId(in_reply_to) } : {}),
    ...(references ? { references: references.map(canonicalId) } : {}),
  };
}

/** As much as an event shows of both together, which is as much as it shows of the text. */
function partsShown({ reply, quoted }: MailText, record: InboundRecord): Partial<KeptMessage> {
  const shown = reply === null ? null : beginningOf(reply, MAX_TEXT);
  const shownToo = quoted === null ? null : beginningOf(quoted, MAX_TEXT - (shown?.length ?? 0));
  const names = [...(shown === reply ? [] : ["reply"]), ...(shownToo === quoted ? [] : ["quoted"])];
  return { reply: shown, quoted: shownToo, ...cutOff(record, names) };
}

/** Both whole, or not at all: a part of them would say something else. */
function boundedContent(record: InboundRecord): Partial<InboundRecord> {
  const { content, referral } = record;
  const long = Object.entries({ content, referral }).filter(([, value]) => {
    return value !== undefined && JSON.stringify(value).length > MAX_CONTENT;
  });
  if (long.length === 0) return {};
  const names = long.map(([name]) => name);
  return { ...Object.fromEntries(names.map((name) => [name, null])), ...cutOff(record, names) };
}

/** A payload that no event shows is not kept twice beside the body, which has it. */
function keepPayload(record: Extract<Normalised, { type: "generic" }>, body: Uint8Array): KeptRecord {
  if (record.truncated?.includes("payload")) return { ...record, text: null };
  const text = record.text?.trim() ?? textOf(record.raw, body);
  if (text !== null) {
    // The text alone tells it.
    if (text.length <= MAX_PAYLOAD) return { ...record, text };
  } else if (weightOf(record.raw, new Map()) <= MAX_PAYLOAD && JSON.stringify(record.raw).length <= MAX_PAYLOAD) {
    return { ...record, text };
  }
  const kept: KeptRecord = { ...record, text: null, raw: null };
  return { ...kept, ...cutOff(kept, ["payload"]) };
}

/** The body as it was written, if that is what the payload was read from: to write it anew would change its numbers. */
function textOf(raw: Json, body: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
    return JSON.stringify(jsonOf(text)) === JSON.stringify(raw) ? text.trim() : null;
  } catch {
    return null;
  }
}

/**
 * About how long a value is as JSON, escapes left out. By recursion: callbacks' JSON nests 64 levels at most.
 * @param known of objects that were weighed before
 */
function weightOf(value: unknown, known: Map<object, number>): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return String(value).length;
  const before = known.get(value);
  if (before !== undefined) return before;
  let weight = 2;
  for (const [name, each] of Object.entries(value)) {
    weight += (Array.isArray(value) ? 1 : name.length + 4) + weightOf(each, known);
  }
  known.set(value, weight);
  return weight;
}
