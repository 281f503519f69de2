import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../test/support/eventually.ts";
import { answer, hang, type Receiver, startReceiver } from "../test/support/receiver.ts";
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

export interface Isolation {
  /** A healthy endpoint, before and beside one that has never answered and has 2 000 events waiting. */
  before: Wait;
  beside: Wait;
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

async function beside(service: SpawnedService, receiver: Receiver): Promise<Pick<Isolation, "before" | "beside">> {
  const workspace = await newWorkspace(service);
  receiver.on("/hanging", hang());
  await workspace.webhook({ url: `${receiver.url}/healthy`, events: [EVENT] });
  const load = async (who: string, seconds: number, first: number) =>
    waits(receiver, "/healthy", who, await publish(workspace, { rate: 100, seconds, batch: 1, first }));
  await load("warming up", 2, 0);
  const before = await load("before", 5, 10_000);
  await workspace.webhook({ url: `${receiver.url}/hanging`, events: ["contact.updated"], timeout_ms: 10_000 });
  for (let n = 0; n < 20; n++) {
    await workspace.publishAll(Array(100).fill({ event: "contact.updated", data: {} }));
  }
  await receiver.waitFor((all) => all.some(({ path }) => path === "/hanging"));
  // Longer than its timeout: what a timeout sets off is part of it.
  return { before, beside: await load("beside one that hangs", 12, 20_000) };
}

async function turning(service: SpawnedService, receiver: Receiver, rate: number, batch: number): Promise<Wait[]> {
  const NEIGHBOURS = 8;
  const kind = batch === 1 ? "single" : "batch";
  const workspace = await newWorkspace(service);
  const paths = Array.from({ length: NEIGHBOURS }, (_, n) => `/${kind}/neighbour-${n}`);
  for (const [n, path] of paths.entries()) {
    if (n === NEIGHBOURS / 2) {
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

/** Takes about a minute and a half. @param service one that nobody else uses meanwhile */
export async function isolation(service: SpawnedService): Promise<Isolation> {
  const receiver = await startReceiver();
  try {
    const first = await beside(service, receiver);
    const neighbours = [...(await turning(service, receiver, 40, 1)), ...(await turning(service, receiver, 4, 10))];
    return { ...first, neighbours };
  } finally {
    await receiver.close();
  }
}
