import { Steps } from "../../lib/steps.ts";
import { type HtmlLines, htmlLines } from "./html-text.ts";
import { Lines } from "./lines.ts";
import { HANDED_ON, historyStart, isForwarded, NO_HINTS, type Split, splitAt, withRule } from "./reply.ts";

/** A mail's text: the whole, what is new in it, and what was cut off. Null where there is none. */
export type MailText = { text: string | null; reply: string | null; quoted: string | null };

/**
 * Reads a mail's text, and cuts it in two: each line of `text` that says something is in `reply` or in `quoted`. `text` is
 * made from the HTML where there is none, or nothing but blanks. Where the HTML marks a quotation, it decides where that
 * begins.
 * @param mail its two texts, of any length; and its subject, which tells what was handed on
 * @param steps counts what is looked at: it grows with the length of the texts
 */
export function mailText(
  mail: { text: string | null; html?: string | null | undefined; subject?: string | null | undefined },
  steps: Steps = new Steps(),
): MailText {
  const { text, html } = mail;
  const forwarded = isForwarded(mail.subject);
  const shown = isBlank(html) ? null : htmlLines(html ?? "", steps);
  if (!isBlank(text)) return { text, ...splitText(text ?? "", shown, forwarded, steps) };
  if (shown === null || shown.lines.length === 0) return { text, reply: text, quoted: null };
  const lines = new Lines(shown.lines, steps, shown.quoted);
  return { text: shown.lines.join("\n"), ...splitAt(lines, historyStart(lines, { ...shown, forwarded })) };
}

const isBlank = (text: string | null | undefined): boolean => (text ?? "").trim() === "";

function splitText(text: string, shown: HtmlLines | null, forwarded: boolean, steps: Steps): Split {
  const lines = Lines.of(text, steps);
  const marked = shown === null ? null : markedStart(lines, shown, forwarded);
  return splitAt(lines, marked ?? historyStart(lines, { ...NO_HINTS, forwarded }));
}

/** The line of a text at which the quotation begins that its HTML marks; null where it marks none, or says something else. */
function markedStart(lines: Lines, shown: HtmlLines, forwarded: boolean): number | null {
  if (shown.hard === null && shown.soft.size === 0 && !shown.quoted.includes(true)) return null;
  const html = new Lines(shown.lines, lines.steps, shown.quoted);
  const start = historyStart(html, { ...shown, forwarded });
  if (start === html.length || start === HANDED_ON) return null;
  const found = lineBehind(lines, squeezed(html, 0, start)) ?? lineBefore(lines, squeezed(html, start, html.length));
  return found === null ? null : withRule(lines, found);
}

/** What is shown differently by the two: places on the web, pictures, and all but letters and digits. */
const SHOWN = /https?:\/\/\S+|mailto:\S+|\[(?:image|cid):[^[\]]{0,200}\]/gi;

function squeeze(lines: Lines, at: number): string {
  const line = lines.written[at] ?? "";
  lines.steps.taken += line.length;
  return line.replaceAll(SHOWN, "").replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

function squeezed(lines: Lines, from: number, to: number): string {
  const words: string[] = [];
  for (let at = from; at < to; at++) words.push(squeeze(lines, at));
  return words.join("");
}

/** The first line behind these words, if a text begins with them. */
function lineBehind(lines: Lines, words: string): number | null {
  let said = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = squeeze(lines, at);
    if (line === "") continue;
    if (said === words.length) return said > 0 ? at : null;
    if (!words.startsWith(line, said)) return null;
    said += line.length;
  }
  return null;
}

/** The line that these words begin with, if a text ends with them. */
function lineBefore(lines: Lines, words: string): number | null {
  let left = words.length;
  for (let at = lines.length - 1; at >= 0 && left > 0; at--) {
    const line = squeeze(lines, at);
    if (line === "") continue;
    if (line.length > left || !words.startsWith(line, left - line.length)) return null;
    left -= line.length;
    if (left === 0) return at;
  }
  return null;
}
