import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseEventId } from "../../src/lib/ids.ts";
import { eventually } from "../support/eventually.ts";
import { type ModelState, model } from "../support/model.ts";
import { BUSY_MS, objectFile } from "../support/object-file.ts";
import { DOLLARS } from "../support/prices.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

/**
 * What deliveries cost, everything counted, on the model with the times of `far`: requests, calls of objects and their
 * alarms, rows and what retention deletes of them again, and the time in which objects cannot sleep. The figures of
 * docs/delivery.md are these, and the prices those of November 2026.
 */

const EVENT = "ticket.created";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService({ model: "far" }), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const sum = (counters: ModelState["counters"], what: "calls" | "alarms" | "rowsWritten" | "activeMs") =>
  Object.values(counters.objects).reduce((total, each) => total + (each?.[what] ?? 0), 0);

/** Rows of the stream that hold these events. */
const rowsOf = (events: readonly string[]) => new Set(events.map((id) => parseEventId(id)?.seq)).size;
/** Rows of an endpoint's log. */
function rowsInLog(endpoint: string): number {
  const database = new DatabaseSync(objectFile(service.stateDir, "Endpoint", endpoint), {
    readOnly: true,
    timeout: BUSY_MS,
  });
  try {
    return Number(database.prepare("SELECT count(*) AS n FROM log").get()?.n);
  } finally {
    database.close();
  }
}

/** Publishes single events in bursts, each when all of the last one is done. @returns dollars for a million deliveries */
async function dollars(endpoints: number, burst: number, bursts: number): Promise<number> {
  const workspace = await newWorkspace(service);
  const path = `/${endpoints}/${burst}`;
  const paths = Array.from({ length: endpoints }, (_, n) => `${path}/${n}`);
  const webhooks = [];
  for (const each of paths) webhooks.push(await workspace.webhook({ url: receiver.url + each, events: [EVENT] }));
  const arrived = () => receiver.requests.filter((request) => request.path.startsWith(`${path}/`)).length;
  const events: string[] = [];
  const alarms = async () => (await model(service.url)).counters.objects.EventStream?.alarms ?? 0;
  let published = 0;
  const publish = async () => {
    const before = await alarms();
    const all = Array.from({ length: burst }, () => workspace.publish({ event: EVENT, data: {} }));
    const ids = (await Promise.all(all)).map(({ id }) => id);
    published += ids.length;
    await receiver.waitFor(() => arrived() >= published * endpoints);
    // The alarm that looks after what was published has rung: nothing is left to be done.
    await eventually(alarms, (rung) => rung > before, { everyMs: 100 });
    return ids;
  };
  // The first event is the endpoints' first, too.
  await publish();
  const before = webhooks.map(({ id }) => rowsInLog(id));
  await model(service.url, { count: "reset" });
  for (let n = 0; n < bursts; n++) events.push(...(await publish()));
  const { counters } = await model(service.url);
  const logged: number[] = [];
  for (const [n, { id }] of webhooks.entries()) {
    const rows = await workspace.deliveries(id);
    const ours = rows.filter(({ event_id }) => events.includes(event_id));
    expect(ours).toHaveLength(events.length);
    logged.push(rowsInLog(id) - (before[n] ?? 0));
  }
  const deleted = rowsOf(events) + logged.reduce((total, each) => total + each, 0);
  const total =
    events.length * DOLLARS.request +
    (sum(counters, "calls") + sum(counters, "alarms")) * DOLLARS.call +
    (sum(counters, "rowsWritten") + deleted) * DOLLARS.row +
    (sum(counters, "activeMs") / 1000) * DOLLARS.activeSecond;
  return (total / (events.length * endpoints)) * 1_000_000;
}

it.each([
  // Endpoints, events that come together, how often, dollars for a million deliveries at the most.
  [1, 1, 4, 8],
  [1, 10, 3, 4],
  [1, 100, 3, 3],
  [10, 1, 3, 5],
  [10, 100, 2, 2],
])(
  "to %i endpoints, %i events together: a million deliveries for $%i at the most",
  async (endpoints, burst, bursts, most) => {
    const cost = await dollars(endpoints, burst, bursts);
    expect(cost).toBeLessThanOrEqual(most);
  },
);
