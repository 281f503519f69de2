import { endsInColon, isDash, type Lines, MAX_MARK, uncoloned, undashed } from "./lines.ts";
import { BEGINS, PERSONS, TELLING, VERB_ENDS, VERBS } from "./reply-marks.ts";

/** Lines that an attribution may be broken into. */
const MAX_BROKEN = 3;

/** `On Thursday Marta wrote:`, and how many lines it has. One that is not certain needs a quotation below to be one. */
export type Attribution = { length: number; certain: boolean };

/** The attribution that begins at a line; null if none does. */
export function attributionAt(lines: Lines, at: number): Attribution | null {
  let whole = "";
  for (let length = 1; length <= MAX_BROKEN; length++) {
    const line = lines.plain(at + length - 1);
    if (line === "" || (length > 1 && lines.isQuoted(at + length - 1))) return null;
    whole = length === 1 ? line : `${whole} ${line}`;
    if (whole.length > MAX_MARK) return null;
    lines.steps.taken += 4 * whole.length;
    const strength = strengthOf(whole);
    if (strength !== "none") {
      // Then that line is one by itself, and what stands above it are the author's words.
      if (length > 1 && strengthOf(line) !== "none" && hasDate(line)) return null;
      return { length, certain: strength === "certain" };
    }
    // Only what begins like one can be broken like one.
    if (length === 1 && !mayBeBroken(line, at === 0 || lines.isBlank(at - 1))) return null;
  }
  return null;
}

/** A day of the week may stand before it. */
const BEGINS_WITH_DATE = /^(?:\p{L}{1,4}[.,]{0,2} )?\p{Nd}/u;

const mayBeBroken = (line: string, apart: boolean): boolean =>
  (apart || BEGINS.some((begin) => line.startsWith(begin))) && (hasDate(line) || line.includes("@"));

function strengthOf(line: string): "none" | "possible" | "certain" {
  const bare = undashed(line);
  const told = uncoloned(bare);
  const words = told.split(" ").map((word) => word.replace(/[:,)]+$/, ""));
  const last = words.at(-1) ?? "";
  if (words.some((word) => PERSONS.has(word)) || TELLING.has(words[0] ?? "")) return "none";
  const dated = hasDate(told);
  const addressed = told.includes("@");
  // Zoho writes dashes where others have the colon.
  if (!endsInColon(bare)) return isDash(line[0]) && VERBS.has(last) && dated ? "certain" : "none";
  const ends = VERBS.has(last) || VERB_ENDS.some((end) => told.endsWith(end));
  if (ends || words.some((word) => VERBS.has(word))) {
    const begins = BEGINS.some((begin) => told.startsWith(begin));
    if (dated && (ends || begins || addressed)) return "certain";
    if (addressed) return ends ? "certain" : "possible";
    return ends || dated ? "possible" : "none";
  }
  if (!dated) return "none";
  const named = (told.endsWith(">") && told.includes("<")) || (told.endsWith("]") && told.includes("["));
  // Without a verb it is a date and whom it is of, as Gmail has written it in some languages.
  if (named && addressed && BEGINS_WITH_DATE.test(told)) return "certain";
  return named || addressed ? "possible" : "none";
}

/** A year, or a time of day: every attribution tells one that does not tell an address. */
const hasDate = (line: string): boolean => /\p{Nd}{4}|\p{Nd}[:.]\p{Nd}{2}/u.test(line);
