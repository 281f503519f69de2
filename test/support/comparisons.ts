import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Looks through source text for comparisons whose time tells how much of a guess was right. */

/** A place in the sources. */
export interface Finding {
  file: string;
  line: number;
  text: string;
}

/** The one file that may compare what must not be guessed. */
export const PRIMITIVE = "lib/constant-time.ts";

/** Words in the name of what must not be guessed, or of what it is compared with. */
const SENSITIVE = new Set(
  "signature signatures sig mac hmac digest digests hash token secret secrets password passwords passphrase credential credentials mark expected authorization bearer jws jwt"
    .split(" ")
    .concat("apikey"),
);

/** `expectedMac`, `url_hash`: by its words. */
function isSensitive(name: string): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[ _$]+/);
  return words.some((word) => SENSITIVE.has(word.toLowerCase()));
}

/** What a member or a call is asked of tells the name: of `row.token` it is `token`, of `token.length` it is `length`. */
const CHAIN = String.raw`#?[A-Za-z_$][\w$]*(?:(?:\?\.|\.|!\.)#?[\w$]+|\[[^\[\]]*\]|\([^()]*\))*!?`;
const LITERAL = String.raw`"[^"]*"|'[^']*'|${"`[^`]*`"}|-?\d[\w.]*`;
const OPERAND = `(?:typeof )?(?:${CHAIN}|${LITERAL})`;
const EQUALITY = new RegExp(String.raw`(${OPERAND})\s*(?:[!=]==?)\s*(${OPERAND})`, "g");
/** Searches, which stop at the first difference as an equality does. */
const SEARCH = new RegExp(
  String.raw`(${CHAIN.replace("*!?", "*?")})\??\.(?:includes|indexOf|lastIndexOf|startsWith|endsWith|localeCompare|equals|compare|has)\((${OPERAND})`,
  "g",
);
const OTHER_PRIMITIVES = /\btimingSafeEqual\b|\btimingSafeStringCompare\b/g;

/** The name of what an operand gives, and where that is a call's, of what it is given: `hex(mac)` is no more public. */
function namesOf(operand: string): string[] {
  const bare = operand.replaceAll(/\([^()]*\)|\[[^[\]]*\]|!/g, "");
  const given = operand.endsWith(")") ? (operand.slice(operand.lastIndexOf("(")).match(/[\w$]+/g) ?? []) : [];
  return [/([\w$]+)$/.exec(bare)?.[1] ?? "", ...given];
}

/** What is compared with such is known to everybody: literals, and constants of the code. */
const isPublic = (operand: string): boolean =>
  /^(["'`\d-]|typeof )/.test(operand) || /^(null|undefined|true|false|[A-Z][A-Z0-9_]*)$/.test(operand);

const compares = ([, left = "", right = ""]: RegExpMatchArray): boolean =>
  !isPublic(left) && !isPublic(right) && [left, right].flatMap(namesOf).some(isSensitive);

/** Comments say much of tokens, and compare nothing. Lines stay lines. */
const withoutComments = (source: string): string =>
  source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replaceAll(/[^\n]/g, ""));

/**
 * Comparisons in one file's text that must be {@link PRIMITIVE}'s.
 * @param file below `src`, as it is to be named
 */
export function comparisonsIn(file: string, source: string): Finding[] {
  if (file === PRIMITIVE) return [];
  const code = withoutComments(source);
  const matches = [
    ...[...code.matchAll(EQUALITY)].filter(compares),
    ...[...code.matchAll(SEARCH)].filter(compares),
    ...code.matchAll(OTHER_PRIMITIVES),
  ];
  return matches.map(({ index, 0: text }) => ({ file, line: code.slice(0, index).split("\n").length, text }));
}

/** The service's own sources, tests left out, by their path below `src`. */
export function sources(src: string): { file: string; source: string }[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { file: relative(src, path), source: readFileSync(path, "utf8") };
    });
}
