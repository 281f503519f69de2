import { setTimeout as sleep } from "node:timers/promises";
import { residentMegabytes } from "./cpu.ts";
import { Inspector } from "./profile/inspector.ts";
import type { Stage } from "./stage.ts";

/** What the service occupies before, under and after a load of single events to one endpoint. */

/** In megabytes. */
export interface Occupied {
  /** Just started, with nothing made. */
  rest: number;
  /** At the most, under the load. */
  load: number;
  /** Once the objects that the load has woken up are forgotten again. */
  after: number;
}

export interface Memory {
  /** Events a second, and for how many seconds. */
  rate: number;
  seconds: number;
  /** The heap of the Worker's isolate, garbage included: what the platform limits. */
  heap: Occupied;
  /** Resident, of the runtime (workerd) alone, and with the process that starts it. */
  runtime: Occupied;
  all: Occupied;
  missing: number;
}

type Seen = { heap: number; runtime: number; all: number };

const RATE = 300;
/** What a start has left to do is done by then; in milliseconds. */
const SETTLED_MS = 2000;
/** Objects are forgotten after ten seconds without a call; in milliseconds. */
const FORGOTTEN_MS = 15_000;
/** Between two looks under the load, in milliseconds. */
const EVERY_MS = 250;

/** @param stage one that has no service yet, whose service can be inspected @param seconds how long the load lasts */
export async function memory(stage: Stage, seconds: number): Promise<Memory> {
  const { pid } = await stage.serve();
  const inspector = await Inspector.connect(stage.inspectorPort);
  try {
    const look = async (): Promise<Seen> => {
      const heap = Math.round((await inspector.usedHeap()) / 1e6);
      return { heap, runtime: residentMegabytes(pid, "workerd"), all: residentMegabytes(pid) };
    };
    await sleep(SETTLED_MS);
    const rest = await look();
    const { bench, service } = await stage.set(1);
    const seen: Seen[] = [];
    let running = true;
    const watch = async () => {
      while (running) {
        seen.push(await look());
        await sleep(EVERY_MS);
      }
    };
    const watching = watch();
    const scenario = {
      name: "memory",
      kind: "open",
      rate: RATE,
      count: RATE * seconds,
      workspaces: 1,
      rounds: 1,
    } as const;
    const { missing } = await bench.run(scenario, service).finally(() => {
      running = false;
    });
    await watching;
    await sleep(FORGOTTEN_MS);
    const after = await look();
    const of = (which: keyof Seen): Occupied => {
      return { rest: rest[which], load: Math.max(...seen.map((each) => each[which])), after: after[which] };
    };
    return { rate: RATE, seconds, heap: of("heap"), runtime: of("runtime"), all: of("all"), missing };
  } finally {
    inspector.close();
  }
}
