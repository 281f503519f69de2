import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker, MODEL_ENTRY } from "../../src/local/build.ts";
import { commandLine, misused } from "../../src/local/command-line.ts";
import { FAULT_NAMES, type FaultName } from "./faults.ts";
import { newWorld } from "./new-world.ts";
import { report } from "./report.ts";
import { torture } from "./torture.ts";
import { shortOf, WHOLE } from "./whole.ts";

const USAGE = `Usage: npm run torture -- [--minutes N] [--seed N] [--only FAULT …] [--whole] [--first]
  --minutes N   for how long faults strike; 1 unless told
  --seed N      what faults are drawn from: the same seed draws the same ones in the same order. Drawn, and printed, unless told
  --whole       ends with 1, too, where less than this was broken: ${WHOLE.kills} kills, ${WHOLE.resets} resets, ${WHOLE.events} events, each
                fault ${WHOLE.each} times
  --first       ends at the first thing that is lost or wrong, and looks for no more
  --only FAULT  this one alone, may be given many times: ${FAULT_NAMES.join("; ")}
Breaks the service on the model of the platform (docs/model.md) in every way it can, while events are published to it, and
checks that all that was answered 202 arrives, or that the log says why not. Ends with 1 when something is lost or wrong.`;

function readArguments(): {
  minutes: number;
  seed: number;
  only: readonly FaultName[];
  whole: boolean;
  first: boolean;
} {
  const values = commandLine(USAGE, {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: "string", multiple: true, default: [...FAULT_NAMES] },
    whole: { type: "boolean", default: false },
    first: { type: "boolean", default: false },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0)) misused(USAGE, `--minutes must be more than 0, not "${values.minutes}"`);
  if (!Number.isSafeInteger(seed)) misused(USAGE, `--seed must be a whole number, not "${values.seed}"`);
  const only = FAULT_NAMES.filter((name) => values.only.includes(name));
  const unknown = values.only.find((name) => !FAULT_NAMES.some((known) => known === name));
  if (unknown !== undefined) misused(USAGE, `There is no fault "${unknown}"`);
  return { minutes, seed, only, whole: values.whole, first: values.first };
}

const { minutes, seed, only, whole, first } = readArguments();
console.log(`seed ${seed}`);
const dir = mkdtempSync(join(tmpdir(), "posthorn-torture-"));
// What it has stored tells most of what went wrong.
process.once("exit", (code) => {
  if (code === 0) rmSync(dir, { recursive: true, force: true });
  else console.error(`What the service has stored is kept in ${join(dir, "state")}, what the harness saw beside it`);
});
const world = await newWorld(await buildWorker(join(dir, "worker"), MODEL_ENTRY), dir, seed);
const { service } = world;
try {
  const result = await torture(world, {
    faults: only,
    ms: minutes * 60_000,
    say: console.error,
    stopsAtFirst: first,
  });
  console.log(report(result));
  const { lost, wrong } = result.verdict;
  const short = whole ? shortOf(result, only) : [];
  for (const each of short) console.log(`SHORT ${each}`);
  process.exitCode = lost.length + wrong.length + short.length === 0 ? 0 : 1;
  if (process.exitCode !== 0) {
    const { published, arrived, paused, held, cuts, cutsOf, jumps } = world.journal;
    const all = { published, arrived, paused, held, cuts, cutsOf: [...cutsOf], jumps };
    for (const [name, rows] of Object.entries(all)) {
      writeFileSync(join(dir, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    }
  }
} catch (error) {
  console.error(`What the service said last:\n${service.output().slice(-5000)}`);
  throw error;
} finally {
  await service.stop();
}
