import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget } from "./budget.ts";
import { compilePattern } from "./patterns.ts";

/** What the expression is for the runtime, whose grammar and meaning are ECMA-262's, it is for ours. */
function found(source: string, text: string): boolean {
  const compiled = compilePattern(source);
  if ("complaint" in compiled) throw new Error(`${source}: ${compiled.complaint}`);
  return compiled.pattern.test(text, new Budget(Number.POSITIVE_INFINITY));
}

// What the two grammars have in common by looks alone, and what is near to it.
const TEXTS = [
  ..."\u0000\t\n\v\f\r !#$&()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\u007f\u0085\u00a0\u00e9\u03b1\u1680\u180e\u2000\u200b\u2028\u2029\u3000\ufeff\u{1f600}\u{10ffff}",
  "",
  "ab",
  "a b",
  "a\nb",
  "\b",
  "\ud83d",
  "\ude00",
  "a]",
  ":a",
];

/** So that what fails can be told: some are no texts that can be written in UTF-8. */
const shown = (texts: readonly string[]): string[] => texts.map((text) => JSON.stringify(text));

const SOURCES = [
  ".",
  "^.$",
  "^.{2}$",
  "\\s",
  "\\S",
  "[\\s]",
  "[\\S]",
  "[^\\s]",
  "[^\\S]",
  "[\\s\\S]",
  "[\\Sa]",
  "\\d",
  "\\D",
  "[\\D]",
  "\\w",
  "[^\\w]",
  "[\\W]",
  "\\b",
  "\\B",
  "[\\b]",
  "[]",
  "[^]",
  "a[]",
  "[[:alpha:]",
  "[[:a:]",
  "[&&b]",
  "[a-]",
  "[-a]",
  "[\\-a]",
  "[!--]",
  "[\\]]",
  "[\\^a]",
  "[a^]",
  "[\\\\]",
  "\\ud83d\\ude00",
  "^[\\ud83d\\ude00]$",
  "\\u{1f600}",
  "^[\\u{1f600}-\\u{1f610}]$",
  "\\ud83d",
  "\u{1f600}",
  "^[\u{1f600}]$",
  "\\x41",
  "\\cJ",
  "[\\cJ]",
  "\\0",
  "\\t|\\n|\\v|\\f|\\r",
  "\\/",
  "/",
  "#",
  " ",
  "\\$",
  "\\.",
  "\\{\\}",
  "(?<name>a)b",
  "(?:a|)b",
  "(a)|(b)",
  "a{2}",
  "a{0}",
  "a{1,}",
  "a{0,1}?$",
  "(?:)",
  "",
  "^$",
  "\\p{L}",
  "\\P{L}",
  "[\\p{Lu}\\p{Nd}]",
  "\\p{Script=Greek}",
  "\\p{sc=Latin}",
  "\\p{gc=Zs}",
  "\\p{General_Category=Nd}",
];

describe("an expression of ECMA-262", () => {
  it.each(SOURCES)("means the same: %j", (source) => {
    const theirs = new RegExp(source, "u");
    expect(shown(TEXTS.filter((text) => found(source, text)))).toEqual(
      shown(TEXTS.filter((text) => theirs.test(text))),
    );
  });

  it("means the same, whatever it is put together from", () => {
    const escapes = fc.constantFrom(
      "\\s",
      "\\S",
      "\\d",
      "\\D",
      "\\w",
      "\\W",
      "\\n",
      "\\u0061",
      "\\u{61}",
      "\\ud83d\\ude00",
    );
    const member = fc.oneof(
      escapes,
      fc.constantFrom("a", "b", "-", "[", ":", "&", "^", " ", "\\]", "\\b", "a-z", "\\u0000-a"),
    );
    const inner = fc.array(member, { maxLength: 4 }).map((all) => all.join(""));
    const drawn = fc.letrec<{ expression: string; atom: string }>((tie) => ({
      atom: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom("a", "b", ".", "^", "$", "\\b", "\\B", "\u{1f600}", "-", "#"),
        escapes,
        fc.tuple(fc.constantFrom("", "^"), inner).map(([not, all]) => `[${not}${all}]`),
        tie("expression").map((all) => `(${all})`),
        tie("expression").map((all) => `(?:${all})`),
      ),
      expression: fc
        .array(fc.tuple(tie("atom"), fc.constantFrom("", "", "*", "+", "?", "{0,2}", "*?", "|")), { maxLength: 4 })
        .map((parts) => parts.map(([atom, repeat]) => atom + repeat).join("")),
    })).expression;
    const text = fc
      .array(
        fc.constantFrom(
          "a",
          "b",
          "z",
          "-",
          "[",
          "]",
          ":",
          "^",
          " ",
          "\n",
          "\b",
          "\u00a0",
          "\u2028",
          "\u{1f600}",
          "\ud83d",
          "0",
        ),
        {
          maxLength: 5,
        },
      )
      .map((all) => all.join(""));
    const isOne = (source: string) => {
      try {
        new RegExp(source, "u");
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(drawn.filter(isOne), fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
        const theirs = new RegExp(source, "u");
        expect(texts.map((each) => found(source, each))).toEqual(texts.map((each) => theirs.test(each)));
      }),
      { numRuns: 2000 },
    );
  });
});
