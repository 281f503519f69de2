import { commandLine, misused } from "../../src/local/command-line.ts";
import { Stage } from "../stage.ts";
import { many } from "./many.ts";
import { outage } from "./outage.ts";
import { overload } from "./overload.ts";
import { manyReport, outageReport, overloadReport } from "./report.ts";
import { manyFailures, outageFailures, overloadFailures } from "./verdict.ts";

const NAMES = ["outage", "many", "overload"] as const;
type Name = (typeof NAMES)[number];

const USAGE = `Usage: npm run extremes -- [--only ${NAMES.join("|")}] [--quick]
  --only NAME  this one only, may be given many times
  --quick      less of everything
Has an endpoint come back for which events of two days wait (outage), asks a service that has very
much (many), and publishes twice as much as the service can take
(overload). Ends with 1 when one of them breaks a bound (docs/reliability.md).`;

const { quick, only } = commandLine(USAGE, {
  quick: { type: "boolean", default: false },
  only: { type: "string", multiple: true },
});
const unknown = only?.find((name) => !NAMES.some((each) => each === name));
if (unknown !== undefined) misused(USAGE, `There is no extreme ${unknown}`);

/** Gives the work a stage of its own: what one has left in a runtime is not the next one's. */
async function onStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = new Stage();
  const clear = () => stage.clear().finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, clear);
  try {
    return await work(stage);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, clear);
    await stage.clear();
    if (stage.log !== "") console.error(`The service's log:\n${stage.log.slice(-4000)}`);
  }
}

/** Each prints its figures and says what is wrong with them. */
const extremes: Record<Name, () => Promise<string[]>> = {
  async outage() {
    const result = await onStage(async (stage) => outage(await stage.serve(), quick ? 10_000 : 100_000));
    console.log(outageReport(result));
    return outageFailures(result);
  },
  async many() {
    const sizes = quick
      ? { endpoints: 1000, workspaces: 100, deliveries: 100_000 }
      : { endpoints: 10_000, workspaces: 1000, deliveries: 1_000_000 };
    const result = await onStage((few) => onStage((stage) => many({ few, many: stage }, sizes)));
    console.log(manyReport(result));
    return manyFailures(result);
  },
  async overload() {
    const seconds = quick ? 15 : 60;
    const all = [
      await onStage(async (stage) => overload(await stage.serve(), "as deployed", seconds)),
      await onStage(async (stage) => overload(await stage.unlimited(), "without rate limits", seconds)),
    ];
    console.log(overloadReport(all));
    return overloadFailures(all);
  },
};

const found: string[] = [];
for (const name of NAMES) {
  if (only && !only.includes(name)) continue;
  console.error(name);
  found.push(...(await extremes[name]()));
  console.log();
}
for (const each of found) console.log(`FAILED ${each}`);
if (found.length === 0) console.log("ok");
process.exitCode = found.length === 0 ? 0 : 1;
