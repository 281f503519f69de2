import { afterAll, beforeAll, expect, it } from "vitest";
import { spread } from "../../src/events/spread.ts";
import { eventually } from "../support/eventually.ts";
import { model, stepsIn } from "../support/model.ts";
import { holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type DeliveryRow, newWorkspace, type Workspace } from "../support/workspace.ts";

/** A deployment resets objects in the middle of whatever they do. Wherever that is, an event that was accepted arrives. */

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([
    spawnService({ model: "local", vars: { RELAYS_FROM: "2" } }),
    startReceiver(),
  ]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

interface Customer {
  workspace: Workspace;
  webhook: string;
  path: string;
}

async function newCustomer(path: string): Promise<Customer> {
  const workspace = await newWorkspace(service);
  // Where an object ends in the middle of an attempt, the attempt may be told as failed.
  const retries = { retry_policy: [1, 1, 1] };
  const { id } = await workspace.webhook({ url: receiver.url + path, events: ["ticket.created"], ...retries });
  return { workspace, webhook: id, path };
}

/** Of two streams, the one that this key goes to is the second. */
const OF_SECOND = Array.from({ length: 100 }, (_, n) => `once ${n}`).find(
  (idempotencyKey) => spread([{ idempotencyKey }], 2, 0)[0]?.stream === 1,
);

/** Publishes one event, again where the service says so, and waits until it is known to be delivered. */
async function deliver({ workspace, webhook, path }: Customer): Promise<DeliveryRow[]> {
  const event = { event: "ticket.created", data: {}, idempotency_key: OF_SECOND };
  await eventually(
    () => workspace.call("POST", "/events", event).then(({ status }) => status),
    (status) => status === 202,
  );
  await receiver.waitFor((all) => all.some((request) => request.path === path));
  return eventually(
    () => workspace.deliveries(webhook),
    ([first]) => first?.status === "delivered",
  );
}

const NAMES = {
  Endpoint: ({ webhook }: Customer) => webhook,
  EventStream: ({ workspace }: Customer) => String(workspace.id),
};

it.each(["Endpoint", "EventStream"] as const)(
  "at each step of %s an event is delivered, and logged once",
  async (kind) => {
    const quiet = await newCustomer(`/${kind}`);
    const labels = await stepsIn(service.url, { class: kind, name: NAMES[kind](quiet) }, () => deliver(quiet));
    expect(labels.length).toBeGreaterThan(5);
    const found: [string, number][] = [];
    for (const [index, label] of labels.entries()) {
      const customer = await newCustomer(`/${kind}${index}`);
      await model(service.url, { reset: { class: kind, name: NAMES[kind](customer), at: index + 1 } });
      found.push([label, (await deliver(customer)).length]);
    }
    expect(found).toEqual(labels.map((label) => [label, 1]));
  },
);

it("at each step of a second stream an event is delivered, and logged once", async () => {
  const twofold = async (path: string) => {
    const customer = await newCustomer(path);
    await customer.workspace.call("PATCH", "", { streams: 2 });
    return { ...customer, stream: `${customer.workspace.id}/1` };
  };
  const quiet = await twofold("/second");
  const labels = await stepsIn(service.url, { class: "EventStream", name: quiet.stream }, () => deliver(quiet));
  expect(labels.length).toBeGreaterThan(5);
  const found: [string, number][] = [];
  for (const [index, label] of labels.entries()) {
    const customer = await twofold(`/second${index}`);
    await model(service.url, { reset: { class: "EventStream", name: customer.stream, at: index + 1 } });
    found.push([label, (await deliver(customer)).length]);
  }
  expect(found).toEqual(labels.map((label) => [label, 1]));
});

it("at each step of a relay an event is delivered to both that it calls, and logged once at each", async () => {
  const both = async (path: string) => {
    const customer = await newCustomer(path);
    const other = { ...customer, path: `${path}/other` };
    const { id } = await customer.workspace.webhook({
      url: receiver.url + other.path,
      events: ["ticket.created"],
      retry_policy: [1, 1, 1],
    });
    return [customer, { ...other, webhook: id }];
  };
  const deliverToBoth = async (customers: readonly Customer[]) => {
    const rows: number[] = [];
    for (const customer of customers) rows.push((await deliver(customer)).length);
    return rows;
  };
  const quiet = await both("/relayed");
  const labels = await stepsIn(service.url, { class: "Relay" }, () => deliverToBoth(quiet));
  expect(labels.length).toBeGreaterThan(3);
  const found: [string, number[]][] = [];
  for (const [index, label] of labels.entries()) {
    const customers = await both(`/relayed${index}`);
    await model(service.url, { reset: { class: "Relay", at: index + 1 } });
    found.push([label, await deliverToBoth(customers)]);
  }
  expect(found).toEqual(labels.map((label) => [label, [1, 1]]));
});

/** Twelve events at once to a receiver that lets the first twelve requests wait: seven of them go by couriers. */
async function deliverTwelve({ workspace, webhook, path }: Customer): Promise<DeliveryRow[]> {
  const held = holding();
  receiver.on(path, held.handler);
  const events = Array.from({ length: 12 }, (_, n) => {
    return { event: "ticket.created", data: { n }, idempotency_key: `once ${n}` };
  });
  await eventually(
    () => workspace.call("POST", "/events", { events }).then(({ status }) => status),
    (status) => status === 202,
  );
  await receiver.waitFor((all) => all.filter((request) => request.path === path).length >= 10);
  await held.letGo();
  return eventually(
    () => workspace.deliveries(webhook),
    (rows) => rows.length === 12 && rows.every(({ status }) => status === "delivered"),
  );
}

it("at each step of a courier the events that it has are delivered, and logged once", async () => {
  const quiet = await newCustomer("/Courier");
  const labels = await stepsIn(service.url, { class: "Courier" }, () => deliverTwelve(quiet));
  expect(labels.length).toBeGreaterThan(3);
  const found: [string, number][] = [];
  for (const [index, label] of labels.entries()) {
    const customer = await newCustomer(`/Courier${index}`);
    await model(service.url, { reset: { class: "Courier", at: index + 1 } });
    found.push([label, (await deliverTwelve(customer)).length]);
  }
  expect(found).toEqual(labels.map((label) => [label, 12]));
});
