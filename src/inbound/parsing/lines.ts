import type { Steps } from "../../lib/steps.ts";

/** A line that is longer in characters is nobody's mark: mail programs break their lines, and write short ones. */
export const MAX_MARK = 400;

/** Marks of direction, and characters that show nothing: Gmail has them in attributions in Hebrew and Arabic. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** The lines of a text, each read once into the form that marks are compared with. */
export class Lines {
  readonly steps: Steps;
  readonly written: readonly string[];
  readonly #plain: (string | undefined)[];
  readonly #quoted: readonly boolean[];

  /** @param quoted of each line, whether it is known to be quoted without a mark on it */
  constructor(written: readonly string[], steps: Steps, quoted: readonly boolean[] = []) {
    this.written = written;
    this.steps = steps;
    this.#plain = new Array<string | undefined>(written.length);
    this.#quoted = quoted;
  }

  static of(text: string, steps: Steps): Lines {
    return new Lines(text.split(/\r\n|[\r\n]/), steps);
  }

  get length(): number {
    return this.written.length;
  }

  /** In lower case and without white space around it; empty beyond the end, and for one that is too long for a mark. */
  plain(at: number): string {
    const known = this.#plain[at];
    if (known !== undefined) return known;
    const line = this.written[at] ?? "";
    this.steps.taken += Math.min(line.length, MAX_MARK) + 1;
    const plain = line.length > MAX_MARK ? "" : line.replace(UNSEEN, "").trim().toLowerCase();
    if (at >= 0 && at < this.length) this.#plain[at] = plain;
    return plain;
  }

  isBlank(at: number): boolean {
    const line = this.written[at] ?? "";
    this.steps.taken++;
    return line.length <= MAX_MARK ? this.plain(at) === "" : false;
  }

  isQuoted(at: number): boolean {
    if (this.#quoted[at] === true) return true;
    const line = this.written[at] ?? "";
    // Few programs indent a quotation, and none by much.
    let first = 0;
    while (first < 8 && (line[first] === " " || line[first] === "\t")) first++;
    this.steps.taken += first + 1;
    return line[first] === ">";
  }

  /** The next line from there that says something; the number of lines where none does. */
  nextWords(from: number): number {
    let at = from;
    while (at < this.length && this.isBlank(at)) at++;
    return at;
  }

  /** The last line before there that says something, where it is at most four lines up; else -1. */
  wordsAbove(before: number): number {
    for (let at = before - 1; at >= 0 && at >= before - 4; at--) if (!this.isBlank(at)) return at;
    return -1;
  }

  /** The number of lines before there, without the blank ones at their end. */
  trimmed(end: number): number {
    let at = end;
    while (at > 0 && this.isBlank(at - 1)) at--;
    return at;
  }

  /** As they were written, without blank ones around and white space behind. */
  text(from: number, to: number): string {
    const first = this.nextWords(from);
    return first >= to ? "" : this.written.slice(first, to).join("\n").trimEnd();
  }
}

/** Hyphens and dashes, of which Proton Mail writes U+2010. */
const DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015";
export const isDash = (character: string | undefined): boolean => character !== undefined && DASHES.includes(character);

/** Without the dashes, blanks and asterisks that some put around such a line. */
export function undashed(line: string): string {
  const isAround = (character: string | undefined) => character === " " || character === "*" || isDash(character);
  let start = 0;
  let end = line.length;
  while (start < end && isAround(line[start])) start++;
  while (end > start && isAround(line[end - 1])) end--;
  return line.slice(start, end);
}

export const endsInColon = (line: string): boolean => line.endsWith(":") || line.endsWith("：");

/** Without a colon at its end. */
export const uncoloned = (line: string): string => (endsInColon(line) ? line.slice(0, -1).trimEnd() : line);
