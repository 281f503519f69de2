/** What is read of a JSON text without parsing it: how much it holds, and what stands in it, as it stands. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Behind the closing quotation mark; the text's end if there is none. */
function skipString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === COMMA || isSpace(code) || Number.isNaN(code))) return at;
    at++;
  }
}

/** What a JSON text may have: levels of objects and arrays, where `[]` has one, and values in all. */
export type JsonLimits = { depth: number; values: number };

/**
 * Which of its limits a JSON text exceeds; null if none. Looks at the text and not at what it parses to, so that nothing
 * deep, and no million of little things, is ever built. Of a text that is no JSON it says nothing useful, and ends all the
 * same.
 */
export function excessOf(text: string, limits: JsonLimits): keyof JsonLimits | null {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipString(text, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > limits.depth) return "depth";
      // Whatever it holds first; the others come behind commas.
      if (++values > limits.values) return "values";
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
    else if (code === COMMA && ++values > limits.values) return "values";
  }
  return null;
}

/** Whether a JSON text nests objects and arrays deeper than `limit` levels: see {@link excessOf}. */
export const nestsDeeper = (text: string, limit: number): boolean =>
  excessOf(text, { depth: limit, values: Number.POSITIVE_INFINITY }) === "depth";

/*
 * Cuts an event's payload, or what else is a user's own JSON, out of a text as text. `JSON.stringify(JSON.parse(text))`
 * would change it: 1.0 becomes 1, 12345678901234567890 another number, and names that are numbers come first. A receiver
 * gets what the product published.
 */

/** Calls `member` with the bounds of each of an object's values. */
function eachMember(text: string, from: number, member: (key: string, start: number, end: number) => void): void {
  let at = skipSpace(text, from + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = skipString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const colon = skipSpace(text, keyEnd);
    if (text.charCodeAt(colon) !== COLON) throw new SyntaxError("Not JSON");
    const start = skipSpace(text, colon + 1);
    const end = skipValue(text, start);
    member(key, start, end);
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
}

function eachElement(text: string, from: number, element: (start: number, end: number) => void): void {
  let at = skipSpace(text, from + 1);
  while (text.charCodeAt(at) !== CLOSE_ARRAY) {
    const end = skipValue(text, at);
    element(at, end);
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
}

/**
 * The text of a member of an object, as it stands, without the white space around it; undefined where the text is no
 * object, or has no such member.
 * @param text must be JSON
 */
export function memberText(text: string, name: string): string | undefined {
  const from = skipSpace(text, 0);
  let found: string | undefined;
  if (text.charCodeAt(from) !== OPEN_OBJECT) return undefined;
  // The last of equal keys counts, as in JSON.parse.
  eachMember(text, from, (key, start, end) => {
    if (key === name) found = text.slice(start, end);
  });
  return found;
}

/**
 * The texts of a list's elements, as they stand, in order; none where the text is no list.
 * @param text must be JSON
 */
export function elementTexts(text: string): string[] {
  const from = skipSpace(text, 0);
  const found: string[] = [];
  if (text.charCodeAt(from) !== OPEN_ARRAY) return found;
  eachElement(text, from, (start, end) => found.push(text.slice(start, end)));
  return found;
}

/** JSON text without the white space outside its strings. */
export function compactJson(text: string): string {
  if (!/\s/.test(text)) return text;
  let compact = "";
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipString(text, at);
    else if (isSpace(code)) {
      compact += text.slice(kept, at);
      at = skipSpace(text, at);
      kept = at;
    } else at++;
  }
  return compact + text.slice(kept);
}

function dataOf(text: string, from: number): string {
  let data = "";
  // The last of equal keys counts, as in JSON.parse.
  eachMember(text, from, (key, start, end) => {
    if (key === "data") data = text.slice(start, end);
  });
  return compactJson(data);
}

/**
 * The JSON text of each event's `data` member, in order; empty where an event has none.
 * @param text a publish request, one event or `{"events": […]}`; must be JSON (`JSON.parse` has accepted it)
 * @param parsed what it parsed to
 */
export function dataTexts(text: string, parsed: unknown): string[] {
  const from = skipSpace(text, 0);
  if (typeof parsed !== "object" || parsed === null || !("events" in parsed) || !Array.isArray(parsed.events)) {
    return [text.charCodeAt(from) === OPEN_OBJECT ? dataOf(text, from) : ""];
  }
  let events = -1;
  eachMember(text, from, (key, start) => {
    if (key === "events") events = start;
  });
  const texts: string[] = [];
  eachElement(text, events, (start) => {
    texts.push(text.charCodeAt(start) === OPEN_OBJECT ? dataOf(text, start) : "");
  });
  return texts;
}
