import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { callbacks } from "./callbacks.ts";
import { fanOut } from "./fan-out.ts";
import { isolation } from "./isolation.ts";
import type { Contender, Measurement } from "./measure.ts";
import { type Adapter, preparePeer, readAdapter } from "./peers/adapter.ts";
import { receivers } from "./receivers.ts";
import {
  callbacksReport,
  fanOutReport,
  isolationReport,
  receiversReport,
  report,
  slowObjectReport,
  streamsReport,
  workspacesReport,
} from "./report.ts";
import { type Scenario, scenarios, warmUps } from "./scenarios.ts";
import { slowObject } from "./slow-object.ts";
import { Stage } from "./stage.ts";
import { streams } from "./streams.ts";
import {
  callbacksFailures,
  failures,
  fanOutFailures,
  isolationFailures,
  type Result,
  receiversFailures,
  slowObjectFailures,
  streamsFailures,
  workspacesFailures,
} from "./verdict.ts";
import { workspaces } from "./workspaces.ts";

/** Beside the scenarios, and compared with nothing but themselves. */
const ISOLATION = "isolation";
const RECEIVERS = "receivers";
const FAR = "far";
const SLOW_OBJECT = "slow-object";
const FAN_OUT = "fan-out";
const WORKSPACES = "workspaces";
const CALLBACKS = "callbacks";
const STREAMS = "streams";
const BESIDE = [ISOLATION, RECEIVERS, FAR, SLOW_OBJECT, FAN_OUT, WORKSPACES, CALLBACKS, STREAMS];

const USAGE = `Usage: npm run bench -- [--quick] [--only NAME …] [--compare FILE …] [--json FILE]
  --quick      fewer events and rounds
  --only NAME  this scenario only, may be given many times: ${[...scenarios(false).map(({ name }) => name), ...BESIDE].join(", ")}
  --compare FILE  measures another sender in the same run, where it takes single events; may be given many times. The file
               says how to reach it: see bench/peers
  --json FILE  the results in full, beside the table
Compares the service with a Worker that only signs and posts, and endpoints with those beside one that hangs; sends to
receivers that take their time or fail, here and on the model of the platform (far), beside an endpoint whose object takes
long (slow-object), over one stream and four (streams), one event to many endpoints (fan-out), one of each of many workspaces; and takes callbacks of providers. Ends with 1 when the service falls behind.`;

interface Arguments {
  quick: boolean;
  chosen: Scenario[];
  /** Of those beside the scenarios. */
  beside: ReadonlySet<string>;
  compared: Adapter[];
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
        compare: { type: "string", multiple: true, default: [] },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function readArguments(): Arguments {
  const { quick, only, compare, json, help } = values();
  if (help) {
    console.log(USAGE);
    process.exit(0);
  }
  const all = scenarios(quick);
  const unknown = only?.find((name) => !BESIDE.includes(name) && all.every((scenario) => scenario.name !== name));
  if (unknown !== undefined) fail(`There is no scenario ${unknown}`);
  const beside = new Set(BESIDE.filter((name) => only?.includes(name) ?? true));
  const chosen = all.filter(({ name }) => only?.includes(name) ?? true);
  return { quick, chosen, beside, compared: readAdapters(compare), json };
}

function readAdapters(files: readonly string[]): Adapter[] {
  try {
    return files.map(readAdapter);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
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

/** Measures one thing on stages of its own, prints it, and says what is wrong with it. */
async function besides(beside: ReadonlySet<string>, quick: boolean): Promise<{ found: string[]; results: object }> {
  const found: string[] = [];
  const results: Record<string, unknown> = {};
  const one = async <T>(
    name: string,
    work: () => Promise<T>,
    show: (result: T) => string,
    judge: (result: T) => string[],
  ) => {
    if (!beside.has(name)) return;
    console.error(name);
    const result = await work();
    results[name] = result;
    console.log(`\n${show(result)}`);
    found.push(...judge(result));
  };
  const seconds = quick ? 15 : 30;
  await one(ISOLATION, async () => isolation(await here.serve()), isolationReport, isolationFailures);
  await one(
    RECEIVERS,
    async () => receivers(await here.serve(), seconds),
    (result) => receiversReport(result, "here"),
    (result) => receiversFailures(result, true),
  );
  await one(
    FAR,
    async () => receivers(await far.serve(), seconds),
    (result) => receiversReport(result, "far"),
    (result) => receiversFailures(result, false),
  );
  await one(
    SLOW_OBJECT,
    async () => slowObject(await far.serve(), quick ? 8 : 15),
    slowObjectReport,
    slowObjectFailures,
  );
  await one(STREAMS, async () => streams(await far.serve(), quick ? 5 : 10), streamsReport, streamsFailures);
  await one(FAN_OUT, async () => fanOut(await here.unbraked(), quick ? 500 : 2000), fanOutReport, fanOutFailures);
  await one(
    WORKSPACES,
    async () => workspaces(await many.unbraked(), quick ? 500 : 2000),
    workspacesReport,
    workspacesFailures,
  );
  await one(
    CALLBACKS,
    async () => callbacks(await many.unbraked(), quick ? 500 : 2000),
    callbacksReport,
    callbacksFailures,
  );
  return { found, results };
}

const { quick, chosen, beside, compared, json } = readArguments();
const here = new Stage();
const far = new Stage("far");
/** A runtime that has not had many objects before. */
const many = new Stage();
const clear = () => Promise.all([here.clear(), far.clear(), many.clear()]);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => clear().finally(() => process.exit(130)));
}
try {
  const results = await measure(here, chosen, compared);
  if (results.length > 0) console.log(report(results));
  const others = await besides(beside, quick);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ results, ...others.results }, null, 2)}\n`);
  const found = [...results.flatMap(failures), ...others.found];
  for (const each of found) console.log(`FAILED ${each}`);
  if (found.length === 0) console.log("ok");
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await clear();
  const log = here.log + far.log;
  if (log !== "") console.error(`The service's log:\n${log.slice(-4000)}`);
}
