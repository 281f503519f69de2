import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { withoutTimeouts } from "../support/timeless.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** A load of one event after the other, numbered, each published when the one before has been accepted. */
function steadyLoad(workspace: Workspace): { published(): number; end(): Promise<number> } {
  let going = true;
  let count = 0;
  const running = (async () => {
    while (going) {
      await workspace.publish({ event: "ticket.created", data: { n: count } });
      count++;
    }
  })();
  return {
    published: () => count,
    async end() {
      going = false;
      await running;
      return count;
    },
  };
}

/** The numbers of what has arrived, in the order of arrival. */
const arrivals = (path: string): number[] =>
  receiver.requests
    .filter((request) => request.path === path)
    .map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

const allArrived = (path: string, count: number) =>
  eventually(
    () => new Set(arrivals(path)).size,
    (seen) => seen === count,
  );

it("a paused endpoint gets nothing that waits from the moment the request has answered, however busy it was", async () => {
  const workspace = await newWorkspace(service);
  const held = holding();
  receiver.on("/busy", held.handler);
  const webhook = await workspace.webhook({ url: `${receiver.url}/busy`, max_concurrency: 10 });
  await workspace.webhook({ url: `${receiver.url}/beside-it` });
  await withoutTimeouts(service);
  const numbered = (from: number) =>
    Array.from({ length: 50 }, (_, n) => ({ event: "ticket.created", data: { n: from + n } }));
  await workspace.publishAll(numbered(0));
  // As many as there may be at once, so that none is on its way that the receiver has not seen.
  await receiver.waitFor(() => held.open() === 10);
  await workspace.change(webhook.id, { status: "paused" });
  await held.letGo();
  await workspace.publishAll(numbered(50));
  await allArrived("/beside-it", 100);
  await eventually(
    () => workspace.health(webhook.id),
    ({ in_flight }) => in_flight === 0,
  );
  // What comes to its neighbour now left long after what it could have got.
  await workspace.publish({ event: "ticket.created", data: { n: 100 } });
  await allArrived("/beside-it", 101);
  expect(arrivals("/busy")).toHaveLength(10);
  const rows = await workspace.deliveries(webhook.id, "status=pending");
  expect(rows).toHaveLength(91);
  expect(rows.filter(({ next_attempt_at }) => next_attempt_at !== null)).toEqual([]);

  await workspace.change(webhook.id, { status: "active" });
  await allArrived("/busy", 101);
  expect(ascending(arrivals("/busy"))).toEqual(upTo(101));
});

it("a paused endpoint gets nothing that is published afterwards, and then everything in the order of publishing", async () => {
  const workspace = await newWorkspace(service);
  const webhook = await workspace.webhook({ url: `${receiver.url}/paused` });
  await workspace.webhook({ url: `${receiver.url}/going-on` });
  const load = steadyLoad(workspace);
  await receiver.waitFor(() => arrivals("/paused").length > 50);

  await workspace.change(webhook.id, { status: "paused" });
  // One publish may be under way: it and what is before it may have left before the pause.
  const before = load.published() + 1;
  await eventually(load.published, (count) => count >= before + 200);
  await eventually(
    () => arrivals("/going-on").filter((n) => n > before + 200).length,
    (seen) => seen > 0,
  );
  const paused = arrivals("/paused");
  expect(paused.filter((n) => n >= before)).toEqual([]);
  const rows = await workspace.deliveries(webhook.id, "status=pending");
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(rows.filter(({ next_attempt_at }) => next_attempt_at !== null)).toEqual([]);

  const held = load.published();
  await workspace.change(webhook.id, { status: "active" });
  await eventually(load.published, (count) => count >= held + 100);
  const count = await load.end();
  await allArrived("/paused", count);
  expect(ascending(arrivals("/paused"))).toEqual(upTo(count));
  const afterwards = arrivals("/paused")
    .slice(paused.length)
    .filter((n) => n < held);
  expect(afterwards.length).toBeGreaterThanOrEqual(200);
  expect(afterwards).toEqual(ascending(afterwards));
});

it("an endpoint that was paused while its retries were scheduled tries nothing until it is resumed", async () => {
  const workspace = await newWorkspace(service);
  const held = holding();
  receiver.on("/scheduled", held.handler);
  const webhook = await workspace.webhook({ url: `${receiver.url}/scheduled`, retry_policy: [1, 1, 1] });
  await workspace.publish({ event: "ticket.created", data: { n: 0 } });
  await receiver.waitFor(() => held.open() === 1);
  // It fails after the pause, so that its retry is scheduled and none has been made.
  await workspace.change(webhook.id, { status: "paused" });
  await held.letGo(answer(500));
  await eventually(
    () => workspace.deliveries(webhook.id),
    ([row]) => row?.attempts === 1,
  );
  // Another endpoint's retries, later than those that must not be made, tell that their time has passed.
  let clock = 0;
  receiver.on("/clock", (request, response) => answer(++clock < 3 ? 500 : 200)(request, response));
  const other = await workspace.webhook({ url: `${receiver.url}/clock`, retry_policy: [1, 1] });
  await workspace.publish({ event: "ticket.created", data: { n: 1 } });
  await workspace.attempted(other.id, 3);
  expect(arrivals("/scheduled")).toEqual([0]);

  receiver.on("/scheduled", answer(200));
  await workspace.change(webhook.id, { status: "active" });
  await eventually(
    () => arrivals("/scheduled"),
    (seen) => seen.length === 3,
  );
  expect(arrivals("/scheduled")).toEqual([0, 0, 1]);
});

it("what a disabled endpoint holds goes out in the order of publishing when it is enabled again", async () => {
  const workspace = await newWorkspace(service);
  receiver.on("/disabled", answer(500));
  const webhook = await workspace.webhook({
    url: `${receiver.url}/disabled`,
    events: ["ticket.*"],
    retry_policy: Array(10).fill(1),
    disable_after: { failures: 2, seconds: 0 },
  });
  await workspace.webhook({ url: `${receiver.url}/enabled`, events: ["ticket.*"] });
  const load = steadyLoad(workspace);
  await eventually(
    () => workspace.getWebhook(webhook.id),
    ({ status }) => status === "disabled",
  );
  const before = load.published() + 1;
  await eventually(load.published, (count) => count >= before + 200);
  const count = await load.end();
  await allArrived("/enabled", count);
  const failed = arrivals("/disabled");
  expect(failed.filter((n) => n >= before)).toEqual([]);
  // Five rounds, and two probes.
  expect(failed.length).toBeGreaterThanOrEqual(7);

  receiver.on("/disabled", answer(200));
  const enabled = await workspace.change(webhook.id, { status: "active" });
  expect(enabled).toMatchObject({ status: "active", disabled_reason: null });
  const afterwards = () => arrivals("/disabled").slice(failed.length);
  await eventually(
    () => afterwards().length,
    (seen) => seen >= count,
  );
  // What had failed before goes first.
  expect(afterwards()).toEqual(upTo(count));
});
