import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Isolation, isolation } from "./isolation.ts";
import { isolationReport, report } from "./report.ts";
import { type Scenario, scenarios, warmUps } from "./scenarios.ts";
import { Stage } from "./stage.ts";
import { failures, isolationFailures, type Result } from "./verdict.ts";

/** Beside the scenarios, and compared with nothing but itself. */
const ISOLATION = "isolation";

const USAGE = `Usage: npm run bench -- [--quick] [--only NAME …] [--json FILE]
  --quick      fewer events and rounds
  --only NAME  this scenario only, may be given many times: ${[...scenarios(false).map(({ name }) => name), ISOLATION].join(", ")}
  --json FILE  the results in full, beside the table
Compares the service with a Worker that only signs and posts, and endpoints with those beside one that hangs. Ends with 1
when the service falls behind.`;

interface Arguments {
  chosen: Scenario[];
  isolated: boolean;
  json: string | undefined;
}

function fail(problem: string): never {
  console.error(`${problem}\n${USAGE}`);
  process.exit(2);
}

function values() {
  try {
    return parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string", multiple: true },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function readArguments(): Arguments {
  const { quick, only, json, help } = values();
  if (help) {
    console.log(USAGE);
    process.exit(0);
  }
  const all = scenarios(quick);
  const unknown = only?.find((name) => name !== ISOLATION && all.every((scenario) => scenario.name !== name));
  if (unknown !== undefined) fail(`There is no scenario ${unknown}`);
  const isolated = only?.includes(ISOLATION) ?? true;
  return { chosen: all.filter(({ name }) => only?.includes(name) ?? true), isolated, json };
}

async function measure(stage: Stage, chosen: readonly Scenario[]): Promise<Result[]> {
  if (chosen.length === 0) return [];
  const workspaces = Math.max(...chosen.map((scenario) => scenario.workspaces));
  const { bench, floor, service } = await stage.set(workspaces);
  for (const scenario of warmUps(workspaces)) {
    for (const contender of [floor, service]) await bench.run(scenario, contender);
  }
  const results: Result[] = [];
  for (const scenario of chosen) {
    const result: Result = { scenario, rounds: [] };
    for (let round = 1; round <= scenario.rounds; round++) {
      console.error(`${scenario.name}, round ${round} of ${scenario.rounds}`);
      // By turns, so that a noisy spell of the machine meets both.
      result.rounds.push({ floor: await bench.run(scenario, floor), service: await bench.run(scenario, service) });
    }
    results.push(result);
  }
  return results;
}

async function measureIsolation(stage: Stage): Promise<Isolation> {
  console.error(ISOLATION);
  return isolation(await stage.serve());
}

const { chosen, isolated, json } = readArguments();
const stage = new Stage();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stage.clear().finally(() => process.exit(130)));
}
try {
  const results = await measure(stage, chosen);
  if (results.length > 0) console.log(report(results));
  const beside = isolated ? await measureIsolation(stage) : undefined;
  if (beside) console.log(isolationReport(beside));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ results, isolation: beside }, null, 2)}\n`);
  const found = [...results.flatMap(failures), ...(beside ? isolationFailures(beside) : [])];
  for (const each of found) console.log(`FAILED ${each}`);
  if (found.length === 0) console.log("ok");
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await stage.clear();
  if (stage.log !== "") console.error(`The service's log:\n${stage.log.slice(-4000)}`);
}
