import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { withoutTimeouts } from "../support/timeless.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

/** Requests that one endpoint may have open, where its webhook says nothing (MAX_CONCURRENCY, and a quarter on the way). */
const MOST = 125;

/**
 * Endpoints do not wait for one another. How long each waits is the benchmark's matter; here it is shown by what comes before
 * what: an endpoint's request stays unanswered until the test lets go, and everything else has arrived by then.
 */

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Publishes events with the numbers from 0 on, each request when the one before has been accepted. */
async function publish(workspace: Workspace, event: string, count: number, batch: number): Promise<void> {
  const events = upTo(count).map((n) => ({ event, data: { n } }));
  while (events.length > 0) await workspace.publishAll(events.splice(0, batch));
}

/** The numbers of the events that a path has been asked with, sorted; each once. */
function arrived(path: string): number[] {
  const bodies = receiver.requests.filter((request) => request.path === path).map(({ body }) => body.toString());
  const numbers = bodies.map((body) => (JSON.parse(body) as { data: { n: number } }).data.n);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

const allArrived = (path: string, count: number) =>
  eventually(
    () => arrived(path).length,
    (seen) => seen === count,
  );

it("an endpoint that never answers, with 2 000 events waiting, does not hold up a healthy one of its workspace", async () => {
  const workspace = await newWorkspace(service);
  const [healthy, silent] = [`/${workspace.id}/healthy`, `/${workspace.id}/hanging`];
  const held = holding();
  receiver.on(silent, held.handler);
  await workspace.webhook({ url: receiver.url + healthy, events: ["ticket.created"] });
  const { id } = await workspace.webhook({ url: receiver.url + silent, events: ["contact.updated"] });
  await withoutTimeouts(service);
  await publish(workspace, "contact.updated", 2000, 100);
  await receiver.waitFor(() => held.open() > 0);

  await publish(workspace, "ticket.created", 200, 1);
  await allArrived(healthy, 200);
  // None of its requests has been answered, nor given up.
  const { window, in_flight, waiting } = await workspace.health(id);
  expect(held.givenUp()).toBe(0);
  expect(in_flight).toBe(held.open());
  expect(in_flight + waiting).toBe(2000);
  expect(in_flight).toBeLessThanOrEqual(window);
  // It has never answered: its window is what a new endpoint has.
  expect(held.most()).toBeLessThanOrEqual(10);

  await held.letGo();
  await allArrived(silent, 2000);
  await eventually(
    () => workspace.health(id),
    (health) => health.waiting + health.in_flight === 0,
  );
  expect(receiver.requests.filter(({ path }) => path === silent)).toHaveLength(2000);
});

it.each([
  ["single events", 1],
  ["batches", 10],
])("an endpoint that begins to hang under a load of %s does not hold up its neighbours", async (_, batch) => {
  const EVENTS = 400;
  const workspace = await newWorkspace(service);
  const paths = upTo(8).map((n) => `/batch-${batch}/neighbour-${n}`);
  const turning = `/batch-${batch}/turning`;
  for (const path of [...paths.slice(0, 4), turning, ...paths.slice(4)]) {
    await workspace.webhook({ url: receiver.url + path });
  }
  await withoutTimeouts(service);
  const held = holding();
  let calls = 0;
  receiver.on(turning, (request, response) => (++calls <= EVENTS / 4 ? answer(200) : held.handler)(request, response));
  const publishing = publish(workspace, "ticket.created", EVENTS, batch);
  await receiver.waitFor(() => held.open() > 0);
  await publishing;
  for (const path of paths) await allArrived(path, EVENTS);
  // What it was asked with after it began to hang is unanswered still.
  expect(held.givenUp()).toBe(0);
  expect(held.open()).toBeGreaterThan(0);
  expect(held.most()).toBeLessThanOrEqual(MOST);
  expect(arrived(turning).length).toBeLessThan(EVENTS);

  await held.letGo();
  await allArrived(turning, EVENTS);
  for (const path of [...paths, turning]) expect(arrived(path)).toEqual(upTo(EVENTS));
});
