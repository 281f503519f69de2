import type { Steps } from "../../lib/steps.ts";
import { type HtmlLines, Page } from "./html-page.ts";
import { attributeOf, quotationMark } from "./html-quotation.ts";

export type { HtmlLines };

/**
 * The text of an HTML part: read once from its beginning to its end, with no more understanding of HTML than that takes.
 * Nothing of it is ever shown as HTML.
 *
 * It is this and not `html-to-text` (https://www.npmjs.com/package/html-to-text), which builds a tree of the whole with six
 * packages below it, walks it by recursion, and says nothing of the place at which a program's quotation begins: what is
 * asked here is just that, and that the work grows with the length of what a stranger sends.
 */

/** Elements that begin lines, and whose content is nothing to read. */
const LINES: ReadonlySet<string> = new Set(["br", "hr", "li"]);
const BLOCKS: ReadonlySet<string> = new Set(
  "p div table tr td th ul ol h1 h2 h3 h4 h5 h6 blockquote pre section article header footer center address dl dt dd".split(
    " ",
  ),
);
const UNREAD: ReadonlySet<string> = new Set(["script", "style", "title"]);

/** As one text; quotations are marked with `>`. */
export const htmlToText = (html: string, steps: Steps): string => htmlLines(html, steps).lines.join("\n");

/** Its lines, and where among them mail programs have marked a quotation. */
export function htmlLines(html: string, steps: Steps): HtmlLines {
  const page = new Page(decodeEntities);
  let link: Link | null = null;
  /** Whether lines are broken as they are written. */
  let written = false;
  // Letters of ASCII alone, for others may change their length.
  const finds = new Finder(
    html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    steps,
  );
  for (let at = 0; at < html.length; ) {
    const open = finds.next("<", at);
    const words = html.slice(at, open).replaceAll(written ? /[^\S\n]+/g : /\s+/g, " ");
    page.add(words);
    link?.words.push(words);
    if (open === html.length) break;
    if (!/[a-z/!?]/i.test(html.charAt(open + 1))) {
      page.add("<");
      link?.words.push("<");
      at = open + 1;
      continue;
    }
    if (html.startsWith("<!-->", open)) {
      at = open + 5;
      continue;
    }
    if (html.startsWith("<!--", open)) {
      at = Math.min(html.length, finds.next("-->", open + 4) + 3);
      continue;
    }
    const close = closeOf(html, open, finds);
    // Without an end it is no tag, and neither is any that follows.
    if (close === html.length) {
      page.add(html.slice(open).replaceAll(/\s+/g, " "));
      break;
    }
    const tag = html.slice(open + 1, close);
    const name = nameOf(tag);
    at = close + 1;
    if (name === "pre") written = !tag.startsWith("/");
    if (name === "a") {
      if (link) page.add(shownLink(link));
      link = tag.startsWith("/") ? null : linkOf(tag);
    } else show(page, name, tag, steps);
    if (UNREAD.has(name) && !tag.startsWith("/")) {
      const end = finds.next(`</${name}`, at);
      if (end < html.length) at = end;
    }
  }
  return page.finished();
}

/** Where a tag ends: behind the quotes of its attributes, which may hold anything. */
function closeOf(html: string, open: number, finds: Finder): number {
  for (let at = open; ; ) {
    const close = finds.next(">", at);
    const quote = Math.min(finds.next('"', at), finds.next("'", at));
    if (quote >= close) return close;
    const isValue = /=\s?$/.test(html.slice(quote - 2, quote));
    const end = isValue ? finds.next(html.charAt(quote), quote + 1) : quote;
    // Without an end it is no quote.
    if (end === html.length) return close;
    at = end + 1;
  }
}

/** Where a text stands next. Asked from places that move on, it reads the whole once for each text that it is asked for. */
class Finder {
  readonly #text: string;
  readonly #steps: Steps;
  readonly #known = new Map<string, number>();

  constructor(text: string, steps: Steps) {
    this.#text = text;
    this.#steps = steps;
  }

  /** The text's length where it stands nowhere from there on. */
  next(what: string, from: number): number {
    const known = this.#known.get(what);
    this.#steps.taken++;
    if (known !== undefined && known >= from) return known;
    const found = this.#text.indexOf(what, from);
    const next = found < 0 ? this.#text.length : found;
    this.#steps.taken += next - from;
    this.#known.set(what, next);
    return next;
  }
}

/** In lower case, of an opening or a closing tag. Names are short: no more is looked at. */
const nameOf = (tag: string): string => /^\/?([a-z][a-z0-9]{0,9})/i.exec(tag.slice(0, 12))?.[1]?.toLowerCase() ?? "";

function show(page: Page, name: string, tag: string, steps: Steps): void {
  if (tag.startsWith("/")) {
    page.close(name);
    if (BLOCKS.has(name)) page.add("\n\n");
    return;
  }
  if (BLOCKS.has(name)) page.add("\n\n");
  page.open(name, quotationMark(name, tag, steps));
  if (name === "li") page.add("\n* ");
  else if (LINES.has(name)) page.add(name === "hr" ? "\n-------------\n" : "\n");
}

/** Where a link leads, and the words that it stands behind. */
type Link = { target: string; words: string[] };

/** Null for what leads nowhere on the web. */
function linkOf(tag: string): Link | null {
  const target = attributeOf(tag, "href");
  return target !== undefined && /^https?:/i.test(target) ? { target, words: [] } : null;
}

/** In brackets behind its words, where those do not say it. */
const shownLink = ({ target, words }: Link): string => (words.join("").trim() === target ? "" : ` (${target})`);

/** Those of HTML 4 for U+00A0 to U+00FF in their order, and what is common besides: https://www.w3.org/TR/html4/sgml/entities.html */
const LATIN =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para " +
  "middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute " +
  "Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute " +
  "THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde " +
  "ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ...LATIN.split(" ").map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    euro: "€",
    hellip: "…",
    bull: "•",
    trade: "™",
    ensp: "\u2002",
    emsp: "\u2003",
    thinsp: "\u2009",
    zwnj: "\u200c",
    zwj: "\u200d",
    lrm: "\u200e",
    rlm: "\u200f",
  }),
  ...Object.entries({ ndash: "–", mdash: "—", lsquo: "‘", rsquo: "’", sbquo: "‚", ldquo: "“", rdquo: "”", bdquo: "„" }),
]);

const windows1252 = new TextDecoder("windows-1252");

const decodeEntities = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z][a-z0-9]{0,7}));/gi,
    (whole, hex?: string, dec?: string, name?: string) => {
      if (name !== undefined) return ENTITIES.get(name) ?? whole;
      const code = hex === undefined ? Number.parseInt(dec ?? "", 10) : Number.parseInt(hex, 16);
      // Outlook writes characters of windows-1252 by their bytes: https://html.spec.whatwg.org/#numeric-character-reference-end-state
      if (code >= 0x80 && code <= 0x9f) return windows1252.decode(Uint8Array.of(code));
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : "\ufffd";
    },
  );

/** Text as HTML that shows it as it stands. */
export const textToHtml = (text: string): string =>
  `<div>${text
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replaceAll("\n", "<br />")}</div>`;
