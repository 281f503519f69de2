import { endsInColon, isDash, type Lines, uncoloned, undashed } from "./lines.ts";
import { FORWARDS, HANDING_ON, LABELS, ORIGINALS } from "./reply-marks.ts";

/** Headers that a block has at most, and lines that continue one. */
const BLOCK_LINES = 8;
/** Labels are shorter, in characters. */
const MAX_LABEL = 24;

/**
 * `From:` with a date below, and a recipient or a subject: blank lines between them or not. GMX has the date above. What is
 * without a date is what people write: a form, or headers that they ask about; and so is what tells no time of day and no
 * address.
 */
export function isHeaderBlock(lines: Lines, at: number): boolean {
  const first = kindOf(lines, at);
  if (first === null) return false;
  const from = first.kind === "date" ? lines.nextWords(at + 1) : at;
  if (first.kind === "other" || kindOf(lines, from)?.kind !== "from") return false;
  const found = new Map<string, Header["kind"]>([[first.label, first.kind]]);
  let continued = 0;
  let isTimed = tellsWhen(lines, at) || tellsWhen(lines, from);
  let below = lines.nextWords(from + 1);
  for (let count = 0; count < BLOCK_LINES && below < lines.length; count++) {
    const next = kindOf(lines, below);
    isTimed ||= tellsWhen(lines, below);
    if (next !== null) found.set(next.label, next.kind);
    // An address on a line of its own, or recipients that go on.
    else if (++continued > 1) break;
    const kinds = [...found.values()];
    if (isTimed && kinds.includes("date") && kinds.includes("other")) return true;
    below = lines.nextWords(below + 1);
  }
  return false;
}

/** Whether a line has an address or a time of day, as every header block of a program does. */
const tellsWhen = (lines: Lines, at: number): boolean =>
  /@|\p{Nd}[:：]\p{Nd}{2}|\p{Nd}[.時시点]\p{Nd}{2}\s*$/u.test(lines.plain(at));

type Header = { label: string; kind: "from" | "date" | "other" };

function kindOf(lines: Lines, at: number): Header | null {
  const start = lines.plain(at).slice(0, MAX_LABEL);
  lines.steps.taken += start.length;
  const colon = start.search(/[:：]/);
  if (colon < 1) return null;
  const label = start.slice(0, colon).replaceAll("*", "").trim();
  const kind = LABELS.get(label);
  return kind === undefined ? null : { label, kind };
}

/** `-----Original Message-----` */
export function isOriginal(line: string): boolean {
  return line.length < 80 && isDash(line.replaceAll("*", "")[0]) && ORIGINALS.includes(uncoloned(undashed(line)));
}

/** `---------- Forwarded message ---------`, or `Begin forwarded message:` */
export function isForwardMark(line: string): boolean {
  if (line.length >= 80 || !(isDash(line[0]) || endsInColon(line))) return false;
  return FORWARDS.has(uncoloned(undashed(line)));
}

/** Whether the words above introduce what follows, or say that it is handed on. */
export function isIntroduced(lines: Lines, at: number): boolean {
  let above = lines.wordsAbove(at);
  if (above >= 0 && isRule(lines.plain(above))) above = lines.wordsAbove(above);
  const line = lines.plain(above);
  lines.steps.taken += line.length;
  return (
    endsInColon(line) || isForwardMark(line) || (line.length < 200 && HANDING_ON.some((words) => line.includes(words)))
  );
}

/** A line that is drawn, of three characters or more. */
export function isRule(line: string): boolean {
  const [first = ""] = line;
  return line.length >= 3 && "-_=*".includes(first) && line === first.repeat(line.length);
}
