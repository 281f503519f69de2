import {
  ATTRIBUTION_ENDS,
  ATTRIBUTIONS,
  DEVICE_BEGINS,
  FORWARDS,
  GREETING_ENDS,
  GREETINGS,
  ORIGINALS,
  SENDER_LABELS,
} from "./reply-marks.ts";

/*
 * What is new in a reply. Lines are classified one by one, with nothing that goes back in the text: the time grows with
 * its length, whatever it says.
 */

/** A line that is longer in characters is nobody's mark: mail programs break their lines, and write short ones. */
const MAX_MARK = 400;
/** Lines that an attribution may be broken into. */
const MAX_BROKEN = 3;
/** A signature has at most so many lines and characters, and stands at the end: with more below, it is none. */
const SIGNATURE_LINES = 12;
const SIGNATURE_CHARACTERS = 800;

/** A greeting is shorter, in characters. */
const MAX_GREETING = 60;

/** Counts characters looked at, for tests that hold the time to the length. */
export type Steps = { taken: number };

/**
 * The new part of a reply: without the history that it quotes, and without a signature. The whole where nothing would be
 * left.
 * @param text of any length
 */
export function newText(text: string, steps: Steps = { taken: 0 }): string {
  const lines = new Lines(text.replaceAll("\r\n", "\n").split("\n"), steps);
  const fresh = withoutSignature(withoutHistory(lines), steps);
  const cut = fresh.join("\n").trim();
  return cut === "" ? text.trim() : cut;
}

/** A text's lines, each read once into the form that marks are compared with. */
class Lines {
  readonly steps: Steps;
  readonly written: readonly string[];
  readonly #plain: (string | undefined)[];

  constructor(written: readonly string[], steps: Steps) {
    this.written = written;
    this.steps = steps;
    this.#plain = new Array<string | undefined>(written.length);
  }

  /** In lower case and without white space around it; empty beyond the end, and for one that is too long for a mark. */
  plain(at: number): string {
    const known = this.#plain[at];
    if (known !== undefined) return known;
    const line = this.written[at] ?? "";
    this.steps.taken += Math.min(line.length, MAX_MARK) + 1;
    const plain = line.length > MAX_MARK ? "" : line.trim().toLowerCase();
    this.#plain[at] = plain;
    return plain;
  }

  isBlank(at: number): boolean {
    const line = this.written[at] ?? "";
    this.steps.taken++;
    return line.length <= MAX_MARK ? this.plain(at) === "" : false;
  }

  isQuoted(at: number): boolean {
    const line = this.written[at] ?? "";
    // Few programs indent a quotation, and none by much.
    let first = 0;
    while (first < 8 && (line[first] === " " || line[first] === "\t")) first++;
    this.steps.taken += first + 1;
    return line[first] === ">";
  }
}

function withoutHistory(lines: Lines): string[] {
  const kept: string[] = [];
  for (let at = 0; at < lines.written.length; at++) {
    if (lines.isQuoted(at)) continue;
    const length = historyAt(lines, at);
    if (length > 0) {
      const next = nextWords(lines, at + length);
      if (!lines.isQuoted(next)) break;
      // The quotation goes by itself; below it the author may go on.
      at += length - 1;
      continue;
    }
    kept.push((lines.written[at] ?? "").trimEnd());
  }
  return kept;
}

/** The next line from there that says something. */
function nextWords(lines: Lines, from: number): number {
  let at = from;
  while (at < lines.written.length && lines.isBlank(at)) at++;
  return at;
}

/** How many lines, from this one, say that a history begins below them; 0 if none does. */
function historyAt(lines: Lines, at: number): number {
  const plain = lines.plain(at);
  if (plain === "") return 0;
  if (isOriginal(plain)) return 1;
  const apart = at > 0 && lines.isBlank(at - 1);
  const broken = attributionAt(lines, at);
  if (broken > 0 && (apart || lines.isQuoted(nextWords(lines, at + broken)))) return broken;
  return apart && isSender(lines, at) && !isForwarded(lines, at) ? 1 : 0;
}

/** How many lines an attribution that begins here has; 0 if none does. */
function attributionAt(lines: Lines, at: number): number {
  const first = undashed(lines.plain(at));
  const rules = ATTRIBUTIONS.filter(({ begins }) => first.startsWith(begins));
  lines.steps.taken += ATTRIBUTIONS.length + ATTRIBUTION_ENDS.length;
  let whole = "";
  for (let length = 1; length <= MAX_BROKEN; length++) {
    const line = lines.plain(at + length - 1);
    if (line === "" || (length > 1 && lines.isQuoted(at + length - 1))) return 0;
    whole = undashed(length === 1 ? line : `${whole} ${line}`);
    lines.steps.taken += whole.length * (1 + rules.length);
    const found = rules.some(({ ends, verb }) => {
      if (ends?.some((end) => whole.endsWith(end))) return true;
      return verb !== undefined && whole.endsWith(":") && whole.includes(verb);
    });
    if (found || (length === 1 && namesSender(whole))) return length;
    // Only what begins like one can be broken like one.
    if (rules.length === 0) return 0;
  }
  return 0;
}

/** `Marta <marta@example.com> schrieb:`, or `2026-03-26 15:43 Marta <marta@example.com>:` in whatever language. */
function namesSender(line: string): boolean {
  if (ATTRIBUTION_ENDS.some((end) => line.endsWith(end))) return true;
  if (line.endsWith("wrote:") && line.includes(" on ")) return true;
  if (!line.endsWith(">:") && !line.endsWith("]:")) return false;
  return (line.includes("<") || line.includes("[")) && hasTime(line);
}

/** Digits, a colon, digits: every attribution that names no verb tells a time, or a year. */
function hasTime(line: string): boolean {
  let digits = 0;
  for (const character of line) {
    digits = character >= "0" && character <= "9" ? digits + 1 : 0;
    if (digits === 4) return true;
  }
  return false;
}

/** Dashes, blanks and colons that some put around such a line. */
function undashed(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && (line[start] === "-" || line[start] === " ")) start++;
  while (end > start && (line[end - 1] === "-" || line[end - 1] === " ")) end--;
  return line.slice(start, end);
}

const isOriginal = (line: string): boolean => line.length < 60 && ORIGINALS.includes(undashed(line));

/** `From: Marta <marta@example.com>`, the address perhaps on the next line. */
function isSender(lines: Lines, at: number): boolean {
  const line = lines.plain(at);
  const label = SENDER_LABELS.find((each) => line.startsWith(each));
  lines.steps.taken += SENDER_LABELS.length;
  if (label === undefined || !line.slice(label.length).trimStart().startsWith(":")) return false;
  lines.steps.taken += line.length;
  return hasAddress(line) || hasAddress(lines.plain(at + 1));
}

const hasAddress = (line: string): boolean =>
  (line.includes("<") && line.includes(">")) || (line.includes("[") && line.includes("]"));

/** Whether a mark of handing on stands above, with nothing but blank lines between. */
function isForwarded(lines: Lines, at: number): boolean {
  let above = at - 1;
  // The line above is blank; more than a few there are not.
  while (above > at - 4 && above >= 0 && lines.isBlank(above)) above--;
  const mark = undashed(lines.plain(above)).replace(/:$/, "");
  return FORWARDS.includes(mark);
}

function withoutSignature(lines: readonly string[], steps: Steps): readonly string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.trim() === "") end--;
  let begins = end;
  let characters = 0;
  for (let at = end - 1; at >= 0 && at >= end - SIGNATURE_LINES; at--) {
    const line = lines[at] ?? "";
    characters += line.length;
    if (characters > SIGNATURE_CHARACTERS) break;
    steps.taken += line.length + DEVICE_BEGINS.length + GREETINGS.length;
    if (beginsSignature(line.trim().toLowerCase())) begins = at;
  }
  return lines.slice(0, begins);
}

/** A line of nothing but these, two to four, or more of the last. */
const RULES = ["-", "_", "+", "="];

function beginsSignature(line: string): boolean {
  const [first = ""] = line;
  if (RULES.includes(first) && line.length >= 2) {
    const most = first === "_" ? 40 : 4;
    return line.length <= most && line === first.repeat(line.length);
  }
  if (DEVICE_BEGINS.some((begin) => line.startsWith(begin))) return true;
  if (line.startsWith("von ") && line.endsWith(" gesendet")) return true;
  if (line.length > MAX_GREETING) return false;
  const words = line.replace(/[,!！]{1,2}$/, "").trimEnd();
  return (
    GREETINGS.includes(words) || (words.split(" ").length <= 4 && GREETING_ENDS.includes(words.split(" ").at(-1) ?? ""))
  );
}
