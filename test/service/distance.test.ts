import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { model } from "../support/model.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

/** On the model of the platform: objects that are far or slow, a database that is away. */

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService({ model: "near" }), startReceiver()]);
});

afterEach(async () => {
  await model(service.url, { d1: { is: "well" } });
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const at = (path: string) => receiver.requests.filter((request) => request.path === path);
const numbersAt = (path: string) =>
  at(path).map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe("an endpoint whose object takes longer than a second for every call", () => {
  it("gets everything once, holds nobody up, and no alarm waits for it, nor begins the fan-out anew", async () => {
    const EVENTS = 40;
    const workspace = await newWorkspace(service);
    await workspace.webhook({ url: `${receiver.url}/quick`, events: ["ticket.created"] });
    const slow = await workspace.webhook({ url: `${receiver.url}/slow`, events: ["ticket.created"] });
    // Shorter than a call: an alarm that waited for one would be ended, and its object with it.
    await model(service.url, { alarmMs: 1000, slow: { class: "Endpoint", name: slow.id, ms: 1500 } });
    await model(service.url, { count: "reset" });
    const instances = async () => (await model(service.url)).counters.objects.EventStream?.instances ?? 0;
    await workspace.publish({ event: "ticket.created", data: { n: 0 } });
    const before = await instances();
    for (const n of upTo(EVENTS).slice(1)) {
      await workspace.publish({ event: "ticket.created", data: { n } });
      // The other has this one before the slow one has all.
      await receiver.waitFor(() => at("/quick").length > n);
    }
    await receiver.waitFor(() => at("/slow").length >= EVENTS);
    expect(numbersAt("/slow").toSorted((a, b) => a - b)).toEqual(upTo(EVENTS));
    expect(numbersAt("/quick").toSorted((a, b) => a - b)).toEqual(upTo(EVENTS));
    await eventually(
      async () => (await model(service.url)).counters.objects.EventStream?.alarms ?? 0,
      (alarms) => alarms > 1,
    );
    expect(await instances()).toBe(before);
    await model(service.url, { slow: { class: "Endpoint", name: slow.id, ms: 0 }, alarmMs: 900_000 });
  });
});

describe.each(["refusing", "standing"] as const)("a database that is %s", (is) => {
  it("refuses nothing that was known: events are taken, and delivered at the first try", async () => {
    const EVENTS = 20;
    const workspace = await newWorkspace(service);
    const path = `/d1-${is}`;
    const webhook = await workspace.webhook({ url: receiver.url + path, events: ["ticket.created"] });
    await workspace.publish({ event: "ticket.created", data: { n: 0 } });
    await receiver.waitFor(() => at(path).length === 1);
    await model(service.url, { d1: { is } });
    for (const n of upTo(EVENTS).slice(1)) {
      // Throws where it is not taken.
      await workspace.publish({ event: "ticket.created", data: { n } });
    }
    await receiver.waitFor(() => at(path).length >= EVENTS);
    const management = await workspace.call("GET", "/webhooks");
    expect([management.status, management.headers.get("retry-after")]).toEqual([503, "5"]);
    await model(service.url, { d1: { is: "well" } });
    const rows = await eventually(
      () => workspace.deliveries(webhook.id).catch(() => []),
      (seen) => seen.length === EVENTS && seen.every(({ status }) => status === "delivered"),
    );
    expect(rows.filter(({ attempts }) => attempts !== 1)).toEqual([]);
  });
});
