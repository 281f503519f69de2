import { Steps } from "../../lib/steps.ts";
import { attributionAt } from "./attribution.ts";
import { isForwardMark, isHeaderBlock, isIntroduced, isOriginal, isRule } from "./header-block.ts";
import { Lines } from "./lines.ts";
import { FORWARDED_SUBJECTS } from "./reply-marks.ts";
import { signatureStart } from "./signature.ts";

/*
 * What is new in a reply: all before the place where its end begins, which is the quoted history and the signature. Lines
 * are classified one by one, with nothing that goes back in the text by more than some lines: the time grows with its
 * length, whatever it says. What is no end is never cut: a quotation that the author goes on below, or hands on.
 */

/** What is known of lines from elsewhere, such as their HTML. */
export type Hints = {
  /** The line from which on all is history; null if none is known. */
  hard: number | null;
  /** Lines at which a history may begin: if what follows is quoted to the end. */
  soft: ReadonlySet<number>;
  /** Whether the mail was handed on, by its subject. */
  forwarded: boolean;
};

export const NO_HINTS: Hints = { hard: null, soft: new Set(), forwarded: false };

/** `quoted` is what was cut, history and signature; null where nothing was. */
export type Split = { reply: string; quoted: string | null };

/**
 * A text in two: each line that says something is in one of them.
 * @param text of any length
 */
export function splitReply(text: string, hints: Hints = NO_HINTS, steps: Steps = new Steps()): Split {
  const lines = Lines.of(text, steps);
  return splitAt(lines, historyStart(lines, hints));
}

/** All is content: it ends with what somebody else wrote, whose signature is a part of that. */
export const HANDED_ON = -1;

/**
 * Lines before a history, the signature cut off, too; the whole where nothing would be left.
 * @param history where it begins, or `HANDED_ON`
 */
export function splitAt(lines: Lines, history: number): Split {
  if (lines.nextWords(0) >= history) return { reply: lines.text(0, lines.length), quoted: null };
  const signature = signatureStart(lines, history);
  const end = lines.nextWords(0) >= signature ? history : signature;
  const quoted = lines.text(end, lines.length);
  return { reply: lines.text(0, end), quoted: quoted === "" ? null : quoted };
}

/** Whether a subject begins as programs write it on what is handed on. */
export function isForwarded(subject: string | null | undefined): boolean {
  const start = (subject ?? "").trimStart().slice(0, 20).toLowerCase();
  const colon = start.search(/[:：]/);
  return colon > 0 && FORWARDED_SUBJECTS.has(start.slice(0, colon).trim());
}

/** The line at which the history begins; the number of lines where there is none, or `HANDED_ON`. */
export function historyStart(lines: Lines, hints: Hints): number {
  const tail = tailOf(lines);
  let answersBelow = false;
  for (let at = 0; at < lines.length; at++) {
    if (at === hints.hard) return hints.forwarded || isHandedOn(lines, at) ? HANDED_ON : withRule(lines, at);
    if (lines.isQuoted(at)) {
      if (at < tail) {
        answersBelow = true;
        continue;
      }
      // The rest of what was answered point by point.
      if (answersBelow) return lines.length;
      return isIntroduced(lines, at) ? HANDED_ON : at;
    }
    const plain = lines.plain(at);
    if (plain === "") continue;
    if (isForwardMark(plain)) return HANDED_ON;
    if (isOriginal(plain) || isHeaderBlock(lines, at)) {
      return hints.forwarded || isIntroduced(lines, at) ? HANDED_ON : withRule(lines, at);
    }
    if (hints.soft.has(at) && (isQuotedSoon(lines, at, tail) || areHeadersSoon(lines, at))) {
      return hints.forwarded || isHandedOn(lines, at) ? HANDED_ON : withRule(lines, at);
    }
    const attribution = attributionAt(lines, at);
    if (attribution === null) continue;
    const next = lines.nextWords(at + attribution.length);
    if (lines.isQuoted(next)) {
      if (next >= tail) return at;
      at += attribution.length - 1;
    } else if (attribution.certain && (at === 0 || lines.isBlank(at - 1))) {
      return at;
    }
  }
  return lines.length;
}

/** The line from which on nothing is the author's: quoted lines and a signature. */
function tailOf(lines: Lines): number {
  let at = signatureStart(lines, lines.length);
  while (at > 0 && (lines.isBlank(at - 1) || lines.isQuoted(at - 1))) at--;
  return at;
}

/** Lines that an attribution may have, and a program puts between. */
const SOON = 4;

/** Whether a quotation to the end begins some lines below. */
function isQuotedSoon(lines: Lines, from: number, tail: number): boolean {
  let at = from;
  for (let count = 0; count < SOON; count++) {
    at = lines.nextWords(at + 1);
    if (isForwardMark(lines.plain(at))) return false;
    if (lines.isQuoted(at)) return at >= tail;
  }
  return false;
}

/** What a label of a header may be, in whatever language. */
const LABELLED = /^[^:：]{1,24}[:：] ?\S/u;

/** Whether headers stand some lines below: two lines with labels, one after the other. */
function areHeadersSoon(lines: Lines, from: number): boolean {
  let at = from;
  let found = 0;
  for (let count = 0; count <= SOON && at < lines.length; count++) {
    found = LABELLED.test(lines.plain(at)) ? found + 1 : 0;
    if (found === 2) return true;
    at = lines.nextWords(at + 1);
  }
  return false;
}

/** Whether it is introduced above, or said below to be handed on. */
function isHandedOn(lines: Lines, from: number): boolean {
  if (isIntroduced(lines, from)) return true;
  let at = from;
  for (let count = 0; count < SOON; count++) {
    if (isForwardMark(lines.plain(at))) return true;
    at = lines.nextWords(at + 1);
  }
  return false;
}

/** With the line that Outlook draws above it. */
export function withRule(lines: Lines, at: number): number {
  const above = lines.wordsAbove(at);
  return above >= 0 && isRule(lines.plain(above)) ? above : at;
}
