import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyProject, type Ran, runIn } from "../support/project-copy.ts";
import { BROKEN, type Broken, MINUTES } from "./broken-copies.ts";

/**
 * Breaks a copy of the service in each of some ways, and says whether the harness sees it; and whether the histories do, which
 * leave out much, and so need not.
 */

const SEED = "7";
const HISTORIES = ["endpoint", "stream"].map((name) => `test/runtime/${name}-model.test.ts`);
/** What a history that goes wrong says. */
const WENT_WRONG = "Counterexample:";

function broken({ file, from, to }: Broken): string {
  const dir = copyProject();
  const text = readFileSync(join(dir, file), "utf8");
  if (from !== to && text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
  writeFileSync(
    join(dir, file),
    text.replace(from, () => to),
  );
  return dir;
}

async function torture(dir: string, { only = [], minutes = MINUTES }: Broken): Promise<Ran> {
  const args = [join(dir, "test/torture/run.ts"), "--minutes", String(minutes), "--seed", SEED, "--first"];
  for (const name of only) args.push("--only", name);
  return runIn(dir, args);
}

/** @returns whether some history goes wrong */
async function goesWrong(dir: string): Promise<boolean> {
  const vitest = join(dir, "node_modules/vitest/vitest.mjs");
  const { code, output } = await runIn(dir, [vitest, "run", "--project", "runtime", ...HISTORIES]);
  if (code !== 0 && !output.includes(WENT_WRONG)) throw new Error(`The histories could not be had:\n${output}`);
  return code !== 0;
}

/** What the harness says that has seen something: that it is lost or wrong, or that it never comes to an end. */
const SEEN = /^lost (?!0, wrong 0$)\d+, wrong \d+$|^Error: Nothing has moved/m;
const MAX_MS = 5 * 60_000;

/** @throws Error where the harness did not come to a verdict */
function verdictOf({ code, output }: Ran): "seen" | "not seen" {
  if (code === 0) return "not seen";
  if (code === 1 && SEEN.test(output)) return "seen";
  throw new Error(`The harness came to no verdict (${code}):\n${output.slice(-5000)}`);
}

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => BROKEN.every((each) => each.name !== name));
if (unknown !== undefined) {
  console.error(`There is no copy "${unknown}". There are: ${BROKEN.map(({ name }) => name).join("; ")}`);
  process.exit(2);
}
let blind = 0;
/** Nothing is replaced in it: the harness has to see nothing. */
const UNBROKEN: Broken = { name: "nothing is broken", file: "src/index.ts", from: "import", to: "import" };
for (const each of [UNBROKEN, ...BROKEN.filter(({ name }) => chosen.length === 0 || chosen.includes(name))]) {
  const dir = broken(each);
  try {
    const byHistories = (await goesWrong(dir)) ? "seen by the histories" : "not seen by the histories";
    const began = Date.now();
    const ran = await torture(dir, each);
    const took = Date.now() - began;
    const verdict = verdictOf(ran);
    const isRight = verdict === (each === UNBROKEN ? "not seen" : "seen") && took < MAX_MS;
    if (!isRight) blind++;
    console.log(`${isRight ? "" : "WRONG "}${verdict} in ${Math.round(took / 1000)} s: ${each.name} (${byHistories})`);
    const what = ran.output.split("\n").filter((line) => /^lost \d|^ {2}\/|Nothing has moved|Error/.test(line));
    for (const line of what.slice(0, 3)) console.log(`    ${line.slice(0, 160)}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
process.exitCode = blind === 0 ? 0 : 1;
