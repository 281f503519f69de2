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
  // As Windows itself calls it in `_iso-2022-jp$ESC`.
  const plain = given.replace(/:\d{4}$|\$(?:esc|sio)$|[^0-9a-z]/g, "");
  const short = plain.replace(/^(?:x|cs)/, "").replace(/^(?:win|windows)(?=125\d$)/, "windows-");
  const decoder = decoderOf(given) ?? decoderOf(ALIASES.get(short) ?? short);
  if (decoder?.encoding === "utf-16le" && bytes[0] === 0xfe && bytes[1] === 0xff) return bigEndian.decode(bytes);
  if (decoder) return decoder.decode(bytes);
  const characters = tableOf(plain) ?? tableOf(short);
  return characters === undefined ? guessed(bytes) : bySingleBytes(bytes, characters);
}

/** Whatever the label says of the order of bytes, a mark in the text counts for more. */
const bigEndian = new TextDecoder("utf-16be");

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
  return new TextDecoder("utf-16le").decode(units);
}

/** Also as `unicode-1-1-utf-7`. Only here it does no harm: what comes of it is a text of JSON, never a page. */
const UTF_7 = /^(?:unicode-1-1-|x-unicode-2-0-|cs)?utf-?7$/;
const utf16be = new TextDecoder("utf-16be");

/** RFC 2152: UTF-16 in base64 between `+` and `-`, or what is no base64. */
function byUtf7(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes).replaceAll(/\+([A-Za-z0-9+/]*)-?/g, (_, shifted: string) => {
    if (shifted === "") return "+";
    const units = fromBase64(shifted.length % 4 === 1 ? shifted.slice(0, -1) : shifted) ?? new Uint8Array();
    return utf16be.decode(units.subarray(0, units.length - (units.length % 2)));
  });
}

function guessed(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
