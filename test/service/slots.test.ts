import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { withoutTimeouts } from "../support/timeless.ts";
import { newWorkspace } from "../support/workspace.ts";

/** So many requests wait for one endpoint at once, where it has work for more (docs/delivery.md). */
const SLOTS = 5;

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

it("at most five requests wait for one endpoint at once, and each that is answered makes room for the next", async () => {
  const EVENTS = 10;
  const workspace = await newWorkspace(service);
  const fields = { url: `${receiver.url}/slow`, events: ["ticket.created"], retry_policy: [3600] };
  const webhook = await workspace.webhook(fields);
  await workspace.webhook({ url: `${receiver.url}/other`, events: ["contact.created"] });
  await withoutTimeouts(service);
  const publish = (count: number) =>
    workspace.publishAll(Array.from({ length: count }, () => ({ event: "ticket.created", data: {} })));
  const asked = () => receiver.requests.filter(({ path }) => path === "/slow");
  // Its window grows by successes, to ten at least: then all that follow may be on their way at once.
  let before = 0;
  for (let window = 0; window < EVENTS; before += EVENTS) {
    await publish(EVENTS);
    const health = await eventually(
      () => workspace.health(webhook.id),
      ({ waiting, in_flight }) => asked().length === before + EVENTS && waiting + in_flight === 0,
    );
    window = health.window;
  }

  const slow = holding();
  receiver.on("/slow", slow.handler);
  await publish(EVENTS);
  await receiver.waitFor(() => slow.open() === SLOTS);
  // What is published now comes later than what could have come of the others.
  await workspace.publish({ event: "contact.created", data: {} });
  await receiver.waitFor((all) => all.some(({ path }) => path === "/other"));
  for (let answered = 0; answered < EVENTS; answered++) {
    await receiver.waitFor(() => asked().length >= before + Math.min(EVENTS, answered + SLOTS));
    expect(slow.open()).toBe(Math.min(SLOTS, EVENTS - answered));
    await slow.letOneGo();
  }
  const rows = await eventually(
    () => workspace.deliveries(webhook.id, "status=delivered"),
    (seen) => seen.length === before + EVENTS,
  );
  expect(slow.most()).toBe(SLOTS);
  expect(slow.givenUp()).toBe(0);
  expect(rows.filter((row) => row.attempts !== 1)).toEqual([]);
  expect(asked()).toHaveLength(before + EVENTS);
});
