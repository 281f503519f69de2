import type { Steps } from "../../lib/steps.ts";

/**
 * How mail programs mark in HTML what they quote. `quote` and `region` end with their element, and only the first is shown
 * with `>`; at `soft` a history begins if a quotation follows to the end, or soon some headers; at `hard` all that follows is
 * history.
 */
export type QuotationMark = "quote" | "region" | "soft" | "hard";

/** By element and attribute, what its value begins with or has as a word. All in lower case. */
type Rule = { element: string; attribute: string; value: string; mark: QuotationMark };

const rule = (element: string, attribute: string, value: string, mark: QuotationMark): Rule => {
  return { element, attribute, value, mark };
};

const RULES: readonly Rule[] = [
  // Apple Mail, Thunderbird, Proton Mail.
  rule("blockquote", "type", "cite", "quote"),
  rule("blockquote", "class", "gmail_quote", "quote"),
  rule("blockquote", "class", "protonmail_quote", "quote"),
  rule("blockquote", "class", "tutanota_quote", "quote"),
  rule("blockquote", "id", "blockquote_zmail", "quote"),
  rule("div", "class", "yahoo_quoted", "region"),
  rule("div", "id", "yahoo_quoted", "region"),
  // GMX and WEB.DE.
  rule("div", "name", "quote", "region"),
  rule("div", "class", "gmail_quote", "soft"),
  rule("div", "class", "gmail_attr", "soft"),
  rule("div", "class", "moz-cite-prefix", "soft"),
  rule("div", "class", "protonmail_quote", "soft"),
  rule("div", "class", "zmail_extra", "soft"),
  // Outlook on the web and the new one, on telephones, on a Mac, and on Windows.
  rule("div", "id", "divrplyfwdmsg", "hard"),
  rule("div", "id", "appendonsend", "soft"),
  rule("div", "id", "mail-editor-reference-message-container", "hard"),
  rule("span", "id", "olk_src_body_section", "hard"),
  rule("hr", "id", "stopspelling", "hard"),
  rule("hr", "id", "zwchr", "hard"),
  rule("div", "style", "border:none;border-top:solid #e1e1e1", "soft"),
  rule("div", "style", "border:none;border-top:solid #b5c4df", "soft"),
];

const ELEMENTS: ReadonlySet<string> = new Set(RULES.map(({ element }) => element));

/**
 * What an opening tag marks; null if nothing.
 * @param tag what is between its brackets
 * @param steps counts what is looked at of it, once for each rule of the element
 */
export function quotationMark(name: string, tag: string, steps: Steps): QuotationMark | null {
  if (!ELEMENTS.has(name)) return null;
  for (const { element, attribute, value, mark } of RULES) {
    if (element !== name) continue;
    steps.taken += Math.min(tag.length, LONGEST_TAG);
    const given = attributeOf(tag, attribute)?.toLowerCase();
    if (given === undefined) continue;
    if (attribute === "class" ? given.split(/\s+/).includes(value) : begins(attribute, given, value)) return mark;
  }
  return null;
}

/** Yahoo puts a number behind its id, and a style goes on. */
const begins = (attribute: string, given: string, value: string): boolean =>
  attribute === "id" || attribute === "style" ? given.replaceAll("; ", ";").startsWith(value) : given === value;

const SEARCHES = new Map<string, RegExp>();

function searchFor(name: string): RegExp {
  const known = SEARCHES.get(name) ?? new RegExp(`[\\s"']${name}\\s?=`, "i");
  SEARCHES.set(name, known);
  return known;
}

/** Longer tags, in characters, are not looked into. */
const LONGEST_TAG = 4000;

/**
 * The value of an attribute as it is written, in quotes or not; undefined where there is none.
 * @param name of the few that this module's callers know: their expressions are kept
 */
export function attributeOf(tag: string, name: string): string | undefined {
  if (tag.length > LONGEST_TAG) return undefined;
  const place = tag.search(searchFor(name));
  if (place < 0) return undefined;
  const value = tag.slice(tag.indexOf("=", place) + 1).trimStart();
  const quote = value.charAt(0);
  return quote === '"' || quote === "'" ? value.slice(1).split(quote, 1)[0] : value.split(/\s/, 1)[0];
}
