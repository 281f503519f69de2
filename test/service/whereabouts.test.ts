import { afterAll, beforeAll, expect, it } from "vitest";
import { model } from "../support/model.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Webhook } from "../support/workspace.ts";

/** Where an event went is asked of those webhooks alone that can have had it. */

const HOUR_MS = 3_600_000;
interface Answer {
  data: { deliveries: { webhook_id: string }[]; not_delivered: { webhook_id: string; reason: string }[] };
}
const idsOf = (all: readonly { webhook_id: string }[]) => all.map(({ webhook_id }) => webhook_id).sort();
const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id).sort();

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService({ model: "local" }), startReceiver()]);
});
afterAll(async () => {
  await service.stop();
  await receiver.close();
});

it("calls no object of a webhook that listens to something else", async () => {
  const workspace = await newWorkspace(service);
  const make = (path: string, fields: object) =>
    workspace.webhook({ url: `${receiver.url}${path}`, events: ["ticket.created"], ...fields });
  const had = [await make("/one", {}), await make("/all", { events: ["*"] }), await make("/ch", { channels: ["a"] })];
  const others: Webhook[] = [];
  for (let number = 0; number < 10; number++) others.push(await make("/other", { events: ["contact.updated"] }));
  others.push(await make("/elsewhere", { channels: ["b"] }));
  // While D1 is away subscriptions hold as they were: for two hours what was changed may be asked in vain.
  await model(service.url, { clock: { aheadMs: 3 * HOUR_MS } });
  const { id } = await workspace.publish({ event: "ticket.created", data: {}, channels: ["a"] });
  await receiver.waitFor(had.length);
  await model(service.url, { clock: { aheadMs: 6 * HOUR_MS } });
  const later = await make("/later", {});

  await model(service.url, { count: "reset" });
  const { deliveries, not_delivered } = dataOf(await workspace.call<Answer>("GET", `/events/${id}`));
  expect(idsOf(deliveries)).toEqual(ids(had));
  expect(idsOf(not_delivered)).toEqual(ids([...others, later]));
  const { counters } = await model(service.url);
  expect(counters.objects.Endpoint?.calls).toBe(had.length);
});
