import { callbacks } from "./callbacks.ts";
import { fanOut } from "./fan-out.ts";
import { fanOutSizes } from "./fan-out-sizes.ts";
import { growth } from "./growth.ts";
import { isolation } from "./isolation.ts";
import { memory } from "./memory.ts";
import { receivers } from "./receivers.ts";
import {
  callbacksReport,
  fanOutReport,
  fanOutSizesReport,
  growthReport,
  isolationReport,
  memoryReport,
  receiversReport,
  slowObjectReport,
  startReport,
  streamsReport,
  workspacesReport,
} from "./report.ts";
import { slowObject } from "./slow-object.ts";
import type { Stage } from "./stage.ts";
import { start } from "./start.ts";
import { streams } from "./streams.ts";
import {
  callbacksFailures,
  fanOutFailures,
  fanOutSizesFailures,
  growthFailures,
  isolationFailures,
  memoryFailures,
  receiversFailures,
  slowObjectFailures,
  startFailures,
  streamsFailures,
  workspacesFailures,
} from "./verdict.ts";
import { workspaces } from "./workspaces.ts";

/** What is measured beside the scenarios, and compared with nothing but itself. */

const FAN_OUT = "fan-out";

/** In the order in which they are measured. */
export const BESIDE = [
  "isolation",
  "receivers",
  "far",
  "slow-object",
  "streams",
  FAN_OUT,
  "workspaces",
  "callbacks",
  "growth",
  "memory",
  "start",
] as const;
type Name = (typeof BESIDE)[number];

/** Where it is measured; each starts what it needs when it is first asked. */
export interface Stages {
  /** The one that the scenarios have, too. */
  here: Stage;
  /** On the model of the platform. */
  far: Stage;
  /** A runtime that has not had many objects before. */
  many: Stage;
  /** Ones that nobody else has; what takes memory can be inspected. */
  sizes: Stage;
  growth: Stage;
  memory: Stage;
}

type Measured = { result: unknown; text: string; found: string[] };

async function measured<T>(
  work: Promise<T>,
  show: (result: T) => string,
  verdict: (result: T) => string[],
): Promise<Measured> {
  const result = await work;
  return { result, text: show(result), found: verdict(result) };
}

async function fanOuts(few: Stage, many: Stage, quick: boolean) {
  const sizes = await fanOutSizes(await few.unlimited(), quick ? 5 : 20);
  // What its objects still have to do would be among what is measured next.
  await few.rest();
  return { sizes, many: await fanOut(await many.unlimited(), quick ? 500 : 2000) };
}

/** How each is measured, told and judged. */
function measuring({ here, far, many, ...own }: Stages, quick: boolean): Record<Name, () => Promise<Measured>> {
  const seconds = quick ? 15 : 30;
  const count = quick ? 500 : 2000;
  const receiving = async (stage: Stage) => receivers(await stage.serve(), seconds);
  return {
    isolation: () => measured(here.serve().then(isolation), isolationReport, isolationFailures),
    receivers: () =>
      measured(
        receiving(here),
        (result) => receiversReport(result, "here"),
        (result) => receiversFailures(result, true),
      ),
    far: () =>
      measured(
        receiving(far),
        (result) => receiversReport(result, "far"),
        (result) => receiversFailures(result, false),
      ),
    "slow-object": () =>
      measured(
        far.serve().then((service) => slowObject(service, quick ? 8 : 15)),
        slowObjectReport,
        slowObjectFailures,
      ),
    streams: () =>
      measured(
        far.serve().then((service) => streams(service, quick ? 5 : 10)),
        streamsReport,
        streamsFailures,
      ),
    [FAN_OUT]: () =>
      measured(
        fanOuts(own.sizes, here, quick),
        (result) => `${fanOutSizesReport(result.sizes)}\n\n${fanOutReport(result.many)}`,
        (result) => [...fanOutSizesFailures(result.sizes), ...fanOutFailures(result.many)],
      ),
    workspaces: () =>
      measured(
        many.unlimited().then((service) => workspaces(service, count)),
        workspacesReport,
        workspacesFailures,
      ),
    callbacks: () =>
      measured(
        many.unlimited().then((service) => callbacks(service, count)),
        callbacksReport,
        callbacksFailures,
      ),
    growth: () =>
      measured(growth(own.growth, quick ? [0, 100_000] : [0, 100_000, 1_000_000]), growthReport, growthFailures),
    memory: () => measured(memory(own.memory, quick ? 8 : 20), memoryReport, memoryFailures),
    start: () => measured(start(quick ? 3 : 9), startReport, startFailures),
  };
}

/**
 * Measures what is chosen, and prints each as it is there.
 * @returns all results by their names, and what is wrong with them in sentences
 */
export async function besides(
  chosen: ReadonlySet<string>,
  stages: Stages,
  quick: boolean,
): Promise<{ found: string[]; results: Record<string, unknown> }> {
  const found: string[] = [];
  const results: Record<string, unknown> = {};
  const all = measuring(stages, quick);
  for (const name of BESIDE.filter((each) => chosen.has(each))) {
    console.error(name);
    const { result, text, found: wrong } = await all[name]();
    results[name] = result;
    console.log(`\n${text}`);
    found.push(...wrong);
  }
  return { found, results };
}
