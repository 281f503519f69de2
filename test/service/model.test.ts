import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { draw, obey } from "../model/control.ts";
import { Activity, ofClass } from "../model/counters.ts";
import { TIMES } from "../model/figures.ts";
import { eventually } from "../support/eventually.ts";
import { type ModelState, model, stepsIn } from "../support/model.ts";
import { answer, hang, holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type Sample, startSample } from "../support/sample.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource } from "../support/sources.ts";
import { newWorkspace } from "../support/workspace.ts";

/** The model of the platform, by a small Worker that does one thing at a time, and at the end by the product. */

let sample: Sample;
let receiver: Receiver;

beforeAll(async () => {
  [sample, receiver] = await Promise.all([startSample(), startReceiver()]);
});

afterAll(() => Promise.all([sample.stop(), receiver.close()]));

/** Each test has paths and objects of its own. */
let path: string;
let number = 0;
beforeEach(() => {
  path = `/t${++number}`;
});

afterEach(async () => {
  await model(sample.url, { profile: "local", d1: { is: "well" }, steps: { class: "" } });
});

const arrived = () => receiver.requests.filter((request) => request.path === path).length;
const on = (method: string, ...args: unknown[]) => sample.call(`object${path}/${method}`, ...args);
const objects = ({ counters }: ModelState) => counters.objects.Thing;

describe("connections", () => {
  it("the seventh request of an invocation waits until one of six has its headers", async () => {
    const held = holding();
    receiver.on(path, held.handler);
    const all = sample.call("get", receiver.url + path, 7);
    await eventually(
      () => model(sample.url),
      ({ connections }) => connections.fetch.waiting === 1,
    );
    await receiver.waitFor(() => arrived() === 6);
    await held.letGo();
    expect(await all).toEqual({ value: Array(7).fill("200") });
    expect(arrived()).toBe(7);
  });

  it("an object has six over all its calls, two objects have twelve", async () => {
    const held = holding();
    receiver.on(path, held.handler);
    const calls = [4, 4].map((times) => on("getAll", receiver.url + path, times));
    const other = sample.call(`object${path}-other/getAll`, receiver.url + path, 4);
    await eventually(
      () => model(sample.url),
      ({ connections }) => connections.fetch.waiting === 2,
    );
    await receiver.waitFor(() => arrived() === 10);
    await held.letGo();
    await Promise.all([...calls, other]);
    expect(arrived()).toBe(12);
  });

  it("while it waits, its time runs on", async () => {
    const held = holding();
    receiver.on(path, held.handler);
    const holds = on("getAll", receiver.url + path, 6);
    await receiver.waitFor(() => arrived() === 6);
    expect(await on("getAll", receiver.url + path, 1, 50)).toEqual({ value: ["TimeoutError"] });
    await held.letGo();
    await holds;
    expect(arrived()).toBe(6);
    expect(await on("getAll", receiver.url + path, 1)).toEqual({ value: ["200"] });
  });
});

describe("limits", () => {
  it("a row of more than 2 MB is refused, and one of 2 MB is not", async () => {
    expect(await on("writeRow", 2_000_001)).toMatchObject({ error: "string or blob too big: SQLITE_TOOBIG" });
    expect(await on("writeRow", 2_000_000)).toEqual({ value: null });
  });

  it("so are 101 parameters, and 32 MiB of arguments", async () => {
    expect(await on("write", Array(100).fill(1))).toEqual({ value: 1 });
    expect((await on("write", Array(101).fill(1))).error).toMatch(/too many/i);
    expect((await on("answer", 33 * 2 ** 20)).error).toMatch(/limited to 32MiB/);
  });

  it("an invocation may ask D1 a thousand times", async () => {
    expect(await sample.call("d1", 1000)).toEqual({ value: "done" });
    expect((await sample.call("d1", 1001)).error).toMatch(/Too many/);
  });

  it("an alarm that takes too long is ended with its object, and rings again", async () => {
    const before = objects(await model(sample.url, { alarmMs: 1 }));
    receiver.on(path, hang());
    await on("askLater", receiver.url + path);
    const rung = ({ alarms = 0 } = {}) => alarms;
    await eventually(
      () => model(sample.url),
      (state) => rung(objects(state)) - rung(before) >= 2,
    );
    receiver.on(path, answer(200));
    await model(sample.url, { alarmMs: 900_000 });
  });
});

describe("commands", () => {
  it("D1 refuses until it is told not to", async () => {
    await model(sample.url, { d1: { is: "refusing" } });
    expect((await sample.call("d1", 1)).error).toMatch(/D1 DB is overloaded/);
    await model(sample.url, { d1: { is: "well" } });
    expect(await sample.call("d1", 1)).toEqual({ value: "done" });
  });

  it("D1 stands still until it is told not to", async () => {
    await model(sample.url, { d1: { is: "standing" } });
    const asked = sample.call("d1", 1);
    await eventually(
      () => model(sample.url),
      ({ connections }) => connections.d1.open === 1,
    );
    await model(sample.url, { d1: { is: "well" } });
    expect(await asked).toEqual({ value: "done" });
  });

  it("the clock is set ahead, alarms ring by it, and it does not go back when they are set", async () => {
    const HOUR_MS = 3_600_000;
    const times = async () =>
      (await on("times")).value as { now: number; made: number; isDate: boolean; alarm: number };
    await on("askLater", receiver.url + path, HOUR_MS);
    const before = await times();
    expect(before.alarm).toBeGreaterThan(before.now + HOUR_MS / 2);
    const name = path.slice(1);
    const halfway = await model(sample.url, { clock: { aheadMs: HOUR_MS / 2, objects: { OBJECT: [name] } } });
    expect(halfway.alarms).toEqual({ [`OBJECT ${name}`]: before.alarm });
    const then = await times();
    expect(then).toMatchObject({ isDate: true, alarm: before.alarm });
    expect(then.now).toBeGreaterThanOrEqual(before.now + HOUR_MS / 2);
    expect(then.made).toBeGreaterThanOrEqual(then.now);
    expect(arrived()).toBe(0);
    await model(sample.url, { clock: { aheadMs: 2 * HOUR_MS, objects: { OBJECT: [name] } } });
    await receiver.waitFor(() => arrived() === 1);
    await model(sample.url, { clock: { aheadMs: 0 } });
  });

  it("what it does not know is refused", async () => {
    await expect(model(sample.url, { d2: {} })).rejects.toThrow(/d2/);
  });
});

describe("resets", () => {
  it("memory is lost, and the caller is told that it may call again", async () => {
    expect([await on("count"), await on("count")]).toEqual([{ value: 1 }, { value: 2 }]);
    await model(sample.url, { reset: { class: "Thing", name: path.slice(1), at: 1 } });
    expect(await on("count")).toEqual({
      error: "Durable Object reset because its code was updated.",
      retryable: true,
    });
    expect((await model(sample.url)).steps.reset).toEqual({ class: "Thing", name: path.slice(1) });
    expect(await on("count")).toEqual({ value: 1 });
  });

  it("at each step what was written before something left the object is there, and nothing comes after", async () => {
    const found: [string | undefined, string[], number][] = [];
    const quiet = () => on("ask", receiver.url + path);
    const labels = await stepsIn(sample.url, { class: "Thing", name: path.slice(1) }, quiet);
    expect(labels).toEqual(["ask", "exec", "fetch", "fetch returned", "exec", "ask answered"]);
    for (const [at, label] of labels.entries()) {
      path = `/t${++number}`;
      await model(sample.url, { reset: { class: "Thing", name: path.slice(1), at: at + 1 } });
      expect(await on("ask", receiver.url + path)).toMatchObject({ retryable: true });
      found.push([label, (await on("notes")).value as string[], arrived()]);
    }
    expect(found).toEqual([
      ["ask", [], 0],
      ["exec", [], 0],
      ["fetch", ["asking"], 0],
      ["fetch returned", ["asking"], 1],
      ["exec", ["asking"], 1],
      ["ask answered", ["asking", "asked"], 1],
    ]);
  });
});

describe("counters", () => {
  it("count what is billed", async () => {
    await on("count");
    await model(sample.url, { count: "reset" });
    await on("writeRow", 1);
    await on("askLater", receiver.url + path);
    await receiver.waitFor(() => arrived() === 1);
    await sample.call("d1", 3);
    const { counters } = await model(sample.url);
    expect(counters).toMatchObject({ requests: 3, d1: { queries: 3, rowsRead: 0, rowsWritten: 0 } });
    expect(counters.objects.Thing).toMatchObject({ instances: 0, calls: 2, alarms: 1, rowsWritten: 2 });
  });

  it("an object is active while anything is pending, once however much it is", () => {
    let now = 1000;
    const activity = new Activity("Union", () => now);
    const active = () => {
      Activity.countAll();
      return ofClass("Union").activeMs;
    };
    const first = activity.begin();
    now += 10;
    const second = activity.begin();
    now += 10;
    first();
    first();
    now += 10;
    expect(active()).toBe(30);
    second();
    now += 10;
    expect(active()).toBe(30);
    activity.begin();
    now += 5;
    activity.end();
    now += 5;
    expect(active()).toBe(35);
  });
});

describe("times", () => {
  afterEach(() => obey({ profile: "local" }));

  const draws = (profile: "local" | "near" | "far") => {
    obey({ profile, seed: 7 });
    return Array.from({ length: 1001 }, () => draw("object"));
  };

  it("come again with the same seed, twice as long far away, and not at all locally", () => {
    expect(draws("near")).toEqual(draws("near"));
    expect(draws("far")).toEqual(draws("near").map((ms) => 2 * ms));
    expect(new Set(draws("local"))).toEqual(new Set([0]));
  });

  it("are as the figures say", () => {
    const sorted = draws("near").toSorted((a, b) => a - b);
    const { p50, p99 } = TIMES.object;
    expect((sorted[500] ?? 0) / p50).toBeCloseTo(1, 0);
    expect((sorted[991] ?? 0) / p99).toBeCloseTo(1, 0);
  });

  it("calls of one stub arrive in their order", async () => {
    await model(sample.url, { profile: "near", seed: 3 });
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    expect(await sample.call(`see${path}`, ...numbers)).toEqual({ value: numbers });
  });
});

describe("the product on it", () => {
  let service: SpawnedService;

  beforeAll(async () => {
    service = await spawnService({ model: "near" });
  });

  afterAll(() => service.stop());

  it("delivers, and what it takes is counted", async () => {
    const workspace = await newWorkspace(service);
    await workspace.webhook({ url: receiver.url + path, events: ["ticket.created"] });
    await model(service.url, { count: "reset" });
    await workspace.publishAll([{ event: "ticket.created", data: {} }]);
    await receiver.waitFor(() => arrived() === 1);
    const { profile, counters } = await model(service.url);
    expect(profile).toBe("near");
    expect(counters.objects.EventStream?.rowsWritten).toBeGreaterThan(0);
    expect(counters.objects.Endpoint?.calls).toBeGreaterThan(0);
  });

  it("an object that ends itself has answered before", async () => {
    const workspace = await newWorkspace(service);
    const { id } = await createSource(workspace, "github", { secret: "s" });
    expect((await workspace.call("DELETE", `/sources/${id}`)).status).toBe(204);
  });
});
