import { setTimeout as sleep } from "node:timers/promises";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace, type Workspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { Counter } from "./counter.ts";
import { residentMegabytes } from "./cpu.ts";
import { type Percentiles, percentiles } from "./stats.ts";

/** One event to many endpoints of one workspace, and another type of event beside it. */

/** Times in milliseconds from the publish. */
export interface Round {
  name: string;
  answerMs: number;
  /** Until all had it. */
  allMs: number;
  reached: number;
  repeated: number;
  /** Resident memory of the runtime, at the most. */
  megabytes: number;
}

export interface FanOut {
  endpoints: number;
  rounds: Round[];
  /** What another type took that was published at 50 a second to one endpoint, before and while the last rounds ran. */
  beside: { before: Percentiles; during: Percentiles; missing: number };
}

const MANY = "ticket.created";
const OTHER = "contact.updated";
/** Rounds with another type beside them: one takes too little time to tell a percentile by. */
const ROUNDS_BESIDE = 3;

/** Each with a path of its own. @param event what they subscribe to */
export async function makeWebhooks(workspace: Workspace, url: string, count: number, event = MANY): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n).values();
  const line = async () => {
    for (const n of numbers) await workspace.webhook({ url: `${url}/${n}`, events: [event] });
  };
  await Promise.all([line(), line(), line(), line()]);
}

/** One of another type: when it was due, and how long it took to arrive, in milliseconds. */
export type Other = { at: number; ms: number };

/** Publishes 50 a second until it is told to stop. */
export async function others(
  workspace: Workspace,
  counter: Pick<Counter, "others">,
  first: number,
  goOn: () => boolean,
): Promise<Other[]> {
  const due: number[] = [];
  const sent: Promise<unknown>[] = [];
  const started = now();
  while (goOn()) {
    const at = started + due.length * 20;
    await sleep(Math.max(0, at - now()));
    sent.push(workspace.publish({ event: OTHER, data: { n: first + due.length } }));
    due.push(at);
  }
  await Promise.all(sent);
  const arrivedAt = (n: number) => counter.others.get(first + n);
  for (let patience = 200; patience > 0 && due.some((_, n) => arrivedAt(n) === undefined); patience--) await sleep(50);
  return due.map((at, n) => ({ at, ms: (arrivedAt(n) ?? Number.POSITIVE_INFINITY) - at }));
}

const times = (all: readonly Other[]): Percentiles => percentiles(all.map(({ ms }) => ms));

async function round(
  workspace: Workspace,
  counter: Counter,
  endpoints: number,
  name: string,
  pid: number,
): Promise<Round> {
  const began = now();
  counter.forget();
  let answerMs = Number.POSITIVE_INFINITY;
  const answered = workspace.publish({ event: MANY, data: {} }).then(() => {
    answerMs = now() - began;
  });
  let megabytes = 0;
  await counter.all(endpoints, () => {
    megabytes = Math.max(megabytes, residentMegabytes(pid));
  });
  await answered;
  // Whatever comes once more comes soon.
  await sleep(1000);
  const { reached, repeated } = counter;
  return { name, answerMs, allMs: counter.lastAt - began, reached, repeated, megabytes };
}

/** @param service one without rate limits that nobody else uses meanwhile */
export async function fanOut(
  service: Pick<SpawnedService, "url" | "adminToken" | "pid">,
  endpoints: number,
): Promise<FanOut> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const workspace = await newWorkspace(service);
    await makeWebhooks(workspace, url, endpoints);
    await workspace.webhook({ url: `${url}/other`, events: [OTHER] });
    const until = now() + 4000;
    const quiet = await others(workspace, counter, 0, () => now() < until);
    const rounds = [await round(workspace, counter, endpoints, "new", service.pid)];
    await sleep(2000);
    rounds.push(await round(workspace, counter, endpoints, "again", service.pid));
    await sleep(2000);
    let running = true;
    const during = others(workspace, counter, 1_000_000, () => running);
    await sleep(500);
    const meanwhile: { from: number; to: number }[] = [];
    for (let n = 1; n <= ROUNDS_BESIDE; n++) {
      const from = now();
      const beside = await round(workspace, counter, endpoints, `beside another type, ${n}`, service.pid);
      meanwhile.push({ from, to: from + beside.allMs });
      rounds.push(beside);
    }
    running = false;
    const within = (await during).filter(({ at }) => meanwhile.some(({ from, to }) => at >= from && at <= to));
    const missing = [...quiet, ...within].filter(({ ms }) => !Number.isFinite(ms)).length;
    return { endpoints, rounds, beside: { before: times(quiet), during: times(within), missing } };
  } finally {
    counter.close();
  }
}
