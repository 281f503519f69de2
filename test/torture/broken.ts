import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../src/local/wrangler.ts";
import { BROKEN, type Broken, MINUTES } from "./broken-copies.ts";

/**
 * Breaks a copy of the service in each of some ways, and says whether the harness sees it; and whether the histories do, which
 * leave out much, and so need not.
 */

/** What a copy of the project needs, beside what is installed. */
const COPIED = ["src", "test", "migrations", "package.json", "tsconfig.json", "vitest.config.ts", "wrangler.toml"];
const SEED = "7";
const HISTORIES = ["endpoint", "stream"].map((name) => `test/runtime/${name}-model.test.ts`);
/** What a history that goes wrong says. */
const WENT_WRONG = "Counterexample:";

function broken({ file, from, to }: Broken): string {
  const dir = mkdtempSync(join(tmpdir(), "posthorn-broken-"));
  for (const name of COPIED) cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  const text = readFileSync(join(dir, file), "utf8");
  if (text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
  writeFileSync(
    join(dir, file),
    text.replace(from, () => to),
  );
  return dir;
}

type Ran = { code: number; output: string };

async function torture(dir: string, { only = [], minutes = MINUTES }: Broken): Promise<Ran> {
  const args = [join(dir, "test/torture/run.ts"), "--minutes", String(minutes), "--seed", SEED];
  for (const name of only) args.push("--only", name);
  return run(dir, args);
}

/** @returns whether some history goes wrong */
async function goesWrong(dir: string): Promise<boolean> {
  const vitest = join(dir, "node_modules/vitest/vitest.mjs");
  const { code, output } = await run(dir, [vitest, "run", "--project", "runtime", ...HISTORIES]);
  if (code !== 0 && !output.includes(WENT_WRONG)) throw new Error(`The histories could not be had:\n${output}`);
  return code !== 0;
}

async function run(dir: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, "exit")) as [number | null];
  return { code: code ?? -1, output: Buffer.concat(output).toString() };
}

const chosen = process.argv.slice(2);
let blind = 0;
for (const each of BROKEN.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
  const dir = broken(each);
  try {
    const byHistories = (await goesWrong(dir)) ? "seen by the histories" : "not seen by the histories";
    const { code, output } = await torture(dir, each);
    if (code === 0) blind++;
    const what = output.split("\n").filter((line) => /^lost \d|^ {2}\/|Nothing has moved|Error/.test(line));
    console.log(`${code === 0 ? "NOT SEEN" : "seen"}  ${each.name} (${byHistories})`);
    for (const line of what.slice(0, 3)) console.log(`    ${line.slice(0, 160)}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
process.exitCode = blind === 0 ? 0 : 1;
