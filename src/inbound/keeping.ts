import type { Json } from "../catalogue/event-type.ts";
import { utf8 } from "../lib/bytes.ts";
import type { KeptRecord } from "./contract.ts";
import { MAX_PAYLOAD, MAX_TEXT } from "./events.ts";
import { type ControlRecord, type InboundRecord, MalformedCallback, type Normalised } from "./provider.ts";
import { jsonOf } from "./reading/json-callback.ts";
import { newText } from "./reading/reply.ts";

/**
 * What of a callback goes to its source beside the raw request, which has all of it. A call holds 32 MB and a row 2 MB; what
 * were more than that would be answered 503, and come again for ever.
 */

/** Things that one callback may tell of: SendGrid's and Mandrill's batches have some thousand at most. */
export const MAX_RECORDS = 10_000;
/** Of a message's text, so many characters: an event shows less than this. */
const KEPT_TEXT = 100_000;
/**
 * Of an event, in bytes, as JSON within JSON: so it lies in a row of 2 MB, beside its receipt's headers, beside what a
 * webhook has answered, and with up to 60,000 characters of its provider's own words. A mail whose headers are as long as
 * they may be has less.
 */
const MAX_EVENT = 1_000_000;
/** What an event has more of a file that came along: where it is to be fetched, at an origin of any length. As MAX_EVENT. */
const FILE_URL = 400;
/** Of the files of all records, what a receipt's row tells, in bytes of JSON; its headers are in the same row of 2 MB. */
const MAX_FILES = 1_000_000;
/** What it has more of each: an id. */
const FILE_ID = 40;
/** Of a provider's own words, one record keeps so many characters (an event shows less), all of a callback so many. */
const KEPT_RAW = 100_000;
export const KEPT_RAW_IN_ALL = 4_000_000;

/** Of `content` and of `referral`, so many characters of JSON: beside a text they fit into an event. */
const MAX_CONTENT = 60_000;

/** Of a call's 32 MiB, what body and records may have of it: some is left for headers. At two bytes a character. */
const CALL_BYTES = 32_500_000;

type Kept = { records: KeptRecord[]; malformed: string | null };

/**
 * The records of a callback as its source keeps them; of one that could not be read, or is too much to be kept, why not,
 * and a record that tells its people so.
 * @param malformed why it could not be read; null if it could
 */
export function keep(records: readonly Normalised[], malformed: string | null, body: Uint8Array): Kept {
  if (malformed !== null) return { records: [unread(malformed)], malformed };
  try {
    return { records: keepAll(records, body), malformed: null };
  } catch (error) {
    if (!(error instanceof MalformedCallback)) throw error;
    return keep([], error.message, body);
  }
}

/** Its people must hear of it: what was said is in nobody's event. */
const unread = (why: string): ControlRecord => {
  return { type: "control", note: `A callback was taken and could not be read: ${why}`, dedup_key: null, alert: true };
};

/** What is weighed by itself, or cut already. */
const APART: readonly string[] = ["raw", "text", "html", "reply"];

/** @throws MalformedCallback for more records, or a larger one, than can be kept */
function keepAll(records: readonly Normalised[], body: Uint8Array): KeptRecord[] {
  if (records.length > MAX_RECORDS) throw new MalformedCallback(`It tells of more than ${MAX_RECORDS} things.`);
  // Records share what stands beside a list, such as which number it is about: that is weighed once.
  const known = new Map<object, number>();
  let room = CALL_BYTES - body.length;
  let ownWords = KEPT_RAW_IN_ALL;
  let files = 0;
  return records.map((record) => {
    const kept = keepOne(record, body);
    const own = JSON.stringify(Object.fromEntries(Object.entries(kept).filter(([name]) => !APART.includes(name))));
    const media = kept.type === "inbound" ? kept.media : [];
    const urls = media.filter(({ url, provider_media_id }) => url === undefined && provider_media_id === undefined);
    if (bytesInRow(own) + bytesInRow(...shownOf(kept)) + FILE_URL * urls.length > MAX_EVENT) {
      throw new MalformedCallback("One thing in it is more than an event holds.");
    }
    files += utf8(JSON.stringify(media)).length + FILE_ID * media.length;
    if (files > MAX_FILES) throw new MalformedCallback("Its files are more than a receipt tells of.");
    const texts = kept.type === "inbound" ? [kept.text, kept.html, kept.reply] : [];
    room -= 2 * (own.length + texts.reduce((sum, text) => sum + (text?.length ?? 0), 0));
    if (room < 0) throw new MalformedCallback("It tells of more than can be kept beside it.");
    if (kept.type !== "status") return kept;
    const words = weightOf(kept.raw, known);
    if (words > KEPT_RAW || words > ownWords) return { ...kept, raw: null };
    ownWords -= words;
    return kept;
  });
}

/** Of a record's long texts, what its event shows. */
function shownOf(kept: KeptRecord): string[] {
  if (kept.type === "inbound")
    return [kept.text ?? "", kept.html ?? ""].map((text) => JSON.stringify(text.slice(0, MAX_TEXT)));
  if (kept.type !== "generic") return [];
  const payload = kept.text ?? JSON.stringify(kept.raw);
  return payload.length > MAX_PAYLOAD ? [] : [payload];
}

/** In UTF-8, of JSON that becomes a text of other JSON. */
const bytesInRow = (...json: readonly string[]): number =>
  json.reduce((sum, text) => sum + utf8(JSON.stringify(text)).length, 0);

function keepOne(record: Normalised, body: Uint8Array): KeptRecord {
  if (record.type === "generic") return { ...record, text: record.text?.trim() ?? textOf(record.raw, body) };
  if (record.type !== "inbound") return record;
  const { text, html, channel } = record;
  return {
    ...record,
    media: record.media.map(({ bytes: _, ...rest }) => rest),
    text: text === null ? null : text.slice(0, KEPT_TEXT),
    ...(html ? { html: html.slice(0, KEPT_TEXT) } : {}),
    ...(channel === "email" && text !== null ? { reply: newText(text).slice(0, KEPT_TEXT) } : {}),
    ...boundedContent(record),
    // A message says all of it in its own words.
    raw: null,
  };
}

function boundedContent({ content, referral }: InboundRecord): Partial<InboundRecord> {
  const long = Object.entries({ content, referral }).filter(
    ([, value]) => value !== undefined && JSON.stringify(value).length > MAX_CONTENT,
  );
  return long.length === 0 ? {} : { ...Object.fromEntries(long.map(([name]) => [name, null])), content_omitted: true };
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
