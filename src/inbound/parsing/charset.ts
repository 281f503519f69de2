import tables from "iconv-lite/encodings/sbcs-data-generated.js";
import { fromBase64 } from "../../lib/bytes.ts";

/**
 * Of encodings that the runtime has, labels that mailers write and
 * https://encoding.spec.whatwg.org/#names-and-labels leaves out, as letters and digits.
 */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...["cp932", "ms932", "windows932", "windows31j", "shiftjis", "sjis", "sjiswin", "cp943", "ibm943"].map(
    (label) => [label, "shift_jis"] as const,
  ),
  ...["cp936", "ms936", "windows936", "euccn", "gb231280"].map((label) => [label, "gbk"] as const),
  ...["cp949", "ms949", "windows949", "uhc", "euckr", "ksc56011987"].map((label) => [label, "euc-kr"] as const),
  ...["cp950", "ms950", "windows950", "big5hkscs"].map((label) => [label, "big5"] as const),
  ...["eucjp", "eucjpwin", "eucjpms", "cp51932"].map((label) => [label, "euc-jp"] as const),
  ...["cp50220", "cp50221", "cp50222", "iso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jp3", "iso2022jpms"].map(
    (label) => [label, "iso-2022-jp"] as const,
  ),
  ["latin9", "iso-8859-15"],
  ["mac", "macintosh"],
  ["macroman", "macintosh"],
  ["maccyrillic", "x-mac-cyrillic"],
  ["cp65001", "utf-8"],
]);

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Bytes as text, by the label of an encoding, in whatever form mailers write it. The runtime has the encodings of
 * https://encoding.spec.whatwg.org. Of the others, those of DOS among them, only the single-byte tables of iconv-lite
 * are taken (some 10 KB of the Worker, gzipped): its double-byte ones are larger, and the runtime has them. What does not
 * fit becomes U+FFFD. Without a label, or with one that nobody knows, they are UTF-8 where they are valid as that, else
 * windows-1252.
 */
export function decodeText(bytes: Uint8Array, label?: string | null): string {
  const given = (label ?? "").trim().toLowerCase();
  if (given === "") return guessed(bytes);
  if (UTF_7.test(given)) return byUtf7(bytes);
  if (/^(?:cs)?iso-?2022-?kr$/.test(given)) return byShifts(bytes);
  if (/^hz(?:-?gb-?2312)?$/.test(given)) return byTildes(bytes);
  // As Windows itself calls it in `_iso-2022-jp$ESC`.
  const plain = given.replace(/:\d{4}$|\$(?:esc|sio)$|[^0-9a-z]/g, "");
  const short = plain.replace(/^(?:x|cs)/, "").replace(/^(?:win|windows)(?=125\d$)/, "windows-");
  const decoder = decoderOf(given) ?? decoderOf(ALIASES.get(short) ?? short);
  const mark = decoder?.encoding.startsWith("utf-16") ? ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0) : 0;
  if (mark === 0xfe_ff) return utf16be.decode(bytes);
  if (mark === 0xff_fe) return utf16le.decode(bytes);
  if (decoder) return decoder.decode(bytes);
  const characters = tableOf(plain) ?? tableOf(short);
  return characters === undefined ? guessed(bytes) : bySingleBytes(bytes, characters);
}

/** Whatever the label says of the order of bytes, a mark in the text counts for more. */
const utf16be = new TextDecoder("utf-16be");
const utf16le = new TextDecoder("utf-16le");

/** Of labels, more than one mail has: to find that there is none costs an exception. */
const MOST_KNOWN = 500;
const known = new Map<string, TextDecoder | null>();

function decoderOf(label: string): TextDecoder | null {
  const found = known.get(label);
  if (found !== undefined) return found;
  const made = newDecoder(label);
  // Whoever writes many, others do not have to do without for that.
  if (known.size >= MOST_KNOWN) known.clear();
  if (label.length <= 40) known.set(label, made);
  return made;
}

function newDecoder(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

/** Aliases of the tables name a table, and no other alias. */
function tableOf(label: string): string | undefined {
  const found = Object.hasOwn(tables, label) ? tables[label] : undefined;
  const table = typeof found === "string" ? tables[found] : found;
  return typeof table === "object" ? table.chars : undefined;
}

function bySingleBytes(bytes: Uint8Array, characters: string): string {
  const from = 256 - characters.length;
  const units = new Uint16Array(bytes.length);
  for (const [at, byte] of bytes.entries()) units[at] = byte < from ? byte : characters.charCodeAt(byte - from);
  return utf16le.decode(units);
}

/** Also as `unicode-1-1-utf-7`. Only here it does no harm: what comes of it is a text of JSON, never a page. */
const UTF_7 = /^(?:unicode-1-1-|x-unicode-2-0-|cs)?utf-?7$/;
const latin1 = new TextDecoder("latin1");

/** RFC 2152: UTF-16 in base64 between `+` and `-`, or what is no base64. What is none of that stays. */
function byUtf7(bytes: Uint8Array): string {
  return latin1.decode(bytes).replaceAll(/\+([A-Za-z0-9+/]*)-?/g, (written: string, shifted: string) => {
    if (shifted === "") return written === "+-" ? "+" : written;
    const units = shifted.length % 4 === 1 ? undefined : fromBase64(shifted);
    // Of sixteen bits a unit, with less than a digit of base64 to fill it up.
    const isWhole = units !== undefined && units.length % 2 === 0 && (shifted.length * 6) % 16 < 6;
    return isWhole && units.length > 0 ? utf16be.decode(units) : written;
  });
}

const eucKr = new TextDecoder("euc-kr");
const gbk = new TextDecoder("gbk");
const withHighBit = (byte: number): number => byte | 0x80;

/** ISO-2022-KR (RFC 1557): EUC-KR between SO and SI, with seven bits. */
function byShifts(bytes: Uint8Array): string {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  let isShifted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x1b && latin1.decode(bytes.subarray(at + 1, at + 4)) === "$)C") at += 3;
    else if (byte === 0x0e || byte === 0x0f) isShifted = byte === 0x0e;
    else kept[length++] = isShifted && byte > 0x20 ? withHighBit(byte) : byte;
  }
  return eucKr.decode(kept.subarray(0, length));
}

/** HZ (RFC 1843): GB 2312 between `~{` and `~}`, with seven bits. */
function byTildes(bytes: Uint8Array): string {
  return latin1.decode(bytes).replaceAll(/~\{([\x21-\x7d]*)(?:~\})?|~~|~\r?\n/g, (mark, inner?: string) => {
    if (inner === undefined) return mark === "~~" ? "~" : "";
    return gbk.decode(Uint8Array.from(inner, (character) => withHighBit(character.charCodeAt(0))));
  });
}

const guessed = (bytes: Uint8Array): string => textOrElse(bytes, "windows-1252");

/** Bytes as UTF-8 where they are valid as that, else by a label. */
export function textOrElse(bytes: Uint8Array, label = "windows-1252"): string {
  try {
    return strict.decode(bytes);
  } catch {
    // That it is UTF-8, or less, has just been ruled out.
    return decodeText(bytes, /^(?:utf-?8|us-ascii|ascii)$/i.test(label) ? "windows-1252" : label);
  }
}
