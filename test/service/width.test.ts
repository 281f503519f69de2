import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { withoutTimeouts } from "../support/timeless.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

/** How many requests wait for one endpoint at once (docs/delivery.md). */
const FIRST = 10;

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const publish = (workspace: Workspace, count: number) =>
  workspace.publishAll(Array.from({ length: count }, () => ({ event: "ticket.created", data: {} })));

it("ten requests wait at first, and more once answers have come, up to the webhook's own bound", async () => {
  const BOUND = 24;
  const workspace = await newWorkspace(service);
  const first = holding();
  receiver.on("/slow", first.handler);
  const webhook = await workspace.webhook({
    url: `${receiver.url}/slow`,
    events: ["ticket.created"],
    retry_policy: [3600],
    max_concurrency: BOUND,
  });
  await withoutTimeouts(service);
  await publish(workspace, 100);
  await receiver.waitFor(() => first.open() === FIRST);
  expect(first.most()).toBe(FIRST);
  await first.letGo();
  // Answered at once, they make the window as wide as it may be.
  let published = 100;
  await eventually(
    async () => {
      await publish(workspace, 100);
      published += 100;
      await receiver.waitFor((all) => all.filter(({ path }) => path === "/slow").length >= published);
      return workspace.health(webhook.id);
    },
    ({ window, waiting, in_flight }) => window === BOUND && waiting + in_flight === 0,
  );

  const slow = holding();
  receiver.on("/slow", slow.handler);
  await publish(workspace, 100);
  await receiver.waitFor(() => slow.open() === BOUND);
  await slow.letOneGo();
  await slow.letGo();
  const rows = await eventually(
    () => workspace.deliveries(webhook.id, "status=delivered"),
    (seen) => seen.length === published + 100,
  );
  expect(slow.most()).toBeLessThanOrEqual(BOUND);
  expect(rows.filter((row) => row.attempts !== 1)).toEqual([]);
  expect(slow.givenUp() + first.givenUp()).toBe(0);
});

it("a webhook that takes one at a time gets one at a time", async () => {
  const workspace = await newWorkspace(service);
  const slow = holding();
  receiver.on("/single", slow.handler);
  const webhook = await workspace.webhook({
    url: `${receiver.url}/single`,
    events: ["ticket.created"],
    max_concurrency: 1,
  });
  await publish(workspace, 12);
  for (let answered = 0; answered < 12; answered++) {
    await receiver.waitFor(() => slow.open() === 1);
    await slow.letOneGo();
  }
  await eventually(
    () => workspace.deliveries(webhook.id, "status=delivered"),
    (seen) => seen.length === 12,
  );
  expect(slow.most()).toBe(1);
});
