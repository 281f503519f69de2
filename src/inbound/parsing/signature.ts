import type { Lines } from "./lines.ts";
import { DEVICE_BEGINS, DEVICE_ENDS, DEVICES, GREETING_BEGINS, GREETING_ENDS, GREETINGS } from "./reply-marks.ts";

/** A signature below the mark of RFC 3676, 4.3 has at most so many lines and characters: with more below, it is none. */
const SIGNATURE_LINES = 20;
const SIGNATURE_CHARACTERS = 2000;
/** Below a mark that may be something else, or a closing. */
const CARD_LINES = 8;
/** What a device writes, and a closing, are shorter, in characters and words. */
const MAX_DEVICE = 120;
const DEVICE_WORDS = 12;
const MAX_GREETING = 60;
/** A closing, what is below the mark, and what two programs have written. */
const MOST = 4;

/** Where the signature begins with which the lines before `end` end; `end` without blank lines before it, if with none. */
export function signatureStart(lines: Lines, end: number): number {
  let begins = lines.trimmed(end);
  for (let found = 0; found < MOST; found++) {
    const above = deviceAt(lines, begins) ?? markAt(lines, begins) ?? closingAt(lines, begins);
    if (above === null) break;
    begins = lines.trimmed(above);
  }
  return begins;
}

/** `Sent from my iPhone`, as the last line. */
function deviceAt(lines: Lines, end: number): number | null {
  const line = lines.plain(end - 1);
  lines.steps.taken += line.length * (DEVICES.length + DEVICE_BEGINS.length);
  return end > 0 && !lines.isQuoted(end - 1) && isDevice(line) ? end - 1 : null;
}

function isDevice(line: string): boolean {
  const bare = line
    .replace(/<[^<>]*>|\(https?:[^()]*\)|https?:\S+/g, "")
    .replace(/[[\]()<>*_]/g, "")
    .replace(/[.!。]$/, "")
    .trim();
  if (bare.length > MAX_DEVICE || bare.split(" ").length > DEVICE_WORDS || /[?:] ?|\. /.test(bare)) return false;
  if (!DEVICES.some((device) => bare.includes(device))) return false;
  return DEVICE_BEGINS.some((begin) => bare.startsWith(begin)) || DEVICE_ENDS.some((each) => bare.endsWith(each));
}

/** The lowest of the lines that may be a signature's mark. If it is none, those above it are none either. */
function markAt(lines: Lines, end: number): number | null {
  let characters = 0;
  for (let at = end - 1; at >= 0 && at >= end - SIGNATURE_LINES; at--) {
    const line = lines.written[at] ?? "";
    characters += line.length;
    lines.steps.taken++;
    if (characters > SIGNATURE_CHARACTERS || lines.isQuoted(at)) return null;
    if (!/^(?:--|---|_{2,80})$/.test(lines.plain(at))) continue;
    if (at === end - 1) return null;
    // The blank behind the dashes is what makes it the mark; many lose it on the way.
    if (line.startsWith("-- ")) return asks(lines, at + 1, end) ? null : at;
    if (lines.isBlank(at + 1) || (at > 0 && !lines.isBlank(at - 1))) return null;
    return isCardBelow(lines, at, end, line.trim() === "---") ? at : null;
  }
  return null;
}

/** A notice may stand below the name and the address, but none below a rule that people draw in their texts. */
function isCardBelow(lines: Lines, mark: number, end: number, drawn: boolean): boolean {
  if (drawn) return isCard(lines, mark + 1, end, false) && reaches(lines, mark + 1, end);
  let blank = mark + 1;
  while (blank < end && !lines.isBlank(blank)) blank++;
  if (!isCard(lines, mark + 1, blank, false)) return false;
  return blank === end || (reaches(lines, mark + 1, blank) && !asks(lines, blank, end));
}

/** `Kind regards`, with a name and the like below, or nothing. */
function closingAt(lines: Lines, end: number): number | null {
  for (let at = end - 1; at >= 0 && at >= end - 2 * CARD_LINES; at--) {
    if (lines.isQuoted(at)) return null;
    lines.steps.taken += lines.plain(at).length;
    if (isGreeting(lines.plain(at))) return isCard(lines, at + 1, end, true) ? at : null;
  }
  return null;
}

function isGreeting(line: string): boolean {
  if (line.length > MAX_GREETING) return false;
  const words = line.replace(/[,.!！]{1,2}$/, "").trimEnd();
  if (GREETINGS.has(words)) return true;
  const each = words.split(" ");
  return each.length <= 4 && GREETING_BEGINS.has(each[0] ?? "") && GREETING_ENDS.has(each.at(-1) ?? "");
}

/** Whether these are a name, a firm, a telephone number: few short lines, none of them a sentence or a part of a list. */
function isCard(lines: Lines, from: number, end: number, parted: boolean): boolean {
  let count = 0;
  for (let at = from; at < end; at++) {
    const line = lines.plain(at);
    lines.steps.taken += line.length + 1;
    if (line === "" && (lines.written[at] ?? "").trim() === "") {
      if (!parted) return false;
      continue;
    }
    if (++count > CARD_LINES || line === "" || /^[|*#•>]|[?]$/.test(line)) return false;
    const words = line.split(" ").length;
    if (words > 8 || (/[.!]$/.test(line) && words > 3)) return false;
  }
  return true;
}

/** Whether one can be reached by what they say: a telephone number, an address. */
function reaches(lines: Lines, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (/@|https?:|www\.|\+\d\d|\b(?:tel|phone)\b/.test(lines.plain(at))) return true;
  return false;
}

function asks(lines: Lines, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (lines.plain(at).endsWith("?")) return true;
  return false;
}
