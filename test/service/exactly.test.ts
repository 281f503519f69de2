import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { seeded } from "../support/random.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type DeliveryRow, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

const EVENTS = 10_000;
const BATCH = 100;
const SEED = 20_260_326;

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let healthy: Webhook;
let flaky: Webhook;
const published: string[] = [];
let rows: Record<"healthy" | "flaky", DeliveryRow[]>;

/**
 * Fails 30 % of the requests. No delivery and no row of requests runs out of luck for long: ten failures in a row would
 * end the endpoint or the delivery, as promised, and that is not what is looked at here.
 */
function failSometimes(): void {
  const random = seeded(SEED);
  const failed = new Map<string, number>();
  let inARow = 0;
  receiver.on("/flaky", ({ delivery = "" }, response) => {
    const before = failed.get(delivery) ?? 0;
    const fails = random() < 0.3 && before < 8 && inARow < 6;
    inARow = fails ? inARow + 1 : 0;
    if (fails) failed.set(delivery, before + 1);
    response.writeHead(fails ? 500 : 200).end();
  });
}

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  failSometimes();
  // The longest timeout that there is: an answer must not be missed because the machine is busy.
  const patient = { timeout_ms: 30_000 };
  healthy = await workspace.webhook({ url: `${receiver.url}/healthy`, ...patient });
  flaky = await workspace.webhook({ url: `${receiver.url}/flaky`, retry_policy: Array(10).fill(1), ...patient });
  for (let from = 0; from < EVENTS; from += BATCH) {
    const events = Array.from({ length: BATCH }, (_, n) => ({ event: "ticket.created", data: { n: from + n } }));
    published.push(...(await workspace.publishAll(events)).map(({ id }) => id));
  }
  for (const [path, { id }] of [
    ["/healthy", healthy],
    ["/flaky", flaky],
  ] as const) {
    // The endpoint has nothing to do, too, while the stream has not handed everything over yet.
    await eventually(
      async () => ({ deliveries: asked(path).size, ...(await workspace.health(id)) }),
      ({ deliveries, waiting, in_flight }) => deliveries === EVENTS && waiting + in_flight === 0,
      { everyMs: 500 },
    );
  }
  rows = { healthy: await workspace.deliveries(healthy.id), flaky: await workspace.deliveries(flaky.id) };
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** How often a path was asked, by delivery. */
function asked(path: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path: at, delivery = "" } of receiver.requests) {
    if (at === path) counts.set(delivery, (counts.get(delivery) ?? 0) + 1);
  }
  return counts;
}

const numbers = (path: string): Set<number> =>
  new Set(
    receiver.requests
      .filter((request) => request.path === path)
      .map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n),
  );

it.each(["healthy", "flaky"] as const)("every one of 10 000 events reaches the %s endpoint", (name) => {
  expect(new Set(published).size).toBe(EVENTS);
  expect(numbers(`/${name}`)).toEqual(new Set(Array.from({ length: EVENTS }, (_, n) => n)));
});

it.each(["healthy", "flaky"] as const)("the log of the %s endpoint holds each event once, as delivered", (name) => {
  expect(rows[name].map(({ event_id }) => event_id).sort()).toEqual([...published].sort());
  expect(new Set(rows[name].map(({ id }) => id)).size).toBe(EVENTS);
  expect(rows[name].filter(({ status }) => status !== "delivered")).toEqual([]);
});

it.each(["healthy", "flaky"] as const)(
  "the log of the %s endpoint has every request that it got, and no other",
  (name) => {
    const logged = new Map(rows[name].map(({ id, attempts }) => [id, attempts]));
    const counts = asked(`/${name}`);
    const differing = [...new Set([...logged.keys(), ...counts.keys()])].filter(
      (id) => logged.get(id) !== counts.get(id),
    );
    expect(differing.map((id) => ({ id, logged: logged.get(id), asked: counts.get(id) }))).toEqual([]);
  },
);

it("the healthy endpoint is asked once an event, the other one more often by what it refused", () => {
  expect([...asked("/healthy").values()].every((count) => count === 1)).toBe(true);
  const refused = receiver.requests.filter(({ path }) => path === "/flaky").length - EVENTS;
  // 30 % fail, and 30 % of those again: 0.3 / 0.7 of the events, about 4 286.
  expect(refused).toBeGreaterThan(3500);
  expect(refused).toBeLessThan(5000);
});
