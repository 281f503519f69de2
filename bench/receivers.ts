import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../test/support/eventually.ts";
import { answer, delayed, type Receiver, randomly, startReceiver } from "../test/support/receiver.ts";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace, type Workspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { type Percentiles, percentiles } from "./stats.ts";

/**
 * Receivers as they are: they take their time, and some fail. What is compared is the service with the load: whether it
 * delivers as fast as events come. The receiver is in this process.
 */

const EVENT = "ticket.created";

/** One receiver under a steady load of single events. Times in milliseconds, from the publish to the arrival. */
export interface Steady extends Percentiles {
  name: string;
  /** What the receiver takes. */
  receiverMs: number;
  /** Events a second. */
  rate: number;
  missing: number;
  /** Medians of the second and of the last quarter: where they differ, a backlog grows. */
  early: number;
  late: number;
  /** Requests open at once, at the most. */
  open: number;
}

/** Events published at once to a receiver that takes its time: when the last one arrived, in milliseconds. */
export interface Burst {
  name: string;
  events: number;
  lastMs: number;
}

/** Deliveries of a receiver that fails a third at random, as a share of a healthy one's in the same time. */
export interface Third {
  healthy: number;
  failing: number;
}

/** A receiver of one event a second that is away for eight seconds. */
export interface Outage {
  /** Requests that it was asked with meanwhile. */
  requests: number;
  missing: number;
  inOrder: boolean;
  /** Of the webhook, at the end. */
  status: string;
  failing: boolean;
}

export interface Receivers {
  steady: Steady[];
  burst: Burst;
  third: Third;
  outage: Outage;
}

interface Arrival {
  n: number;
  at: number;
}

function arrivalsAt(receiver: Receiver, path: string): Arrival[] {
  const first = new Map<number, number>();
  for (const request of receiver.requests) {
    if (request.path !== path) continue;
    const { n } = (JSON.parse(request.body.toString()) as { data: { n: number } }).data;
    if (!first.has(n)) first.set(n, request.at);
  }
  return [...first].map(([n, at]) => ({ n, at }));
}

/** Waits for so many arrivals; what has not come by then is missing, which the caller reports. */
async function arrivals(count: () => number, expected: number): Promise<void> {
  await eventually(count, (seen) => seen >= expected, { everyMs: 500 }).catch((error: unknown) => console.error(error));
}

/** Publishes on time, whatever becomes of the earlier ones. @returns when each was to be published */
async function publish(workspace: Workspace, rate: number, seconds: number): Promise<number[]> {
  const started = now() + 20;
  const due = Array.from({ length: rate * seconds }, (_, n) => started + (n * 1000) / rate);
  const sent: Promise<unknown>[] = [];
  for (const [n, at] of due.entries()) {
    await sleep(Math.max(0, at - now()));
    sent.push(workspace.publish({ event: EVENT, data: { n } }));
  }
  await Promise.all(sent);
  return due;
}

/** What comes in, and what the receiver makes of it. */
interface Load {
  /** What the receiver takes for half of the requests. */
  receiverMs: number;
  /** Of the logarithm of what it takes: with 0.6 one in a hundred takes four times as long as half of them, or longer. */
  deviation?: number;
  /** Events a second. */
  rate: number;
  seconds: number;
}

/** Box and Muller's way from two even draws to a normal one; 1 - x is never 0. */
const normal = (): number => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

async function steady(
  service: SpawnedService,
  receiver: Receiver,
  name: string,
  { receiverMs, rate, seconds, deviation = 0 }: Load,
): Promise<Steady> {
  const path = `/steady-${receiverMs}-${deviation}`;
  let open = 0;
  let most = 0;
  receiver.on(path, async (request, response) => {
    most = Math.max(most, ++open);
    await delayed(receiverMs * Math.exp(deviation * normal()))(request, response);
    open--;
  });
  const workspace = await newWorkspace(service);
  await workspace.webhook({ url: receiver.url + path, events: [EVENT] });
  const due = await publish(workspace, rate, seconds);
  await arrivals(() => arrivalsAt(receiver, path).length, due.length);
  const arrived = arrivalsAt(receiver, path);
  const took = (from: number, to: number) =>
    percentiles(
      arrived
        .filter(({ n }) => n >= due.length * from && n < due.length * to)
        .map(({ n, at }) => at - (due[n] ?? Number.NaN)),
    );
  const missing = due.length - arrived.length;
  const [early, late] = [took(0.25, 0.5).p50, took(0.75, 1).p50];
  return { name, receiverMs, rate, missing, ...took(0, 1), early, late, open: most };
}

async function burst(service: SpawnedService, receiver: Receiver): Promise<Burst> {
  receiver.on("/burst", delayed(4000));
  const workspace = await newWorkspace(service);
  await workspace.webhook({ url: `${receiver.url}/burst`, events: [EVENT] });
  const began = now();
  for (let batch = 0; batch < 4; batch++) {
    await workspace.publishAll(Array.from({ length: 100 }, (_, i) => ({ event: EVENT, data: { n: batch * 100 + i } })));
  }
  await arrivals(() => arrivalsAt(receiver, "/burst").length, 400);
  const arrived = arrivalsAt(receiver, "/burst");
  const lastMs = arrived.length < 400 ? Number.POSITIVE_INFINITY : Math.max(...arrived.map(({ at }) => at)) - began;
  return { name: "receiver takes 4 s, 400 at once", events: 400, lastMs };
}

async function third(service: SpawnedService, receiver: Receiver): Promise<Third> {
  let failing = 0;
  const healthy = delayed(7);
  receiver.on("/healthy", healthy);
  const counted = delayed(7, (request, response) => {
    failing++;
    return answer(200)(request, response);
  });
  receiver.on("/third", randomly(1 / 3, 500, Math.random, counted));
  const workspace = await newWorkspace(service);
  await workspace.webhook({ url: `${receiver.url}/healthy`, events: [EVENT] });
  await workspace.webhook({ url: `${receiver.url}/third`, events: [EVENT] });
  const EVENTS = 6000;
  for (let n = 0; n < EVENTS; n += 100) {
    await workspace.publishAll(Array(100).fill({ event: EVENT, data: { n } }));
  }
  const atHealthy = () => receiver.requests.filter(({ path }) => path === "/healthy").length;
  await receiver.waitFor(() => atHealthy() >= EVENTS);
  return { healthy: atHealthy(), failing };
}

async function outage(service: SpawnedService, receiver: Receiver): Promise<Outage> {
  const EVENTS = 25;
  let away = false;
  let requests = 0;
  const arrived: number[] = [];
  receiver.on("/outage", (request, response) => {
    if (away) requests++;
    else arrived.push((JSON.parse(request.body.toString()) as { data: { n: number } }).data.n);
    return answer(away ? 503 : 200)(request, response);
  });
  const workspace = await newWorkspace(service);
  const { id } = await workspace.webhook({ url: `${receiver.url}/outage`, events: [EVENT], dialect: "standard" });
  const publishing = publish(workspace, 1, EVENTS);
  await sleep(5500);
  away = true;
  await sleep(8000);
  away = false;
  await publishing;
  await arrivals(() => arrived.length, EVENTS);
  const inOrder = arrived.every((n, place) => place === 0 || n > (arrived[place - 1] ?? n));
  const { status, failing } = await workspace.health(id);
  return { requests, missing: EVENTS - new Set(arrived).size, inOrder, status, failing };
}

/** Takes about two minutes. @param service one that nobody else uses meanwhile */
export async function receivers(service: SpawnedService, seconds: number): Promise<Receivers> {
  const receiver = await startReceiver();
  try {
    const rows = [
      await steady(service, receiver, "receiver takes 200 ms", { receiverMs: 200, rate: 300, seconds }),
      await steady(service, receiver, "takes 200 ms, scattered", {
        receiverMs: 200,
        deviation: 0.6,
        rate: 300,
        seconds,
      }),
      await steady(service, receiver, "receiver takes 1 s", { receiverMs: 1000, rate: 100, seconds }),
      await steady(service, receiver, "receiver takes 2 s", { receiverMs: 2000, rate: 40, seconds }),
    ];
    return {
      steady: rows,
      burst: await burst(service, receiver),
      third: await third(service, receiver),
      outage: await outage(service, receiver),
    };
  } finally {
    await receiver.close();
  }
}
