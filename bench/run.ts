import { writeFileSync } from "node:fs";
import { commandLine, misused } from "../src/local/command-line.ts";
import { BESIDE, besides } from "./besides.ts";
import { type Ceilings, ceilings } from "./ceiling.ts";
import { freePort } from "./free-port.ts";
import type { Contender, Measurement } from "./measure.ts";
import { type Adapter, preparePeer, readAdapter } from "./peers/adapter.ts";
import { report } from "./scenario-report.ts";
import { type Scenario, scenarios, warmUps } from "./scenarios.ts";
import { Stage } from "./stage.ts";
import { ceilingFailures, failures, type Result } from "./verdict.ts";

const USAGE = `Usage: npm run bench -- [--quick] [--only NAME …] [--compare FILE …] [--json FILE]
  --quick      fewer events and rounds
  --only NAME  this scenario only, may be given many times: ${[...scenarios(false).map(({ name }) => name), ...BESIDE].join(", ")}
  --compare FILE  measures another sender in the same run, where it takes single events; may be given many times. The file
               says how to reach it: see bench/peers
  --json FILE  the results in full, beside the table
Compares the service with a Worker that only signs and posts, and endpoints with those beside one that hangs; sends to
receivers that take their time or fail, here and on the model of the platform (far), beside an endpoint whose object takes
long (slow-object), over one stream and four (streams), one event to one endpoint and to a thousand and more (fan-out), one of
each of many workspaces; takes callbacks of providers; asks webhooks with short and with long logs (growth); and tells what the service occupies (memory), and
what is uploaded and takes to start (start). Ends with 1 when the service falls behind.`;

interface Arguments {
  quick: boolean;
  chosen: Scenario[];
  /** Of those beside the scenarios. */
  beside: ReadonlySet<string>;
  compared: Adapter[];
  json: string | undefined;
}

function readArguments(): Arguments {
  const { quick, only, compare, json } = commandLine(USAGE, {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    compare: { type: "string", multiple: true, default: [] },
    json: { type: "string" },
  });
  const all = scenarios(quick);
  const unknown = only?.find(
    (name) => !BESIDE.some((each) => each === name) && all.every((scenario) => scenario.name !== name),
  );
  if (unknown !== undefined) misused(USAGE, `There is no scenario ${unknown}`);
  const beside = new Set<string>(BESIDE.filter((name) => only?.includes(name) ?? true));
  const chosen = all.filter(({ name }) => only?.includes(name) ?? true);
  return { quick, chosen, beside, compared: readAdapters(compare), json };
}

function readAdapters(files: readonly string[]): Adapter[] {
  try {
    return files.map(readAdapter);
  } catch (error) {
    return misused(USAGE, error instanceof Error ? error.message : String(error));
  }
}

async function measure(stage: Stage, chosen: readonly Scenario[], compared: readonly Adapter[]): Promise<Result[]> {
  if (chosen.length === 0) return [];
  const workspaces = Math.max(...chosen.map((scenario) => scenario.workspaces));
  const { bench, floor, service, receiver } = await stage.set(workspaces);
  const peers: Contender[] = [];
  for (const adapter of compared) {
    const targets = await preparePeer(adapter, receiver, 1);
    peers.push({ name: adapter.name, targets, pid: undefined });
  }
  for (const scenario of warmUps(workspaces)) {
    for (const contender of [floor, service, ...peersOf(scenario, peers)]) await bench.run(scenario, contender);
  }
  const results: Result[] = [];
  for (const scenario of chosen) {
    const result: Result = { scenario, rounds: [] };
    for (let round = 1; round <= scenario.rounds; round++) {
      console.error(`${scenario.name}, round ${round} of ${scenario.rounds}`);
      // By turns, so that a noisy spell of the machine meets both.
      const ours = { floor: await bench.run(scenario, floor), service: await bench.run(scenario, service) };
      const theirs: Record<string, Measurement> = {};
      for (const peer of peersOf(scenario, peers)) theirs[peer.name] = await bench.run(scenario, peer);
      result.rounds.push({ ...ours, peers: theirs });
    }
    results.push(result);
  }
  return results;
}

/** Those that can be measured by a scenario: none takes batches, and each has one tenant. */
const peersOf = (scenario: Scenario, peers: readonly Contender[]): readonly Contender[] =>
  scenario.kind === "open" || scenario.batch === 1 ? peers : [];

const { quick, chosen, beside, compared, json } = readArguments();
const stages = {
  here: new Stage(),
  far: new Stage("far"),
  many: new Stage(),
  growth: new Stage(),
  memory: new Stage(undefined, await freePort()),
  sizes: new Stage(),
};
const clear = () => Promise.all(Object.values(stages).map((stage) => stage.clear()));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => clear().finally(() => process.exit(130)));
}
try {
  const results = await measure(stages.here, chosen, compared);
  // With nothing else at work: the generator alone.
  const manages: Ceilings = results.length > 0 ? await ceilings(quick) : [];
  if (results.length > 0) console.log(report(results, manages));
  const others = await besides(beside, stages, quick);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ results, manages, ...others.results }, null, 2)}\n`);
  const found = [...results.flatMap(failures), ...ceilingFailures(manages, results), ...others.found];
  for (const each of found) console.log(`FAILED ${each}`);
  if (found.length === 0) console.log("ok");
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await clear();
  const log = Object.values(stages)
    .map((stage) => stage.log)
    .join("");
  if (log !== "") console.error(`The service's log:\n${log.slice(-4000)}`);
}
