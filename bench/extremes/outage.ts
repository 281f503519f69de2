import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../test/support/eventually.ts";
import type { SpawnedService } from "../../test/support/service.ts";
import { newWorkspace, type Workspace } from "../../test/support/workspace.ts";
import { now } from "../clock.ts";
import { residentMegabytes } from "../cpu.ts";
import { type Other, others } from "../fan-out.ts";
import { editObject } from "../object-files.ts";
import { type Percentiles, percentiles } from "../stats.ts";
import { ageWaiting } from "./age.ts";
import { MemoryWatch } from "./memory.ts";
import { Returning } from "./returning.ts";

/**
 * An endpoint that is away for two days with many events waiting, and comes back; and a healthy one beside it. The two days are
 * made by ageing the rows that wait while the service is stopped.
 */

const EVENT = "ticket.created";
const BATCH = 100;
const TWO_DAYS_MS = 2 * 24 * 3600 * 1000;
/** What is held goes out one after another, up to so many (docs/delivery.md). */
export const IN_ORDER = 1000;
/** The healthy endpoint is looked at for so long where nothing else says how long, in milliseconds. */
const LOOK_MS = 5000;

export interface Outage {
  waiting: number;
  /** Requests to the endpoint while it was away. */
  requestsAway: number;
  /** From its return to the last arrival, in milliseconds. */
  returnMs: number;
  /** Requests open at once after the return: at the most, and while those arrived that go out one after another. */
  mostOpen: number;
  mostOpenAtFirst: number;
  /** Requests in each of the first seconds after the return. */
  perSecond: number[];
  missing: number;
  repeated: number;
  /** How many of the first {@link IN_ORDER} after the probe were in order. */
  inOrder: number;
  /**
   * Of the healthy endpoint, from when a publish was due to its arrival, in milliseconds; `missing` never arrived. `busy`:
   * while the other one, well as yet, gets as many events as it takes.
   */
  healthy: { before: Percentiles; busy: Percentiles; waiting: Percentiles; returning: Percentiles; missing: number };
  /** Resident memory of the runtime. `started`: after a start, with everything waiting. The others are the most. */
  megabytes: { before: number; busy: number; waiting: number; started: number; returning: number };
}

/** The healthy endpoint under its steady load, for a time or while something goes on. */
class Healthy {
  readonly #workspace: Workspace;
  readonly #receiver: Returning;
  #first = 0;
  missing = 0;

  constructor(workspace: Workspace, receiver: Returning) {
    this.#workspace = workspace;
    this.#receiver = receiver;
  }

  async during(work: () => Promise<unknown>): Promise<Percentiles> {
    let running = true;
    const load = others(this.#workspace, this.#receiver, this.#first, () => running);
    await work();
    running = false;
    return this.#take(await load);
  }

  #take(all: readonly Other[]): Percentiles {
    this.#first += all.length;
    this.missing += all.filter(({ ms }) => !Number.isFinite(ms)).length;
    return percentiles(all.map(({ ms }) => ms));
  }
}

/** In their order: whoever looks at arrivals can tell. @returns the first one's id */
async function publishAll(workspace: Workspace, count: number): Promise<string> {
  let first = "";
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => ({
      event: EVENT,
      data: { n: from + i, subject: "The export of last month's invoices never ends", tags: ["billing", "export"] },
    }));
    const [published] = await workspace.publishAll(batch);
    if (first === "") first = published?.id ?? "";
  }
  return first;
}

/** How many of what goes out one after another came in their order; the first one is the probe, which may be any. */
function inOrder(arrived: readonly number[]): number {
  const held = arrived.slice(1, IN_ORDER + 1);
  return held.filter((n, place) => place === 0 || n > (held[place - 1] ?? 0)).length;
}

/** Publishes as many as will wait later, as fast as they are taken, while the endpoint is well. */
async function whileBusy(
  service: SpawnedService,
  workspace: Workspace,
  receiver: Returning,
  healthy: Healthy,
  count: number,
): Promise<{ busy: Percentiles; megabytes: number }> {
  const memory = new MemoryWatch(service.pid);
  const busy = await healthy.during(async () => {
    await publishAll(workspace, count);
    await eventually(
      () => receiver.arrived.length,
      (arrived) => arrived >= count,
      { everyMs: 100 },
    );
  });
  await memory.stop();
  return { busy, megabytes: memory.most };
}

/** @param service one that nobody else uses meanwhile @param count events that wait */
export async function outage(service: SpawnedService, count: number): Promise<Outage> {
  const receiver = new Returning(IN_ORDER);
  const url = await receiver.listen();
  try {
    const workspace = await newWorkspace(service);
    const away = await workspace.webhook({ url: `${url}/away`, events: [EVENT], dialect: "standard" });
    await workspace.webhook({ url: `${url}/other`, events: ["contact.updated"] });
    const healthy = new Healthy(workspace, receiver);
    await healthy.during(() => sleep(LOOK_MS));
    const before = await healthy.during(() => sleep(LOOK_MS));
    const megabytesBefore = residentMegabytes(service.pid);
    const { busy, megabytes: megabytesBusy } = await whileBusy(service, workspace, receiver, healthy, count);
    // As after the outage, the runtime is a new one.
    await service.restart();
    receiver.goAway();
    const firstEvent = await publishAll(workspace, count);
    await eventually(
      async () => (await workspace.health(away.id)).waiting,
      (waiting) => waiting === count,
      { everyMs: 500 },
    );
    const megabytesWaiting = residentMegabytes(service.pid);
    const waiting = await healthy.during(() => sleep(LOOK_MS));
    await service.stop();
    editObject(service.stateDir, "Endpoint", firstEvent, (database) => ageWaiting(database, TWO_DAYS_MS));
    await service.restart();
    // It asks in vain once more, as two days were longer than it waits between two probes.
    await eventually(
      async () => (await workspace.health(away.id)).failing_since,
      (since) => since !== null && now() - Date.parse(since) > TWO_DAYS_MS,
    );
    await healthy.during(() => sleep(LOOK_MS));
    const megabytesStarted = residentMegabytes(service.pid);
    const memory = new MemoryWatch(service.pid);
    const backAt = now();
    receiver.comeBack();
    const returning = await healthy.during(async () => {
      await workspace.call("POST", `/webhooks/${away.id}/probe`);
      await eventually(
        () => receiver.arrived.length,
        (arrived) => arrived >= count,
        { everyMs: 100 },
      ).catch((error: unknown) => console.error(error));
    });
    const returnMs = now() - backAt;
    await memory.stop();
    // Whatever comes once more comes soon.
    await sleep(1000);
    const reached = new Set(receiver.arrived).size;
    return {
      waiting: count,
      requestsAway: receiver.refused,
      returnMs,
      mostOpen: receiver.mostOpen,
      mostOpenAtFirst: receiver.mostOpenAtFirst,
      perSecond: receiver.perSecond,
      missing: count - reached,
      repeated: receiver.arrived.length - reached,
      inOrder: inOrder(receiver.arrived),
      healthy: { before, busy, waiting, returning, missing: healthy.missing },
      megabytes: {
        before: megabytesBefore,
        busy: megabytesBusy,
        waiting: megabytesWaiting,
        started: megabytesStarted,
        returning: memory.most,
      },
    };
  } finally {
    receiver.close();
  }
}
