import { base64, hex, utf8 } from "./bytes.ts";

/** How a text may be written where others repeat it: what echoes a request rarely shows it as it came. */

/** The characters of its base64 that are the same wherever in a longer text it stands: RFC 4648 packs three bytes in four. */
function inBase64(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((offset) => {
    const behind = new Uint8Array(offset + bytes.length);
    behind.set(bytes, offset);
    // Of six bits each; those at the ends hold bits of what stands beside it, too.
    return base64(behind).slice(Math.ceil((offset * 8) / 6), Math.floor((behind.length * 8) / 6));
  });
}

const forUrls = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_");
/** RFC 3986, 2.1: upper case is usual, lower case is the same. */
const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());
const everyByte = (digits: string): string => digits.replace(/../g, "%$&");
/** RFC 3986 has these reserved; `encodeURIComponent` leaves them. */
const strictly = (text: string): string => text.replace(/[!'()*]/g, (each) => `%${hex(utf8(each)).toUpperCase()}`);

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** JSON's text with its escapes: the necessary ones, those of PHP (`\/`), of Python (ASCII alone), and of Go and Rails (no HTML). */
function inJson(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[^\0-~]/g, unicodeEscape);
  const forHtml = ascii.replace(/[<>&']/g, unicodeEscape);
  const upper = (escaped: string) =>
    escaped.replace(/\\u[0-9a-f]{4}/g, (found) => `\\u${found.slice(2).toUpperCase()}`);
  const every = [...text]
    .flatMap((character) => character.split(""))
    .map(unicodeEscape)
    .join("");
  return [
    every,
    upper(every),
    json,
    json.replaceAll("/", "\\/"),
    ascii,
    forHtml,
    upper(forHtml),
    forHtml.replaceAll("/", "\\/"),
  ];
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const inHtml = (text: string): string[] => [
  ...["&#39;", "&#x27;"].map((quote) => text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? quote)),
  // Every character by its number.
  Array.from(text, (each) => `&#${each.codePointAt(0)};`).join(""),
  Array.from(text, (each) => `&#x${each.codePointAt(0)?.toString(16)};`).join(""),
];

/**
 * A text as it is, in base64 (also within a longer text, both alphabets), hexadecimal, percent-encoded, and in the escapes
 * of JSON and HTML; each once. At most six times as long, for each character.
 */
export function spellings(text: string): string[] {
  const bytes = utf8(text);
  const digits = hex(bytes);
  const packed = inBase64(bytes);
  const escaped = encodeURIComponent(text.toWellFormed());
  const percent = [escaped, strictly(escaped), escaped.replaceAll("%20", "+"), everyByte(digits.toUpperCase())];
  return [
    ...new Set([
      text,
      ...packed,
      ...packed.map(forUrls),
      digits,
      digits.toUpperCase(),
      ...percent,
      ...percent.map(lowerEscapes),
      ...inJson(text),
      ...inHtml(text),
    ]),
  ];
}
