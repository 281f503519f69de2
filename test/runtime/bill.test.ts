import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import type { AttemptError } from "../../src/delivery/contract.ts";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import type { Outcome } from "../../src/delivery/parcel.ts";
import { COALESCE_MS } from "../../src/delivery/window.ts";
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
  // Nothing listens there: news of its failures would be published among what is counted.
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

/** Inside the endpoint; with a look at the parcel that was released last. */
async function inEndpoint<T>(
  work: (endpoint: Endpoint, parcels: () => { seq: number; release: number; n: number }[]) => Promise<T>,
) {
  return runInDurableObject(env.ENDPOINT.getByName(webhook), (endpoint: Endpoint, state) =>
    work(endpoint, () =>
      state.storage.sql
        .exec<{ seq: number; release: number; n: number }>(
          "SELECT seq, release, n FROM open_parcels WHERE released_at IS NOT NULL ORDER BY seq DESC LIMIT 1",
        )
        .toArray(),
    ),
  );
}

const outcomes = (indices: number[], error: AttemptError | null): Outcome[] =>
  indices.map((index) => ({
    index,
    at: Date.now(),
    status: error === null ? 200 : 500,
    durationMs: 5,
    error,
    responseBody: "ok",
    signature: "s",
    retryAfterMs: null,
  }));

/** Accepts, claims and settles a parcel in one go, before any consumer can, and counts the rows of each step. */
async function life(count: number, error: AttemptError | null): Promise<{ accepted: number; settled: number }> {
  // Coalescing: a release within 10 ms of the last one would come later, and with a row of its own.
  const before = Date.now();
  await soon(() => expect(Date.now()).toBeGreaterThan(before + COALESCE_MS));
  return inEndpoint(async (endpoint, parcels) => {
    endpoint.dispatcher.flow = { ...endpoint.dispatcher.flow, window: 100, latencyMs: 5 };
    const start = endpoint.sql.rowsWritten;
    await endpoint.accept(arrivals(count), 1);
    const accepted = endpoint.sql.rowsWritten - start;
    const [parcel] = parcels();
    if (parcel?.n !== count) throw new Error(`Not released as one parcel of ${count}: ${JSON.stringify(parcel)}`);
    const claimed = endpoint.claim(parcel.seq, parcel.release, "the test");
    if (claimed.state !== "go") throw new Error(claimed.state);
    const claiming = endpoint.sql.rowsWritten - start - accepted;
    expect(claiming).toBe(0);
    endpoint.settle(parcel.seq, parcel.release, outcomes(claimed.indices, error), undefined);
    return { accepted, settled: endpoint.sql.rowsWritten - start - accepted };
  });
}

describe("the rows written for a parcel", () => {
  beforeAll(async () => {
    // The first parcel sets the alarm and reads the configuration.
    await life(1, null);
  });

  it("of one delivery, delivered: one to accept it, two to settle it", async () => {
    expect(await life(1, null)).toEqual({ accepted: 1, settled: 2 });
  });

  it("of fifty, delivered: the same", async () => {
    expect(await life(50, null)).toEqual({ accepted: 1, settled: 2 });
  });

  it("that failed, of one or of fifty: one for the parcel, one for the streak", async () => {
    expect(await life(50, "status")).toEqual({ accepted: 1, settled: 2 });
    expect(await life(1, "status")).toEqual({ accepted: 1, settled: 2 });
  });

  it("that failed for good: two for the parcel, one for the streak, one for the notice and one for its alarm", async () => {
    await inEndpoint(async ({ dispatcher }) => {
      if (dispatcher.config) dispatcher.config = { ...dispatcher.config, retryDelays: [] };
    });
    expect(await life(50, "status")).toEqual({ accepted: 1, settled: 5 });
  });
});
