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
    if (code === QUOTE) at = endOfString(text, at);
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

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Where the closing quotation mark is; the text's end if there is none. */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
