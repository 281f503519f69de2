import { readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { commandLine, misused } from "../src/local/command-line.ts";
import { freePort } from "./free-port.ts";
import { type CpuProfile, costs, type Locate } from "./profile/costs.ts";
import { Inspector } from "./profile/inspector.ts";
import { type Scenario, scenarios, warmUps } from "./scenarios.ts";
import { Stage } from "./stage.ts";
import { aligned, number } from "./table.ts";

/** Where the service's CPU time goes under a scenario of the benchmark, by the runtime's own profiler. */

const USAGE = `Usage: npm run bench:profile -- [--only NAME] [--top N] [--out FILE]
  --only NAME  the scenario: ${scenarios(true)
    .map(({ name }) => name)
    .join(", ")}; closed-32 unless told
  --top N      so many functions; 40 unless told
  --out FILE   the profile itself, for a browser's developer tools (.cpuprofile)
Runs one scenario of the benchmark and prints where the Worker's CPU time went. The profiler itself takes some.`;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** By the map that lies beside a built script. */
function sourcesOf(script: string): Locate {
  const map = new SourceMap(JSON.parse(readFileSync(`${script}.map`, "utf8")));
  return (line, column) => {
    const entry = map.findEntry(line, column);
    if (!("originalSource" in entry)) return undefined;
    const file = entry.originalSource.replace(/^(\.\.\/)+/, "");
    return { file, line: entry.originalLine + 1 };
  };
}

type Profiled = { profile: CpuProfile; locate: Locate; rate: number; arrivalP50: number };

async function profiled(scenario: Scenario): Promise<Profiled> {
  const port = await freePort();
  const stage = new Stage(undefined, port);
  try {
    const { bench, service } = await stage.set(scenario.workspaces);
    const { script } = await stage.serve();
    for (const warmUp of warmUps(scenario.workspaces)) await bench.run(warmUp, service);
    const inspector = await Inspector.connect(port);
    const started = await inspector.startProfiling();
    const { rate, arrival } = await bench.run(scenario, service);
    const profile = await started.stop();
    inspector.close();
    return { profile, locate: sourcesOf(script), rate, arrivalP50: arrival.p50 };
  } finally {
    await stage.clear();
  }
}

const { only, top, out } = commandLine(USAGE, {
  only: { type: "string", default: "closed-32" },
  top: { type: "string", default: "40" },
  out: { type: "string" },
});
const scenario = scenarios(true).find(({ name }) => name === only);
if (!scenario) misused(USAGE, `There is no scenario ${only}`);
if (!/^[1-9]\d{0,3}$/.test(top)) misused(USAGE, `--top must be a number from 1 to 9999, not "${top}"`);

const { profile, locate, rate, arrivalP50 } = await profiled(scenario);
if (out !== undefined) writeFileSync(out, JSON.stringify(profile));
const { busyMs, idleMs, functions, files } = costs(profile, locate);
const usPerEvent = (ms: number) => number((ms * 1000) / scenario.count, ms * 1000 < 10 * scenario.count ? 1 : 0);
const line = (cost: { name: string; ms: number; totalMs: number }) => [
  cost.name,
  percent(cost.ms / busyMs),
  usPerEvent(cost.ms),
  usPerEvent(cost.totalMs),
];
const columns = ["itself", "µs an event", "with what it calls"];
console.log(
  `${scenario.name}: ${rate.toFixed(0)} delivered/s, p50 ${arrivalP50.toFixed(1)} ms; busy ${percent(busyMs / (busyMs + idleMs))} of the time, ${usPerEvent(busyMs)} µs an event\n`,
);
console.log(`${aligned([["file", ...columns], ...files.slice(0, Number(top)).map(line)])}\n`);
console.log(aligned([["function", ...columns], ...functions.slice(0, Number(top)).map(line)]));
