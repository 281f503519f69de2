import type { QuotationMark } from "./html-quotation.ts";

/** Lines as an HTML part shows them; those of one place in all three. */
export type HtmlLines = {
  lines: string[];
  /** Whether a line stands in what a program has marked as quoted. */
  quoted: boolean[];
  /** At which lines a history may begin, and at which it does: see `QuotationMark`. */
  soft: Set<number>;
  hard: number | null;
};

/** Quotations within quotations are marked so often at most, or lines would grow with the depth of the whole. */
const MAX_MARKS = 5;

/** Lines that are being put together. */
export class Page {
  readonly #decode: (text: string) => string;
  readonly #page: HtmlLines = { lines: [], quoted: [], soft: new Set(), hard: null };
  /** Of the elements that are open, by name, what each marks. */
  readonly #open = new Map<string, (QuotationMark | null)[]>();
  #parts: string[] = [];
  #blank = true;
  #quotes = 0;
  #regions = 0;
  #softNext = false;
  #hardNext = false;

  /** @param decode makes a line's text of its source */
  constructor(decode: (text: string) => string) {
    this.#decode = decode;
  }

  add(text: string): void {
    const [first = "", ...rest] = text.split("\n");
    this.#parts.push(first);
    for (const each of rest) {
      this.#end();
      this.#parts.push(each);
    }
  }

  open(name: string, mark: QuotationMark | null): void {
    if (name === "blockquote" || name === "div") {
      const open = this.#open.get(name) ?? [];
      open.push(mark);
      this.#open.set(name, open);
    }
    if (mark === null) return;
    this.#end();
    if (mark === "quote") this.#quotes++;
    else if (mark === "region") this.#regions++;
    // Within a quotation it is of an older history.
    else if (this.#quotes + this.#regions > 0) return;
    else if (mark === "soft") this.#softNext = true;
    else this.#hardNext = true;
  }

  close(name: string): void {
    const mark = this.#open.get(name)?.pop();
    if (mark !== "quote" && mark !== "region") return;
    this.#end();
    if (mark === "quote") this.#quotes--;
    else this.#regions--;
  }

  finished(): HtmlLines {
    this.#end();
    const { lines, quoted } = this.#page;
    while (lines.length > 0 && lines.at(-1) === "") {
      lines.pop();
      quoted.pop();
    }
    return this.#page;
  }

  /** Ends a line; of empty ones that follow on each other the first is kept. */
  #end(): void {
    const whole = this.#decode(this.#parts.join("")).replaceAll("\n", " ");
    // The blank behind is a part of a signature's mark.
    const line = /^\s?-- $/.test(whole) ? "-- " : whole.trim();
    this.#parts = [];
    const blank = line === "";
    if (blank && this.#blank) return;
    this.#blank = blank;
    const { lines, quoted, soft } = this.#page;
    if (!blank && this.#softNext) soft.add(lines.length);
    if (!blank && this.#hardNext) this.#page.hard ??= lines.length;
    if (!blank) {
      this.#softNext = false;
      this.#hardNext = false;
    }
    const marks = "> ".repeat(Math.min(this.#quotes, MAX_MARKS));
    lines.push(blank ? "" : marks + line);
    quoted.push(!blank && this.#quotes + this.#regions > 0);
  }
}
