import { setTimeout as sleep } from "node:timers/promises";
import { realNow } from "../model/clock.ts";
import { deliver } from "../support/provider-callbacks.ts";
import type { Published } from "./journal.ts";
import { dataOf, EVENT } from "./marks.ts";
import type { Source, Tenant } from "./tenant.ts";
import type { World } from "./world.ts";

/** Who publishes, and who calls back: each event is tried again until it is accepted, or its workspace is deleted. */

/** In milliseconds: the answer to its publisher is no news any more. */
const LONG_AGO_MS = 2000;
/** Of every so many requests one has a batch of events. */
const BATCH_EVERY = 2;
const BATCH = 100;

/** Publishes single events, and by turns with them batches unless it is a trickle, until it is told to stop. */
export async function publish(world: World, tenant: Tenant, pauseMs: number, trickle: boolean): Promise<void> {
  for (let turn = 0; world.publishing && !tenant.ending; turn++) {
    const count = trickle || turn % BATCH_EVERY > 0 ? 1 : BATCH;
    await publishOnce(world, tenant, count);
    await sleep(pauseMs);
  }
}

/** @returns so many events, once they are accepted or their workspace is deleted */
export async function publishOnce(world: World, tenant: Tenant, count: number): Promise<Published[]> {
  const events = Array.from({ length: count }, () => world.journal.publish(tenant.id, true, EVENT));
  const body = events.map(({ n }) => ({ event: EVENT, data: dataOf(n), idempotency_key: `event ${n}` }));
  await insist(world, tenant, events, async () => {
    const path = `/workspaces/${tenant.id}/events`;
    const { status, text, json } = await world.once<{ data: { id: string }[] }>("POST", path, { events: body });
    if (status === 202) for (const [place, event] of events.entries()) event.id = json.data[place]?.id;
    // Wrong whatever is broken: neither accepted nor to be tried again.
    if (status >= 400 && status < 500 && status !== 429 && !tenant.ending) {
      world.journal.wrong.add(`A publish was answered ${status}: ${text}`);
    }
    return { status, done: status === 202 };
  });
  return events;
}

/**
 * Publishes an event once more that was accepted some time ago: its key has to be known, whatever has broken since.
 * @returns false if there is none whose key must be
 */
export async function publishAgain(world: World): Promise<boolean> {
  const { journal } = world;
  const there = new Set(world.tenants.filter(({ ending }) => !ending).map(({ id }) => id));
  const before = realNow() - LONG_AGO_MS;
  const candidates = journal.remembered().filter(({ workspace, counts, acceptedAt = Number.POSITIVE_INFINITY, id }) => {
    return counts && id !== undefined && acceptedAt < before && there.has(workspace);
  });
  const event = candidates.length > 0 ? world.pick(candidates) : undefined;
  if (!event) return false;
  const { n, workspace } = event;
  const body = { event: EVENT, data: dataOf(n), idempotency_key: `event ${n}` };
  const { status, text, json } = await world.ask<{ data: { id: string; duplicate: boolean } }>(
    "POST",
    `/workspaces/${workspace}/events`,
    body,
  );
  event.againUntil = realNow();
  // Meanwhile the clock may have gone on, or the workspace.
  if (journal.mayBeForgotten(event) || (status === 404 && !world.tenants.some(({ id }) => id === workspace)))
    return false;
  if (status !== 202 || json.data.id !== event.id || !json.data.duplicate) {
    journal.wrong.add(`Event ${n} (${event.id}) was published once more with its key, and answered ${status}: ${text}`);
  }
  return true;
}

/** Lets the providers call back, one after the other. */
export async function callBack(world: World, tenant: Tenant, pauseMs: number): Promise<void> {
  for (let turn = 0; world.publishing && !tenant.ending; turn++) {
    const source = tenant.sources[turn % tenant.sources.length];
    if (source) await callBackOnce(world, tenant, source);
    await sleep(pauseMs);
  }
}

async function callBackOnce(world: World, tenant: Tenant, { path, callback, event: type }: Source): Promise<void> {
  const event = world.journal.publish(tenant.id, false, type);
  await insist(world, tenant, [event], async () => {
    const url = world.service.url + path;
    const { status } = await deliver(url, callback(event.n, url));
    return { status, done: status >= 200 && status < 300 };
  });
}

async function insist(
  world: World,
  tenant: Tenant,
  events: Published[],
  attempt: () => Promise<{ status: number; done: boolean }>,
): Promise<void> {
  await world.insist(async () => {
    const { status, done } = await attempt();
    if (!done && tenant.ending) return true;
    if (!done) world.journal.refuse(String(status));
    if (done) for (const event of events) event.acceptedAt = realNow();
    return done;
  });
}
