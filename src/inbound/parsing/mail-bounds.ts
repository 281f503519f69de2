import { MalformedCallback } from "../provider.ts";

/*
 * What a mail may be made of. The parser keeps each line and each part as an object of its own, so that a mail of nothing
 * but line feeds weighs hundreds of times what it measures: it is counted before, in one pass over the bytes.
 */

/** Lines that any mail may have; beyond them one for so many bytes. Base64 has 78 bytes a line (RFC 2045, 6.8). */
export const FREE_LINES = 20_000;
export const BYTES_PER_LINE = 40;
/** Of all parts together. Mailing lists and long ways add some hundred. */
export const MAX_HEADER_LINES = 10_000;
/** Of all parts together, in bytes. */
export const MAX_HEADER_BYTES = 512 * 1024;
export const MAX_MAIL_PARTS = 1000;
/** Lists of parts, each with a boundary: every line that could be one is compared with all of them. */
export const MAX_BOUNDARIES = 100;
/** Lines that begin like a boundary, whatever follows: what the parser takes for one may be written in ways unknown here. */
export const MAX_DASHED_LINES = 10_000;
/** Lists within lists. Mail programs get by with five. */
export const MAX_MAIL_DEPTH = 32;
/** Of parts that are text and no files, in bytes: they are decoded as a whole, and one form is made of the other. */
export const MAX_TEXT_BYTES = 8 * 1024 * 1024;
/** RFC 2046, 5.1.1, allows 70 characters. */
const MAX_BOUNDARY = 200;

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;

const latin1 = new TextDecoder("latin1");

/** Counts lines, for tests that hold the time to the length; every byte is looked at twice at most beside. */
export type LineSteps = { taken: number };

/** A line of headers by where it stands in the mail's bytes, without its end. */
export type HeaderLine = { readonly start: number; readonly end: number };

/**
 * Looks through a raw mail for what no real one has.
 * @returns lines of headers, of any part, that have other bytes than ASCII's
 * @throws MalformedCallback for more lines, headers, parts, depth or text than the bounds above, saying which
 */
export function checkMail(raw: Uint8Array, steps: LineSteps = { taken: 0 }): readonly HeaderLine[] {
  const mail = new Pass();
  const most = FREE_LINES + Math.floor(raw.length / BYTES_PER_LINE);
  let lines = 0;
  for (let start = 0; start < raw.length; ) {
    if (++lines > most) throw tooMuch(`more than ${most} lines`);
    steps.taken++;
    const found = raw.indexOf(LF, start);
    const end = found < 0 ? raw.length : found;
    mail.line(raw, start, end > start && raw[end - 1] === CR ? end - 1 : end);
    start = end + 1;
  }
  return mail.beyondAscii;
}

/** What is plainly no text; everything else may be taken for it. */
const FILE = /^(application|image|audio|video|font|model|message)\/[\w.+-]+\s*(;|$)/;
const ATTACHED = /^content-disposition\s*:\s*attachment\s*(;|$)/i;

class Pass {
  #inHeaders = true;
  #headerLines = 0;
  #headerBytes = 0;
  #parts = 0;
  #textBytes = 0;
  #head: string[] = [];
  #isText = true;
  #dashed = 0;
  readonly #boundaries = new Set<string>();
  /** Those that are open, the outermost first. */
  #open: string[] = [];
  readonly beyondAscii: HeaderLine[] = [];

  line(raw: Uint8Array, start: number, end: number): void {
    if (raw[start] === DASH && raw[start + 1] === DASH && end - start > 2) {
      if (++this.#dashed > MAX_DASHED_LINES)
        throw tooMuch(`more than ${MAX_DASHED_LINES} lines that begin like a boundary`);
      if (this.#delimits(raw, start + 2, end)) return;
    }
    if (this.#inHeaders) {
      if (end === start) this.#headEnds();
      else this.#header(raw, start, end);
    } else if (this.#isText) {
      this.#textBytes += end - start;
      if (this.#textBytes > MAX_TEXT_BYTES) throw tooMuch(`more than ${MAX_TEXT_BYTES} bytes of text`);
    }
  }

  #header(raw: Uint8Array, start: number, end: number): void {
    this.#headerLines++;
    this.#headerBytes += end - start;
    if (this.#headerLines > MAX_HEADER_LINES) throw tooMuch(`more than ${MAX_HEADER_LINES} lines of headers`);
    if (this.#headerBytes > MAX_HEADER_BYTES) throw tooMuch(`more than ${MAX_HEADER_BYTES} bytes of headers`);
    const bytes = raw.subarray(start, end);
    if (bytes.some((byte) => byte > 0x7f)) this.beyondAscii.push({ start, end });
    const line = latin1.decode(bytes);
    const folded = raw[start] === SPACE || raw[start] === TAB;
    if (folded && this.#head.length > 0) this.#head.push(`${this.#head.pop() ?? ""} ${line.trim()}`);
    else if (/^content-(type|disposition)\s*:/i.test(line)) this.#head.push(line);
    else if (!folded) this.#head.push("");
  }

  #headEnds(): void {
    this.#inHeaders = false;
    const of = (name: string) => this.#head.find((line) => line.toLowerCase().startsWith(name)) ?? "";
    const type = of("content-type");
    const value = type
      .slice(type.indexOf(":") + 1)
      .trim()
      .toLowerCase();
    this.#isText = !FILE.test(value) && !ATTACHED.test(of("content-disposition"));
    this.#head = [];
    if (!value.startsWith("multipart/")) return;
    const boundary = boundaryIn(type);
    if (boundary === undefined || this.#boundaries.has(boundary)) return;
    if (this.#boundaries.size === MAX_BOUNDARIES) throw tooMuch(`more than ${MAX_BOUNDARIES} lists of parts`);
    this.#boundaries.add(boundary);
    this.#open.push(boundary);
    if (this.#open.length > MAX_MAIL_DEPTH) throw tooMuch(`parts that nest more than ${MAX_MAIL_DEPTH} deep`);
  }

  /** Whether a line is a boundary; it begins a part, or ends a list of them. */
  #delimits(raw: Uint8Array, start: number, end: number): boolean {
    if (this.#boundaries.size === 0 || end - start > MAX_BOUNDARY + 4) return false;
    const text = latin1.decode(raw.subarray(start, end)).trimEnd();
    const last = !this.#boundaries.has(text) && text.endsWith("--");
    const boundary = last ? text.slice(0, -2) : text;
    if (!this.#boundaries.has(boundary)) return false;
    const at = this.#open.indexOf(boundary);
    if (at >= 0) this.#open = this.#open.slice(0, last ? at : at + 1);
    if (!last) {
      if (++this.#parts > MAX_MAIL_PARTS) throw tooMuch(`more than ${MAX_MAIL_PARTS} parts`);
      this.#inHeaders = true;
      this.#head = [];
    } else {
      this.#inHeaders = false;
      this.#isText = false;
    }
    return true;
  }
}

/** The parameter of a content type; the first of its name counts, as for the parser. */
function boundaryIn(type: string): string | undefined {
  const lower = type.toLowerCase();
  const at = lower.indexOf("boundary");
  const sign = at < 0 ? -1 : type.indexOf("=", at);
  if (sign < 0) return undefined;
  const value = type.slice(sign + 1).trimStart();
  const end = value.startsWith('"') ? value.indexOf('"', 1) : value.search(/[;\s]/);
  const text = value.startsWith('"')
    ? value.slice(1, end < 0 ? undefined : end)
    : value.slice(0, end < 0 ? undefined : end);
  return text === "" ? undefined : text;
}

const tooMuch = (what: string): MalformedCallback => new MalformedCallback(`It is no mail: it has ${what}.`);
