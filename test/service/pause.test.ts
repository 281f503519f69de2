import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

/** A request that had left before the pause may arrive this much after its answer. */
const SLACK_MS = 50;

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const now = () => performance.timeOrigin + performance.now();

/** A load of one event after the other, numbered, each published when the one before has been accepted. */
function steadyLoad(workspace: Workspace): { published(): number; end(): Promise<number> } {
  let going = true;
  let count = 0;
  const running = (async () => {
    while (going) {
      await workspace.publish({ event: "ticket.created", data: { n: count } });
      count++;
      await sleep(4);
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

const arrivals = (path: string) =>
  receiver.requests
    .filter((request) => request.path === path)
    .map(({ at, body }) => ({ at, n: (JSON.parse(body.toString()) as { data: { n: number } }).data.n }));

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

it("a paused endpoint gets nothing more once the request has answered, and then everything in the order of publishing", async () => {
  const workspace = await newWorkspace(service);
  const webhook = await workspace.webhook({ url: `${receiver.url}/paused` });
  const load = steadyLoad(workspace);
  await eventually(load.published, (count) => count >= 150, { timeoutMs: 30_000 });
  expect(arrivals("/paused").length).toBeGreaterThan(50);

  await workspace.change(webhook.id, { status: "paused" });
  const paused = now();
  const before = load.published();
  await eventually(load.published, (count) => count >= before + 200, { timeoutMs: 30_000 });
  expect(arrivals("/paused").filter(({ at }) => at > paused + SLACK_MS)).toEqual([]);
  const rows = await workspace.deliveries(webhook.id, "status=pending");
  expect(rows.length).toBeGreaterThanOrEqual(199);
  expect(rows.filter(({ next_attempt_at }) => next_attempt_at !== null)).toEqual([]);

  const held = load.published();
  const resumed = now();
  await workspace.change(webhook.id, { status: "active" });
  await eventually(load.published, (count) => count >= held + 100, { timeoutMs: 30_000 });
  const count = await load.end();
  await eventually(
    () => new Set(arrivals("/paused").map(({ n }) => n)).size,
    (seen) => seen === count,
    { timeoutMs: 30_000 },
  );
  expect(
    arrivals("/paused")
      .map(({ n }) => n)
      .sort((a, b) => a - b),
  ).toEqual(upTo(count));
  const afterwards = arrivals("/paused").filter(({ at, n }) => at > resumed && n < held);
  expect(afterwards.length).toBeGreaterThanOrEqual(199);
  expect(afterwards.map(({ n }) => n)).toEqual(afterwards.map(({ n }) => n).sort((a, b) => a - b));
});

it("an endpoint that was paused while its retries were scheduled tries nothing until it is resumed", async () => {
  const workspace = await newWorkspace(service);
  receiver.on("/scheduled", answer(500));
  const webhook = await workspace.webhook({ url: `${receiver.url}/scheduled`, retry_policy: [1, 1, 1] });
  await workspace.publish({ event: "ticket.created", data: { n: 0 } });
  await workspace.attempted(webhook.id);
  await workspace.change(webhook.id, { status: "paused" });
  // Another endpoint's retries, later than those that must not be made, tell that their time has passed.
  let clock = 0;
  receiver.on("/clock", (request, response) => answer(++clock < 3 ? 500 : 200)(request, response));
  const other = await workspace.webhook({ url: `${receiver.url}/clock`, retry_policy: [1, 1] });
  await workspace.publish({ event: "ticket.created", data: { n: 1 } });
  await workspace.attempted(other.id, 3);
  expect(arrivals("/scheduled").map(({ n }) => n)).toEqual([0]);

  receiver.on("/scheduled", answer(200));
  await workspace.change(webhook.id, { status: "active" });
  await eventually(
    () => arrivals("/scheduled").map(({ n }) => n),
    (seen) => seen.length === 3,
  );
  expect(arrivals("/scheduled").map(({ n }) => n)).toEqual([0, 0, 1]);
});

it("what a disabled endpoint holds goes out in the order of publishing when it is enabled again", async () => {
  const workspace = await newWorkspace(service);
  receiver.on("/disabled", answer(500));
  const webhook = await workspace.webhook({
    url: `${receiver.url}/disabled`,
    events: ["ticket.*"],
    retry_policy: [3600],
  });
  const load = steadyLoad(workspace);
  await eventually(
    () => workspace.getWebhook(webhook.id),
    ({ status }) => status === "disabled",
    { timeoutMs: 30_000 },
  );
  const disabled = now();
  const failed = arrivals("/disabled").length;
  const before = load.published();
  await eventually(load.published, (count) => count >= before + 200, { timeoutMs: 30_000 });
  expect(arrivals("/disabled").filter(({ at }) => at > disabled + SLACK_MS)).toEqual([]);
  expect(failed).toBeGreaterThanOrEqual(10);

  const count = await load.end();
  receiver.on("/disabled", answer(200));
  const enabled = await workspace.change(webhook.id, { status: "active" });
  expect(enabled).toMatchObject({ status: "active", disabled_reason: null });
  const afterwards = () => arrivals("/disabled").slice(failed);
  await eventually(
    () => afterwards().length,
    (seen) => seen >= count,
    { timeoutMs: 30_000 },
  );
  // What had failed before goes first.
  expect(afterwards().map(({ n }) => n)).toEqual(upTo(count));
});
