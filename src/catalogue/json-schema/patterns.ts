import { RE2JS } from "re2js";
import type { Budget } from "./budget.ts";
import { ecmaToRe2, Untranslatable } from "./ecma-to-re2.ts";

/**
 * Regular expressions of strangers. The runtime's own backtrack: `^(a|a)*$` takes time that doubles with every character.
 * RE2's grammar has nothing that must (no lookaround, no backreference), and its engine walks a text once, with at most
 * as many places in the expression at a time as that has instructions.
 */

/** Of an expression, in characters. */
export const MAX_PATTERN_LENGTH = 1000;
/** Instructions of what an expression is compiled to: `(a{100}){10}` has a thousand. */
export const MAX_PROGRAM = 2000;
/** Of all expressions of one schema together, as it is compiled in the middle of a request. */
export const MAX_PROGRAMS = 5000;

/** Steps that compiling takes for each character, of which some stand for hundreds of ranges, and each instruction. */
const STEPS_TO_READ = 150;
const STEPS_TO_WRITE = 20;
/** Places in an expression that are looked at in a step, for one character; and what a character takes beside them. */
const PLACES_PER_STEP = 5;
const PLACES_BESIDE = 8;

export type Pattern = {
  /** Instructions that it is compiled to. */
  size: number;
  /** Whether it is found anywhere in a text, as JSON Schema has it. */
  test(text: string, budget: Budget): boolean;
};

/** A compiled expression, or why it is none. */
export type Compiled = { pattern: Pattern } | { complaint: string };

export function compilePattern(source: string): Compiled {
  if (source.length > MAX_PATTERN_LENGTH) {
    return { complaint: `An expression may have at most ${MAX_PATTERN_LENGTH} characters` };
  }
  try {
    new RegExp(source, "u");
  } catch {
    return { complaint: "It is no regular expression" };
  }
  try {
    const expression = RE2JS.compile(ecmaToRe2(source));
    const size = expression.programSize();
    if (size > MAX_PROGRAM) return { complaint: "The expression is too large: repeat less in it" };
    const test = (text: string, budget: Budget) => {
      // Each character is looked at from as many places in the expression as it has, at the most.
      budget.take(1 + Math.ceil((text.length * (size + PLACES_BESIDE)) / PLACES_PER_STEP));
      return expression.matcher(text).find();
    };
    return { pattern: { size, test } };
  } catch (error) {
    if (error instanceof Untranslatable) {
      return { complaint: `Expressions are those of RE2, which has no ${error.message}` };
    }
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "unknown";
    return { complaint: `RE2 does not take this expression (${why}): repeat at most 1,000 times` };
  }
}

/** The expressions of a schema by their text, or why they cannot be had, all of them. */
export type Patterns = { patterns: ReadonlyMap<string, Pattern> } | { complaint: string };

/** @param budget pays for the compiling of each */
export function compilePatterns(sources: Iterable<string>, budget: Budget): Patterns {
  const patterns = new Map<string, Pattern>();
  let size = 0;
  for (const source of sources) {
    if (patterns.has(source)) continue;
    budget.take(STEPS_TO_READ * source.length);
    const compiled = compilePattern(source);
    if ("complaint" in compiled) return { complaint: `${JSON.stringify(source.slice(0, 100))}: ${compiled.complaint}` };
    size += compiled.pattern.size;
    if (size > MAX_PROGRAMS) {
      return { complaint: "The expressions of the schema are too large together: use fewer, or repeat less in them" };
    }
    budget.take(STEPS_TO_WRITE * compiled.pattern.size);
    patterns.set(source, compiled.pattern);
  }
  return { patterns };
}
