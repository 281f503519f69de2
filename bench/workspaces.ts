import { setTimeout as sleep } from "node:timers/promises";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace, type Workspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { Counter } from "./counter.ts";
import { residentMegabytes } from "./cpu.ts";
import { type Percentiles, percentiles } from "./stats.ts";

/** One event of each of many workspaces at the same moment: twice as many objects wake up as there are workspaces. */

/** Times in milliseconds. */
export interface Burst {
  name: string;
  /** From a publish to its answer. */
  answers: Percentiles;
  /** From the first publish until all had their event. */
  allMs: number;
  reached: number;
  repeated: number;
  /** Resident memory of the runtime, at the most. */
  megabytes: number;
}

export interface Workspaces {
  workspaces: number;
  bursts: Burst[];
}

const EVENT = "ticket.created";
/** Publishers' connections: one for each event would be most of the files that a process may have open. */
const CONNECTIONS = 250;

/** Does it for each, so many side by side. */
async function each<T>(all: readonly T[], beside: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const line = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: beside }, line));
}

async function burst(all: readonly Workspace[], counter: Counter, name: string, pid: number): Promise<Burst> {
  const answers: number[] = [];
  const began = now();
  counter.forget();
  const published = each(all, CONNECTIONS, async (workspace) => {
    const sentAt = now();
    await workspace.publish({ event: EVENT, data: {} });
    answers.push(now() - sentAt);
  });
  let megabytes = 0;
  await counter.all(all.length, () => {
    megabytes = Math.max(megabytes, residentMegabytes(pid));
  });
  await published;
  // Whatever comes once more comes soon.
  await sleep(1000);
  const { reached, repeated } = counter;
  return { name, answers: percentiles(answers), allMs: counter.lastAt - began, reached, repeated, megabytes };
}

/** @param service one without rate limits that nobody else uses meanwhile */
export async function workspaces(
  service: Pick<SpawnedService, "url" | "adminToken" | "pid">,
  count: number,
): Promise<Workspaces> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const all: Workspace[] = [];
    const numbers = Array.from({ length: count }, (_, n) => n);
    await each(numbers, 4, async (n) => {
      const workspace = await newWorkspace(service);
      await workspace.webhook({ url: `${url}/${n}`, events: [EVENT] });
      all.push(workspace);
    });
    // None of the objects that making them has woken up is in memory any more.
    await sleep(12_000);
    const bursts = [await burst(all, counter, "new", service.pid)];
    await sleep(2000);
    bursts.push(await burst(all, counter, "again", service.pid));
    return { workspaces: count, bursts };
  } finally {
    counter.close();
  }
}
