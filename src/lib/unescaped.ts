import { utf8 } from "./bytes.ts";

/**
 * Texts without the escapes and the white space that others put into what they repeat: percent-encoding, backslashes, HTML.
 * What was escaped throughout, here and there, or broken into lines is the same text again, and is known where it stood.
 */

/** What a text says, with the places that say it. */
export type Unescaped = {
  /** In UTF-8, a character for each byte, without white space. */
  bytes: string;
  /** Where what stands for each byte begins, and ends, in the text. */
  from: Uint32Array;
  to: Uint32Array;
};

/** An escape: what it stands for, in bytes, and its length; `cut` where the text breaks off within it. */
type Escape = { bytes: string; length: number } | "cut" | null;
type Reader = (text: string, at: number) => Escape;

const binary = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const inUtf8 = (point: number): string =>
  point < 0x80 ? String.fromCharCode(point) : binary(utf8(point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point)));

/** Of escapes that are read, with as many leading zeros as HTML allows and anybody writes. In characters. */
const LONGEST = 40;

/** What matches there, unless the text breaks off where it could go on. */
function reader(whole: RegExp, begun: RegExp, bytes: (found: RegExpExecArray) => string | null): Reader {
  return (text, at) => {
    const ahead = text.slice(at, at + LONGEST);
    if (at + ahead.length === text.length && begun.test(ahead)) return "cut";
    const found = whole.exec(ahead);
    const meant = found && bytes(found);
    return found && meant !== null ? { bytes: meant, length: found[0].length } : null;
  };
}

const number = (digits: string | undefined, base: number): number => Number.parseInt(digits ?? "", base);

/** RFC 3986, 2.1, and the form with `u` that JavaScript's `escape` writes. */
const percent = reader(/^%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/i, /^%(?:u[0-9a-f]{0,3}|[0-9a-f]?)$/i, ([, unit, byte]) =>
  unit === undefined ? String.fromCharCode(number(byte, 16)) : inUtf8(number(unit, 16)),
);

const SHORT: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/**
 * JSON's (RFC 8259, 7), with pairs of surrogates, and those of JavaScript (ECMA-262, 12.9.4 and B.1.2), which most languages
 * share: `\x41`, `\u{1f600}`, `\101`, the end of a line, and what stands for itself. Letters that mean nothing there do not.
 */
const backslash = reader(
  /^\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|u\{(0{0,20}[0-9a-f]{1,8})\}|x([0-9a-f]{2})|([0-3][0-7]{0,2}|[4-7][0-7]?)|(\r\n|[^a-z0-9]|[bfnrtv]))/i,
  /^\\(?:u(?:[0-9a-f]{0,3}|d[89ab][0-9a-f]{2}(?:\\(?:u[0-9a-f]{0,3})?)?|\{[0-9a-f]{0,28})|x[0-9a-f]?|[0-3][0-7]?|[4-7])?$/i,
  ([, high, low, unit, point, byte, octal, letter]) => {
    if (high !== undefined) return inUtf8(0x10000 + (number(high, 16) - 0xd800) * 0x400 + number(low, 16) - 0xdc00);
    if (unit !== undefined || point !== undefined) return inUtf8(number(unit ?? point, 16));
    if (byte !== undefined) return String.fromCharCode(number(byte, 16));
    if (octal !== undefined) return String.fromCharCode(number(octal, 8));
    if (letter === undefined) return null;
    // A text goes on in the next line.
    if (/^[\r\n\u2028\u2029]/.test(letter)) return "";
    return SHORT[letter] ?? (letter > "\x7f" ? null : letter);
  },
);

/** HTML's names of what is in ASCII, and no letter or digit. */
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Tab: "\t",
    NewLine: "\n",
    nbsp: " ",
    excl: "!",
    quot: '"',
    QUOT: '"',
    num: "#",
    dollar: "$",
    percnt: "%",
    amp: "&",
    AMP: "&",
    apos: "'",
    lpar: "(",
    rpar: ")",
    ast: "*",
    midast: "*",
    plus: "+",
    comma: ",",
    period: ".",
    sol: "/",
    colon: ":",
    semi: ";",
    lt: "<",
    LT: "<",
    equals: "=",
    gt: ">",
    GT: ">",
    quest: "?",
    commat: "@",
    lsqb: "[",
    lbrack: "[",
    bsol: "\\",
    rsqb: "]",
    rbrack: "]",
    Hat: "^",
    lowbar: "_",
    UnderBar: "_",
    grave: "`",
    lcub: "{",
    lbrace: "{",
    verbar: "|",
    vert: "|",
    VerticalLine: "|",
    rcub: "}",
    rbrace: "}",
  }),
);

/** The HTML standard, 13.5: by number, or by name. */
const entity = reader(
  /^&(?:#x(0{0,24}[0-9a-f]{1,8})|#(0{0,24}[0-9]{1,8})|([a-z]{2,12}));?/i,
  /^&(?:#x?[0-9a-f]{0,32}|[a-z]{0,12})$/i,
  ([, digits, decimal, name]) => {
    if (name !== undefined) return NAMED.get(name) ?? null;
    return inUtf8(digits === undefined ? number(decimal, 10) : number(digits, 16));
  },
);

const READERS: readonly (readonly [sign: string, read: Reader])[] = [
  ["%", percent],
  ["\\", backslash],
  ["&", entity],
];

/** White space, as JavaScript has it, in bytes. */
const SPACES: ReadonlySet<string> = new Set(
  Array.from(
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
    (each) => inUtf8(each.codePointAt(0) ?? 0),
  ),
);

function read(text: string, readers: ReadonlyMap<string, Reader>): Unescaped {
  // A unit of the text stands for three bytes at the most: two of a pair for four, and an escape is longer than its bytes.
  const [from, to] = [new Uint32Array(text.length * 3), new Uint32Array(text.length * 3)];
  let bytes = "";
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    let meant = character;
    let length = 1;
    const escaped = readers.get(character)?.(text, at) ?? null;
    if (escaped === "cut") break;
    if (escaped !== null) ({ bytes: meant, length } = escaped);
    else if (character > "\x7f") {
      const point = text.codePointAt(at) ?? 0;
      if (point > 0xffff) length = 2;
      meant = inUtf8(point);
    }
    if (!SPACES.has(meant)) {
      for (let byte = bytes.length; byte < bytes.length + meant.length; byte++) {
        from[byte] = at;
        to[byte] = at + length;
      }
      bytes += meant;
    }
    at += length;
  }
  return { bytes, from, to };
}

/** A text as it stands, without its white space. */
export const spaceless = (text: string): string => read(text, new Map()).bytes;

/**
 * What a text may say: as it stands, by each kind of escape that is in it, and by all of them at once. Linear in its length.
 * What breaks off within an escape at its end is left out.
 */
export function unescaped(text: string): Unescaped[] {
  const there = READERS.filter(([sign]) => text.includes(sign));
  const views = [[], ...there.map((one) => [one])];
  if (there.length > 1) views.push([...there]);
  return views.map((view) => read(text, new Map(view)));
}
