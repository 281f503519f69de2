/**
 * Regular expressions of ECMA-262 with the flag `u`, which JSON Schema's are, as RE2 writes them. Both grammars look alike,
 * and some of what they share means something else: `.`, `\s`, `[^]`, `[[:a:]`, surrogates. So all is read by the one and
 * written out for the other, every character by its number.
 */

/** Thrown for what RE2 has nothing for; the message says what it is. */
export class Untranslatable extends Error {
  override readonly name = "Untranslatable";
}

/** White space and line terminators (ECMA-262, 12.2 and 12.3): what `\s` is, and by the gaps between it, what `\S` is. */
const SPACES: readonly (readonly [from: number, to: number])[] = [
  [0x9, 0xd],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LAST = 0x10ffff;
const GAPS = [...SPACES, [LAST + 1, LAST + 1] as const].map(
  ([from], index) => [(SPACES[index - 1]?.[1] ?? -1) + 1, from - 1] as const,
);

const code = (point: number): string => `\\x{${point.toString(16)}}`;
const ranges = (all: readonly (readonly [number, number])[]): string =>
  all.map(([from, to]) => (from === to ? code(from) : `${code(from)}-${code(to)}`)).join("");

const ANY = `${code(0)}-${code(LAST)}`;
/** Anything but a line terminator (ECMA-262, 22.2.2.7.1). */
const DOT = `[^${ranges([
  [0xa, 0xa],
  [0xd, 0xd],
  [0x2028, 0x2029],
])}]`;
const CONTROLS: Readonly<Record<string, number>> = { t: 0x9, n: 0xa, v: 0xb, f: 0xc, r: 0xd, "0": 0x0 };

/** What an escape stands for: a character, or what stands for a set of them within a class. */
type Escaped = { character: number } | { set: string };

/**
 * @param source what `new RegExp(source, "u")` takes
 * @throws Untranslatable for lookaround, backreferences and flags within the expression
 */
export function ecmaToRe2(source: string): string {
  return new Translation(source).all();
}

class Translation {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  all(): string {
    let out = "";
    while (this.#at < this.#source.length) out += this.#next();
    return out;
  }

  #next(): string {
    const character = this.#take();
    if (character === "\\") return this.#escaped();
    if (character === "[") return this.#class();
    if (character === "(") return this.#group();
    if (character === ".") return DOT;
    if (character === "{") return `{${this.#through("}")}`;
    if ("^$|)*+?".includes(character)) return character;
    return code(character.codePointAt(0) ?? 0);
  }

  #escaped(): string {
    if (this.#skip("b")) return "\\b";
    if (this.#skip("B")) return "\\B";
    const escaped = this.#escape();
    return "set" in escaped ? `[${escaped.set}]` : code(escaped.character);
  }

  /** Nobody asks what a group held: none of them keeps it. */
  #group(): string {
    if (!this.#skip("?")) return "(?:";
    if (this.#skip(":")) return "(?:";
    if (this.#source.startsWith("<", this.#at) && !/^<[=!]/.test(this.#source.slice(this.#at, this.#at + 2))) {
      this.#through(">");
      return "(?:";
    }
    const lookaround = /^(<?[=!])/.test(this.#source.slice(this.#at, this.#at + 2));
    throw new Untranslatable(lookaround ? "lookaround" : "flags within an expression");
  }

  #class(): string {
    const not = this.#skip("^") ? "^" : "";
    let members = "";
    while (!this.#skip("]")) members += this.#member();
    // An empty class holds nothing, and one that is not holds everything.
    return members === "" ? `[${not === "" ? "^" : ""}${ANY}]` : `[${not}${members}]`;
  }

  #member(): string {
    const from = this.#atom();
    const to = this.#source.charAt(this.#at + 1);
    if ("set" in from || this.#source.charAt(this.#at) !== "-" || to === "]") return written(from);
    this.#at++;
    return `${written(from)}-${written(this.#atom())}`;
  }

  #atom(): Escaped {
    const character = this.#take();
    if (character !== "\\") return { character: character.codePointAt(0) ?? 0 };
    // Within a class it is the backspace.
    if (this.#skip("b")) return { character: 0x8 };
    return this.#escape();
  }

  #escape(): Escaped {
    const letter = this.#take();
    const control = CONTROLS[letter];
    if (control !== undefined) return { character: control };
    switch (letter) {
      case "d":
      case "D":
      case "w":
      case "W":
        return { set: `\\${letter}` };
      case "s":
        return { set: ranges(SPACES) };
      case "S":
        return { set: ranges(GAPS) };
      case "p":
      case "P":
        return { set: `\\${letter}${this.#property()}` };
      case "c":
        return { character: (this.#take().codePointAt(0) ?? 0) % 32 };
      case "x":
        return { character: this.#hex(2) };
      case "u":
        return { character: this.#unicode() };
      case "k":
        throw new Untranslatable("backreferences");
      default:
        if (/[1-9]/.test(letter)) throw new Untranslatable("backreferences");
        return { character: letter.codePointAt(0) ?? 0 };
    }
  }

  /** `{Script=Greek}`, `{gc=L}`: RE2 has scripts and categories by their names alone. */
  #property(): string {
    const name = this.#through("}").slice(1, -1);
    const value = /^(?:Script|sc|General_Category|gc)=(\w+)$/.exec(name)?.[1] ?? name;
    if (!/^\w+$/.test(value)) throw new Untranslatable(`\\p{${name}}`);
    return `{${value}}`;
  }

  #unicode(): number {
    if (this.#source.charAt(this.#at) === "{") return Number.parseInt(this.#through("}").slice(1, -1), 16);
    const high = this.#hex(4);
    const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.#source.slice(this.#at, this.#at + 6))?.[1];
    if (high < 0xd800 || high > 0xdbff || low === undefined) return high;
    this.#at += 6;
    return 0x10000 + (high - 0xd800) * 0x400 + Number.parseInt(low, 16) - 0xdc00;
  }

  #hex(digits: number): number {
    const value = Number.parseInt(this.#source.slice(this.#at, this.#at + digits), 16);
    this.#at += digits;
    return value;
  }

  /** The next character, which may be two units. */
  #take(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }

  #skip(what: string): boolean {
    if (!this.#source.startsWith(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  /** What is up to that character, and it. */
  #through(end: string): string {
    const from = this.#at;
    this.#at = this.#source.indexOf(end, from) + 1;
    return this.#source.slice(from, this.#at);
  }
}

const written = (atom: Escaped): string => ("set" in atom ? atom.set : code(atom.character));
