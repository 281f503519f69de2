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

it("ten requests wait at first, of which five are couriers', and all that waits comes once they are answered", async () => {
  const EVENTS = 100;
  const workspace = await newWorkspace(service);
  const slow = holding();
  receiver.on("/slow", slow.handler);
  const webhook = await workspace.webhook({
    url: `${receiver.url}/slow`,
    events: ["ticket.created"],
    retry_policy: [3600],
  });
  await workspace.webhook({ url: `${receiver.url}/other`, events: ["contact.created"] });
  await withoutTimeouts(service);
  await publish(workspace, EVENTS);
  await receiver.waitFor(() => slow.open() === FIRST);
  // What is published now comes later than what could have come of the others.
  await workspace.publish({ event: "contact.created", data: {} });
  await receiver.waitFor((all) => all.some(({ path }) => path === "/other"));
  expect(slow.most()).toBe(FIRST);
  await slow.letGo();
  const rows = await eventually(
    () => workspace.deliveries(webhook.id, "status=delivered"),
    (seen) => seen.length === EVENTS,
  );
  expect(rows.filter((row) => row.attempts !== 1)).toEqual([]);
  expect(receiver.requests.filter(({ path }) => path === "/slow")).toHaveLength(EVENTS);
  expect(slow.givenUp()).toBe(0);
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
