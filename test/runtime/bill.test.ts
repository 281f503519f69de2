import { env, runInDurableObject } from "cloudflare:test";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import type { NewEvent } from "../../src/events/contract.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import type { EventStream } from "../../src/events/stream.ts";
import { eventId } from "../../src/lib/ids.ts";
import { soon } from "../support/soon.ts";
import { api, workspaceWithWebhook } from "./service.ts";

/**
 * What is billed per row written, as the runtime's own counter tells it. A change that makes a delivery dearer shows
 * here. Alarms are counted as rows, as they are billed; each object sets one when it begins to be busy, and no more while
 * that one is ahead.
 */

let workspace: number;
let webhook: string;
let nextSeq = 1_000_000;

beforeAll(async () => {
  // Two workspaces: what is published into the one must not reach the endpoint whose rows are counted.
  const quiet = await workspaceWithWebhook();
  ({ workspace } = quiet);
  // Nothing listens there: alerts about its failures would be published among what is counted.
  await api("PATCH", `/workspaces/${workspace}/webhooks/${quiet.webhook}`, { status: "paused" });
  ({ webhook } = await workspaceWithWebhook());
});

const newEvents = (count: number, key?: string): NewEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    type: "ticket.created",
    data: '{"id":42}',
    occurredAt: null,
    channels: [],
    idempotencyKey: key === undefined ? null : `${key} ${index}`,
  }));

const arrivals = (count: number) =>
  Array.from({ length: count }, () => {
    const place = { at: Date.now(), seq: nextSeq++, index: 0 };
    const event = { type: "ticket.created", data: '{"id":42}', occurredAt: null, channels: [] };
    return { position: positionOf(place), text: encodeEvent(eventId(place), event) };
  });

/** Publishes and says how many rows that wrote. */
async function publishing(calls: NewEvent[][]): Promise<number> {
  return runInDurableObject(env.EVENT_STREAM.getByName(String(workspace)), async (stream: EventStream) => {
    const before = stream.sql.rowsWritten;
    await Promise.all(calls.map((events) => stream.publish(events)));
    return stream.sql.rowsWritten - before;
  });
}

describe("the rows written for a publish", () => {
  beforeAll(async () => {
    await publishing([newEvents(1)]);
  });

  it.each([
    ["one event", () => [newEvents(1)], 1],
    ["a batch of 50", () => [newEvents(50)], 1],
    ["one event with an idempotency key", () => [newEvents(1, "a")], 2],
    ["a batch of 50 with keys", () => [newEvents(50, "b")], 51],
    ["a repetition of it", () => [newEvents(50, "b")], 0],
  ])("%s", async (_, calls, rows) => {
    expect(await publishing(calls())).toBe(rows);
  });

  it("of twenty callers at the same moment: two, the first one's and that of all others", async () => {
    expect(await publishing(Array.from({ length: 20 }, () => newEvents(1)))).toBeLessThanOrEqual(2);
  });
});

/** How requests are answered: all at once, when the test says so. */
let answer: (status: number) => void;
let answering: Promise<number>;

function hold(): void {
  answering = new Promise((resolve) => {
    answer = resolve;
  });
}

afterAll(() => {
  vi.restoreAllMocks();
});

/** Takes a call's events in, stored at once or not, has them answered, and counts the rows of both steps. */
async function life(count: number, status: number, store: boolean): Promise<{ accepted: number; settled: number }> {
  hold();
  return runInDurableObject(env.ENDPOINT.getByName(webhook), async (endpoint: Endpoint) => {
    const { dispatcher } = endpoint;
    // All of them at once, and healthy.
    dispatcher.limit = { ...dispatcher.limit, width: 100, failing: 0 };
    const start = endpoint.sql.rowsWritten;
    await endpoint.accept(arrivals(count), 1);
    if (store) await endpoint.listDeliveries({ limit: 1 });
    const accepted = endpoint.sql.rowsWritten - start;
    answer(status);
    await soon(() => expect(dispatcher.underWay).toBe(0));
    return { accepted, settled: endpoint.sql.rowsWritten - start - accepted };
  });
}

describe("the rows written for a parcel", () => {
  beforeAll(async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("ok", { status: await answering }));
    // The first parcel sets the alarm and writes the configuration.
    await life(1, 200, true);
  });

  it("delivered at the first try: one in all, of one delivery or of three", async () => {
    expect(await life(1, 200, false)).toEqual({ accepted: 0, settled: 1 });
    expect(await life(3, 200, false)).toEqual({ accepted: 0, settled: 1 });
  });

  it("stored before it is delivered: one to accept it, two to settle it", async () => {
    expect(await life(1, 200, true)).toEqual({ accepted: 1, settled: 2 });
    expect(await life(3, 200, true)).toEqual({ accepted: 1, settled: 2 });
  });

  it("that failed: one to accept it, one for the parcel, one for the streak", async () => {
    expect(await life(3, 500, true)).toEqual({ accepted: 1, settled: 2 });
    expect(await life(1, 500, true)).toEqual({ accepted: 1, settled: 2 });
  });
});
