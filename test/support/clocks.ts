import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Looks through the tests for what makes them pass or fail by how fast the machine is. */

/** A place in a test. */
export interface Finding {
  file: string;
  line: number;
  what: string;
}

/** Where the one bound of all waits is, and who may therefore read clocks and set timers. */
const WAITING = [
  "test/support/eventually.ts",
  "test/support/soon.ts",
  "test/support/receiver.ts",
  "test/support/service.ts",
];
/** Receivers that answer late, and what is made up to look like traffic: their pauses are what is shown, not waited for. */
const PLAYING = ["test/support/behaviours.ts", "test/support/acme.ts", "test/screenshots.ts", "test/demo/show.ts"];
/** What takes the time that the platform takes. */
const MODEL = "test/model/";
/** Publishers, receivers and faults that take turns for as long as is asked for: a run, and no test of the suite. */
const TORTURE = "test/torture/";

/** How something lasted: by its name, or as a difference of two moments of which one is now. */
const LASTED = String.raw`(?:duration_?ms|elapsed|\btook\b|performance\.now|Date\.now\(\) - [a-z]|\.at - )`;
const UPPER = String.raw`\.(?:toBeLessThan|toBeLessThanOrEqual|toBeCloseTo|toBe|toEqual)\(`;

const RULES: readonly [what: string, pattern: RegExp][] = [
  ["a test that retries itself", /\b(?:retry|repeats):\s*\d/gi],
  ["an upper bound on how long something took", new RegExp(`expect\\([^;]*?${LASTED}[^;]*?\\)\\s*${UPPER}`, "gi")],
  ["a clock that measures", /\bperformance\.(?:now|timeOrigin|mark|measure)\b|\bprocess\.hrtime\b|\bconsole\.time\b/g],
  ["time since a moment", /\bDate\.now\(\) - [a-z][\w.]*/g],
  ["a pause", /\b(?:setTimeout|setInterval|sleep|waitForTimeout)\(|\bscheduler\.wait\((?!0\))/g],
  [
    "a bound of a wait's own",
    /\{ timeoutMs: \d|\btimeout: [\d_]+|\bAbortSignal\.timeout\(|\bsetDefaultTimeout\((?!NEVER_MS)/g,
  ],
  ["a bound of a test's own", /^ *\}, ?[\d_]{4,}\);|\b(?:testTimeout|hookTimeout):/gm],
  ["a wait with a bound of a second", /\bvi\.(?:waitFor|waitUntil)\(|\bexpect\.poll\(/g],
];

/** In texts that are checked, `timeout: 99` may stand for anything; comments set no timers. */
const bare = (source: string): string =>
  source
    .replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (text) => `"${" ".repeat(text.length - 2)}"`);

/**
 * What in one file's text hangs on a clock.
 * @param file below the repository's root, as it is to be named
 */
export function clocksIn(file: string, source: string): Finding[] {
  if (WAITING.includes(file) || PLAYING.includes(file)) return [];
  if (file.startsWith(MODEL) || file.startsWith(TORTURE)) return [];
  const code = bare(source);
  return RULES.flatMap(([what, pattern]) =>
    [...code.matchAll(pattern)].map(({ index, 0: text }) => {
      return { file, line: code.slice(0, index + text.length).split("\n").length, what };
    }),
  );
}

/** The tests and what helps them, by their path below the root; and what says how they are run. */
export function testSources(root: string): { file: string; source: string }[] {
  return globSync(["test/**/*.ts", "src/**/*.test.{ts,tsx}"], { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .map((file) => ({ file, source: readFileSync(join(root, file), "utf8") }));
}
