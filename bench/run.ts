import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { report } from "./report.ts";
import { type Scenario, scenarios, warmUps } from "./scenarios.ts";
import { Stage } from "./stage.ts";
import { failures, type Result } from "./verdict.ts";

const USAGE = `Usage: npm run bench -- [--quick] [--only NAME …] [--json FILE]
  --quick      fewer events and rounds
  --only NAME  this scenario only, may be given many times: ${scenarios(false)
    .map(({ name }) => name)
    .join(", ")}
  --json FILE  the results in full, beside the table
Compares the service with a Worker that only signs and posts. Ends with 1 when the service falls behind.`;

interface Arguments {
  chosen: Scenario[];
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
  const unknown = only?.find((name) => all.every((scenario) => scenario.name !== name));
  if (unknown !== undefined) fail(`There is no scenario ${unknown}`);
  return { chosen: all.filter(({ name }) => only?.includes(name) ?? true), json };
}

async function measure(stage: Stage, chosen: readonly Scenario[]): Promise<Result[]> {
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

const { chosen, json } = readArguments();
const stage = new Stage();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stage.clear().finally(() => process.exit(130)));
}
try {
  const results = await measure(stage, chosen);
  console.log(report(results));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  const found = results.flatMap(failures);
  for (const each of found) console.log(`FAILED ${each}`);
  if (found.length === 0) console.log("ok");
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await stage.clear();
  if (stage.log !== "") console.error(`The service's log:\n${stage.log.slice(-4000)}`);
}
