import { RE2JS } from "re2js";
import { type Budget, stepsFor } from "./budget.ts";

/**
 * Regular expressions of strangers. The runtime's own backtrack: `^(a|a)*$` takes time that doubles with every character.
 * RE2's grammar has nothing that must (no lookaround, no backreference), and its engine walks a text once, with at most
 * as many places in the expression at a time as that has instructions.
 */

/** Of an expression, in characters. */
export const MAX_PATTERN_LENGTH = 1000;
/** Of what it is compiled to: `(a{100}){10}` has a thousand. */
export const MAX_PROGRAM = 2000;

export type Pattern = {
  /** Whether it is found anywhere in a text, as JSON Schema has it. */
  test(text: string, budget: Budget): boolean;
};

/** A compiled expression, or why it is none. */
export type Compiled = { pattern: Pattern } | { complaint: string };

/** Isolate-wide: compiling takes longer than matching. */
const known = new Map<string, Compiled>();
const MAX_KNOWN = 500;

export function compilePattern(source: string): Compiled {
  const before = known.get(source);
  if (before) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const compiled = compile(source);
  known.set(source, compiled);
  return compiled;
}

function compile(source: string): Compiled {
  if (source.length > MAX_PATTERN_LENGTH) {
    return { complaint: `An expression may have at most ${MAX_PATTERN_LENGTH} characters` };
  }
  try {
    new RegExp(source, "u");
  } catch {
    return { complaint: "It is no regular expression" };
  }
  try {
    const expression = RE2JS.compile(RE2JS.translateRegExp(scripts(spaces(source))));
    const size = expression.programSize();
    if (size > MAX_PROGRAM) return { complaint: "The expression is too large: repeat less in it" };
    const test = (text: string, budget: Budget) => {
      // Each character is looked at from as many places in the expression as it has, at the most.
      budget.take(stepsFor(text.length) * (1 + Math.ceil(size / 8)));
      return expression.matcher(text).find();
    };
    return { pattern: { test } };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "unknown";
    return {
      complaint: `The expression could take very long, or repeats too much (${why}): leave out lookaround and backreferences, and repeat at most 1,000 times`,
    };
  }
}

/** ECMA-262 names scripts by `\p{Script=Greek}` or `sc=`, RE2 by the name alone. */
const scripts = (source: string): string =>
  source.replace(/\\([pP])\{(?:Script|sc|gc|General_Category)=(\w+)\}/g, "\\$1{$2}");

/** What `\s` has in ECMA-262 beyond ASCII, as a part of a class. */
const SPACES = String.raw`\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;

/** `\s` and `\S` are ASCII's for RE2, and Unicode's for ECMA-262; `\S` within a class is left at that. */
function spaces(source: string): string {
  let translated = "";
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === "\\") {
      const escaped = source.charAt(++at);
      if (escaped === "s") translated += inClass ? SPACES : `[${SPACES}]`;
      else if (escaped === "S" && !inClass) translated += `[^${SPACES}]`;
      else translated += character + escaped;
      continue;
    }
    if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    translated += character;
  }
  return translated;
}
