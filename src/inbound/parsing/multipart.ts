import { decodeWords } from "postal-mime";
import { utf8 } from "../../lib/bytes.ts";
import { MalformedCallback } from "../provider.ts";
import { decodeText } from "./charset.ts";
import { wordsInUtf8 } from "./encoded-words.ts";
import type { Pair } from "./form.ts";
import { headerOf, parseHeaders } from "./mail-headers.ts";

/**
 * `multipart/form-data` (RFC 7578, RFC 2046 5.1.1) as bytes: the runtime's own parser takes all text for UTF-8, which
 * that of mails is not.
 */
export type Part = {
  name: string;
  /** Only a file has one. */
  filename: string | null;
  contentType: string | null;
  headers: readonly Pair[];
  bytes: Uint8Array;
};

export const MAX_PARTS = 1000;
/** Of the headers of one part, in bytes. */
const MAX_HEADERS = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;

export const isMultipart = (headers: Headers): boolean =>
  /^multipart\/form-data\s*(;|$)/i.test(headers.get("content-type") ?? "");

/**
 * The parts in their order, as views of the body. What is before the first boundary and after the last is left out.
 * Lines may end in CRLF or, throughout, in LF alone: as that of the first boundary does.
 * @throws MalformedCallback for a body without its boundaries, or with more than {@link MAX_PARTS} parts
 */
export function parseMultipart(contentType: string | null, body: Uint8Array): Part[] {
  const boundary = parameterOf(contentType ?? "", "boundary");
  if (!boundary) throw new MalformedCallback("Its content type names no boundary");
  const delimiter = new TextEncoder().encode(`--${boundary}`);
  let open = nextDelimiter(body, delimiter, 0);
  const crlf = open !== undefined && endsInCrlf(body, open);
  const parts: Part[] = [];
  while (open && !open.last) {
    const close = nextDelimiter(body, delimiter, open.end, crlf);
    if (!close) break;
    if (parts.length === MAX_PARTS) throw new MalformedCallback(`It has more than ${MAX_PARTS} parts`);
    // An empty part may have its closing boundary at once.
    parts.push(partOf(body.subarray(open.end, Math.max(open.end, close.start - (crlf ? 2 : 1)))));
    open = close;
  }
  if (!open?.last) throw new MalformedCallback("It ends before its last boundary");
  return parts;
}

/** By the charset that is given, or that of the part's content type. */
export const textOfPart = (part: Part, charset?: string | null): string =>
  decodeText(part.bytes, charset ?? parameterOf(part.contentType ?? "", "charset"));

type Delimiter = {
  start: number;
  /** Behind its line. */
  end: number;
  last: boolean;
};

/** The next line, from `from` where one begins, that is a boundary and nothing else. */
function nextDelimiter(body: Uint8Array, delimiter: Uint8Array, from: number, crlf = false): Delimiter | undefined {
  for (let start = from; start < body.length; ) {
    const found = (start === from || !crlf || body[start - 2] === CR) && delimiterAt(body, delimiter, start);
    if (found) return found;
    const lineEnd = body.indexOf(LF, start);
    if (lineEnd < 0) return undefined;
    start = lineEnd + 1;
  }
  return undefined;
}

function delimiterAt(body: Uint8Array, delimiter: Uint8Array, start: number): Delimiter | undefined {
  for (let index = 0; index < delimiter.length; index++) {
    if (body[start + index] !== delimiter[index]) return undefined;
  }
  let at = start + delimiter.length;
  const last = body[at] === DASH && body[at + 1] === DASH;
  if (last) at += 2;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  if (body[at] === CR && body[at + 1] === LF) at++;
  if (body[at] === LF) return { start, end: at + 1, last };
  return last && at >= body.length ? { start, end: at, last } : undefined;
}

const endsInCrlf = (body: Uint8Array, { end }: Delimiter): boolean => body[end - 2] === CR;

function partOf(bytes: Uint8Array): Part {
  const { head, content } = split(bytes);
  if (head.length > MAX_HEADERS) throw new MalformedCallback("A part has too many headers");
  const headers = parseHeaders(headerText(head));
  const disposition = headerOf(headers, "Content-Disposition") ?? "";
  return {
    name: parameterOf(disposition, "name") ?? "",
    filename: filenameOf(disposition),
    contentType: headerOf(headers, "Content-Type"),
    headers,
    bytes: content,
  };
}

/** Cuts at the first empty line. */
function split(bytes: Uint8Array): { head: Uint8Array; content: Uint8Array } {
  for (let start = 0; start <= bytes.length; ) {
    const lineEnd = bytes.indexOf(LF, start);
    if (lineEnd < 0) break;
    if (lineEnd === start || (lineEnd === start + 1 && bytes[start] === CR)) {
      return { head: bytes.subarray(0, start), content: bytes.subarray(lineEnd + 1) };
    }
    start = lineEnd + 1;
  }
  return { head: bytes, content: new Uint8Array() };
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function headerText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeText(bytes, "windows-1252");
  }
}

/** The parameters of a header's value (RFC 2045, 5.1), in quotes or not, by name in lower case: of two the first. */
function parametersOf(header: string): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const [, each, quoted, plain] of header.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
    const name = each?.toLowerCase() ?? "";
    if (!all.has(name)) all.set(name, quoted?.replace(/\\(["\\])/g, "$1") ?? plain?.trim() ?? "");
  }
  return all;
}

/** One of them; null where there is none of this name. */
export const parameterOf = (header: string, name: string): string | null => parametersOf(header).get(name) ?? null;

/** By RFC 5987 where it is written so, else as it stands, where mailers also put encoded words (RFC 2047). */
function filenameOf(disposition: string): string | null {
  const [, charset, encoded] = /^([^']*)'[^']*'(.*)$/s.exec(parameterOf(disposition, "filename*") ?? "") ?? [];
  if (encoded !== undefined) return decodeText(unescaped(encoded), charset);
  const filename = continuedOf(disposition, "filename") ?? parameterOf(disposition, "filename");
  return filename === null ? null : decodeWords(wordsInUtf8(filename));
}

/** More pieces than a header of its size holds. */
const MAX_PIECES = 200;

/** A parameter in numbered pieces, of which those with a star are escaped (RFC 2231, 3 and 4.1); null where it has none. */
function continuedOf(header: string, name: string): string | null {
  // Read once, for a header has as many pieces as fit.
  const given = parametersOf(header);
  const pieces: Uint8Array[] = [];
  let charset: string | undefined;
  for (let place = 0; place < MAX_PIECES; place++) {
    const escaped = given.get(`${name}*${place}*`);
    const plain = escaped === undefined ? given.get(`${name}*${place}`) : undefined;
    if (escaped === undefined && plain === undefined) break;
    const [, label, first] = (place === 0 && /^([^']*)'[^']*'(.*)$/s.exec(escaped ?? "")) || [];
    charset ??= label;
    pieces.push(escaped === undefined ? utf8(plain ?? "") : unescaped(first ?? escaped));
  }
  return pieces.length === 0 ? null : decodeText(concat(pieces), charset);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function unescaped(text: string): Uint8Array {
  const escapes = /%([0-9a-f]{2})/gi;
  const characters = text.replace(escapes, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16)));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
