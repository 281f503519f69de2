import { join } from "node:path";
import { isProfile, PROFILES } from "../../test/model/figures.ts";
import { MODEL_ENTRY } from "./build.ts";
import { commandLine, misused } from "./command-line.ts";
import { hourly } from "./hourly.ts";
import { buildWorker, startService } from "./service.ts";
import { watchWorkerd } from "./watchdog.ts";

const USAGE = `Usage: npm run serve -- --port PORT --state DIR [--var NAME=VALUE …] [--script PATH] [--model NAME]
                               [--inspect PORT]
  --port PORT       the port on 127.0.0.1; 0 takes a free one
  --state DIR       where the data stays between runs
  --var NAME=VALUE  a text binding, may be given many times
  --script PATH     a built Worker; without it, it is built first
  --model NAME      on the model of the platform (docs/model.md), with the times of: ${Object.keys(PROFILES).join(", ")}
  --inspect PORT    lets a debugger or a profiler reach it at this port of 127.0.0.1`;

interface Arguments {
  port: number;
  stateDir: string;
  vars: Record<string, string>;
  script: string | undefined;
  model: string | undefined;
  inspectorPort: number | undefined;
}

function readArguments(): Arguments {
  const {
    port,
    state,
    var: pairs,
    script,
    model,
    inspect,
  } = commandLine(USAGE, {
    port: { type: "string" },
    state: { type: "string" },
    var: { type: "string", multiple: true, default: [] },
    script: { type: "string" },
    model: { type: "string" },
    inspect: { type: "string" },
  });
  if (port === undefined) misused(USAGE, "--port is missing");
  for (const [name, value] of [["--port", port] as const, ["--inspect", inspect ?? "0"] as const]) {
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
      misused(USAGE, `${name} must be a number from 0 to 65535, not "${value}"`);
  }
  if (!state) misused(USAGE, "--state is missing");
  if (model !== undefined && !isProfile(model)) misused(USAGE, `There is no model ${model}`);
  const vars: Record<string, string> = model === undefined ? {} : { MODEL: model };
  for (const pair of pairs) {
    const cut = pair.indexOf("=");
    if (cut < 1) misused(USAGE, `--var must be NAME=VALUE, not "${pair}"`);
    vars[pair.slice(0, cut)] = pair.slice(cut + 1);
  }
  const inspectorPort = inspect === undefined ? undefined : Number(inspect);
  return { port: Number(port), stateDir: state, vars, script, model, inspectorPort };
}

const { port, stateDir, vars, script, model, inspectorPort } = readArguments();
// Until there is something to end, leaving at once is right.
let end = (): void => process.exit(0);
const SIGNALS = ["SIGTERM", "SIGINT"] as const;
for (const signal of SIGNALS) process.on(signal, () => end());
watchWorkerd();

try {
  const scriptPath = script ?? (await buildWorker(join(stateDir, "worker"), model && MODEL_ENTRY));
  const service = await startService({
    port,
    stateDir,
    vars,
    scriptPath,
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
  });
  const endClock = hourly(() => service.runScheduled());
  end = () => {
    end = () => {};
    endClock();
    service.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // Miniflare's own listeners would leave with another exit code before the service has ended.
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, () => end());
  if (service.madeKeys) console.error(`The admin token of this state: ${service.adminToken}`);
  console.log(`ready ${service.url}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
