import { sha256Hex, utf8 } from "../lib/bytes.ts";

/**
 * How much of each field of a record is kept. What is more is cut off, and named: one sender's long header must neither stop a
 * source nor take the rest of the message along.
 */

/** Of a text by its name, wherever it stands, so many characters. */
const CHARACTERS: Readonly<Record<string, number>> = {
  subject: 2000,
  // Of an error: an answer of a mail server may have several lines.
  text: 4000,
  url: 4000,
  // What file systems take (NAME_MAX of POSIX's limits.h).
  filename: 255,
};
/** Ids and addresses: a line of a mail has 998 characters (RFC 5322, 2.1.1). */
const USUAL_CHARACTERS = 1000;
/** Of a list or an object by its field's name, so many bytes as JSON within JSON. 5000 mailboxes are 150,000. */
const BYTES: Readonly<Record<string, number>> = { to: 150_000, cc: 150_000, media: 200_000 };
const USUAL_BYTES = 60_000;
/** Of any list. Providers take a thousand recipients at most. */
const MOST_IN_LIST = 5000;
/** Of all fields but the long texts. */
export const MAX_OWN = 600_000;
/** Of a list of these the end is kept: the nearest messages of a thread. */
const FROM_THE_END: readonly string[] = ["references"];
/** What an event has more of a file that came along: where it is to be fetched, at an origin of any length. */
const FILE_URL = 400;

type Room = { bytes: number; whole: boolean };

/** In UTF-8, of JSON that becomes a text of other JSON. */
export const bytesInRow = (json: string): number => utf8(JSON.stringify(json)).length;

const charactersOf = (name: string): number =>
  Object.hasOwn(CHARACTERS, name) ? (CHARACTERS[name] ?? USUAL_CHARACTERS) : USUAL_CHARACTERS;

/** The beginning of a text, with no half of a character at its end. */
export const beginningOf = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).toWellFormed();

/**
 * What of a value fits: texts cut off, lists with as many as there is room for. By recursion: callbacks' JSON nests 64 levels at
 * most. Linear.
 * @returns undefined where there is no room for it
 */
function fitting(value: unknown, name: string, room: Room): unknown {
  if (typeof value === "string") {
    const short = beginningOf(value, charactersOf(name));
    if (short.length < value.length) room.whole = false;
    return spend(room, bytesInRow(JSON.stringify(short))) ? short : undefined;
  }
  if (typeof value !== "object" || value === null) {
    return spend(room, String(value).length + 1) ? value : undefined;
  }
  if (Array.isArray(value)) {
    const kept: unknown[] = [];
    const fromTheEnd = FROM_THE_END.includes(name);
    for (let index = 0; index < Math.min(value.length, MOST_IN_LIST); index++) {
      const one = fitting(value[fromTheEnd ? value.length - 1 - index : index], name, room);
      if (one === undefined) break;
      kept.push(one);
    }
    if (kept.length < value.length) room.whole = false;
    return fromTheEnd ? kept.reverse() : kept;
  }
  const kept: Record<string, unknown> = {};
  if (name === "media" && !("url" in value) && !spend(room, FILE_URL)) return undefined;
  for (const [member, each] of Object.entries(value)) {
    if (each === undefined) continue;
    const one = spend(room, bytesInRow(JSON.stringify(member))) ? fitting(each, member, room) : undefined;
    if (one === undefined) return undefined;
    kept[member] = one;
  }
  return kept;
}

function spend(room: Room, bytes: number): boolean {
  room.bytes -= bytes + 4;
  if (room.bytes < 0) room.whole = false;
  return room.bytes >= 0;
}

/**
 * A record's fields within their bounds, and the names of those that were cut. A text is never left out, a list may be empty, an
 * object that is too large is left out.
 * @param apart fields that stay as they are
 */
export function withinBounds(
  record: Readonly<Record<string, unknown>>,
  apart: readonly string[],
): { fields: Record<string, unknown>; cut: string[] } {
  const fields: Record<string, unknown> = {};
  const cut: string[] = [];
  let left = MAX_OWN;
  for (const [name, value] of Object.entries(record)) {
    if (apart.includes(name) || value === undefined) {
      if (value !== undefined) fields[name] = value;
      continue;
    }
    if (typeof value === "string") {
      fields[name] = beginningOf(value, charactersOf(name));
      if (value.length > charactersOf(name)) cut.push(name);
      left -= bytesInRow(JSON.stringify(fields[name]));
      continue;
    }
    const most = Math.max(0, Math.min(left, BYTES[name] ?? USUAL_BYTES));
    const room = { bytes: most, whole: true };
    const kept = fitting(value, name, room);
    if (kept !== undefined) fields[name] = kept;
    if (!room.whole) cut.push(name);
    left -= most - Math.max(0, room.bytes);
  }
  return { fields, cut };
}

/** A key that is as long as a row's key may well be; of a longer one, its hash. */
export const boundedKey = (key: string): string => (key.length <= USUAL_CHARACTERS ? key : `sha256:${sha256Hex(key)}`);
