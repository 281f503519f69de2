import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../test/support/eventually.ts";
import { answer, delayed, type Handler, hang, type Receiver, startReceiver } from "../test/support/receiver.ts";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace, type Workspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { type Percentiles, percentiles, quantile } from "./stats.ts";

/**
 * What an endpoint that hangs costs the others, in time; that it costs them nothing else is what test/service/isolation.test.ts
 * shows. The receiver is in this process: what is compared is the service with itself, before and beside.
 */

/** From the 202 to the arrival, in milliseconds, of one endpoint's events. */
export interface Wait extends Percentiles {
  who: string;
  longest: number;
}

/** A healthy endpoint, before and beside another one that has 2 000 events waiting. */
export interface Pair {
  before: Wait;
  beside: Wait;
}

export interface Isolation {
  /** Each kind of neighbour, of the same workspace and of another one. */
  pairs: Pair[];
  /** Neighbours of an endpoint that begins to hang under a load of single events, and of batches. */
  neighbours: Wait[];
}

/** One numbered event of a load, and when it was accepted. */
interface Sent {
  n: number;
  acceptedAt: number;
}

interface Load {
  /** Requests a second. */
  rate: number;
  seconds: number;
  /** Events in each request. */
  batch: number;
  /** The number of the first event. */
  first: number;
}

const EVENT = "ticket.created";

/** Publishes on time whatever becomes of the earlier requests. @returns when each event was accepted */
async function publish(workspace: Workspace, { rate, seconds, batch, first }: Load): Promise<Sent[]> {
  const started = now();
  const sent: Promise<Sent[]>[] = [];
  for (let i = 0; i < rate * seconds; i++) {
    await sleep(Math.max(0, started + (i * 1000) / rate - now()));
    const numbers = Array.from({ length: batch }, (_, place) => first + i * batch + place);
    const request = workspace.publishAll(numbers.map((n) => ({ event: EVENT, data: { n } })));
    sent.push(request.then(() => numbers.map((n) => ({ n, acceptedAt: now() }))));
  }
  return (await Promise.all(sent)).flat();
}

/** How long each event took to a path, once all have arrived. */
async function waits(receiver: Receiver, path: string, who: string, sent: readonly Sent[]): Promise<Wait> {
  const arrivals = () => {
    const first = new Map<number, number>();
    for (const request of receiver.requests) {
      if (request.path !== path) continue;
      const { n } = (JSON.parse(request.body.toString()) as { data: { n: number } }).data;
      if (!first.has(n)) first.set(n, request.at);
    }
    return first;
  };
  await eventually(
    () => arrivals().size,
    () => sent.every(({ n }) => arrivals().has(n)),
    { everyMs: 500 },
  );
  const at = arrivals();
  const took = sent.map(({ n, acceptedAt }) => (at.get(n) ?? Number.NaN) - acceptedAt).sort((a, b) => a - b);
  return { who, ...percentiles(took), longest: quantile(took, 1) };
}

/** What an endpoint does that has much waiting. */
const NEIGHBOURS: Record<string, Handler> = {
  hangs: hang(),
  "takes 2 s": delayed(2000),
  fails: answer(503),
  "is flooded": answer(200),
};
/** Longer than the timeout of one that hangs: what that sets off is part of it. In seconds and milliseconds. */
const LASTS_S = 12;
const TIMEOUT_MS = 10_000;

/** @param number of this one: it has paths of its own */
async function beside(
  service: SpawnedService,
  receiver: Receiver,
  kind: string,
  isOwn: boolean,
  number: number,
): Promise<Pair> {
  const workspace = await newWorkspace(service);
  const other = isOwn ? workspace : await newWorkspace(service);
  const [healthy, neighbour] = [`/${number}/healthy`, `/${number}/neighbour`];
  receiver.on(neighbour, NEIGHBOURS[kind] ?? answer(200));
  await workspace.webhook({ url: receiver.url + healthy, events: [EVENT] });
  const load = async (who: string, seconds: number, first: number) =>
    waits(receiver, healthy, who, await publish(workspace, { rate: 100, seconds, batch: 1, first }));
  await load("warming up", 2, 0);
  const before = await load("before", 5, 10_000);
  await other.webhook({ url: receiver.url + neighbour, events: ["contact.updated"], timeout_ms: TIMEOUT_MS });
  for (let n = 0; n < 20; n++) {
    await other.publishAll(Array(100).fill({ event: "contact.updated", data: {} }));
  }
  await receiver.waitFor((all) => all.some(({ path }) => path === neighbour));
  const who = `beside one ${isOwn ? "" : "of another workspace "}that ${kind}`;
  return { before, beside: await load(who, LASTS_S, 20_000) };
}

async function turning(service: SpawnedService, receiver: Receiver, rate: number, batch: number): Promise<Wait[]> {
  const MANY = 8;
  const kind = batch === 1 ? "single" : "batch";
  const workspace = await newWorkspace(service);
  const paths = Array.from({ length: MANY }, (_, n) => `/${kind}/neighbour-${n}`);
  for (const [n, path] of paths.entries()) {
    if (n === MANY / 2) {
      await workspace.webhook({ url: `${receiver.url}/${kind}/turning`, events: [EVENT], timeout_ms: 10_000 });
    }
    await workspace.webhook({ url: receiver.url + path, events: [EVENT] });
  }
  let calls = 0;
  receiver.on(`/${kind}/turning`, (request, response) => (++calls <= 240 ? answer(200) : hang())(request, response));
  const sent = await publish(workspace, { rate, batch, seconds: 20, first: 0 });
  const found: Wait[] = [];
  for (const path of paths) found.push(await waits(receiver, path, path.slice(1), sent));
  return found;
}

/** Takes about four minutes. @param service one that nobody else uses meanwhile */
export async function isolation(service: SpawnedService): Promise<Isolation> {
  const receiver = await startReceiver();
  try {
    const pairs: Pair[] = [];
    for (const kind of Object.keys(NEIGHBOURS)) {
      for (const isOwn of [true, false]) pairs.push(await beside(service, receiver, kind, isOwn, pairs.length));
    }
    const neighbours = [...(await turning(service, receiver, 40, 1)), ...(await turning(service, receiver, 4, 10))];
    return { pairs, neighbours };
  } finally {
    await receiver.close();
  }
}
