import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import { Retention } from "../../src/delivery/retention.ts";
import { Store } from "../../src/delivery/store.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import { eventId } from "../../src/lib/ids.ts";
import { api, workspaceWithWebhook } from "./service.ts";

/** What an endpoint keeps that nobody takes from it, on real storage. */

const LIMIT = 1_000_000;
const DAY_MS = 24 * 3600 * 1000;

const object = (webhook: string) => env.ENDPOINT.getByName(webhook);

/** A kilobyte each. */
const arrivals = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => {
    const place = { at: Date.now(), seq: from + n, index: 0 };
    const data = JSON.stringify("x".repeat(1000));
    const event = { type: "ticket.created", data, occurredAt: null, channels: [] };
    return { position: positionOf(place), text: encodeEvent(eventId(place), event) };
  });

async function pausedWebhook(): Promise<{ workspace: number; webhook: string }> {
  const created = await workspaceWithWebhook();
  await api("PATCH", `/workspaces/${created.workspace}/webhooks/${created.webhook}`, { status: "paused" });
  return created;
}

it("an endpoint that is paused keeps the newest that there is room for, and tells of the others without their payload", async () => {
  const EVENTS = 5000;
  const { webhook } = await pausedWebhook();
  await runInDurableObject(object(webhook), async (endpoint: Endpoint, { storage }) => {
    const limits = { ageMs: 30 * DAY_MS, bytes: LIMIT };
    const retention = new Retention(endpoint.sql, new Store(endpoint.sql), endpoint.dispatcher, limits);
    let most = 0;
    for (let from = 1; from <= EVENTS; from += 100) {
      await endpoint.accept(arrivals(from, 100), 1);
      for (let chunks = 0; retention.tooLarge && chunks < 20; chunks++) {
        storage.transactionSync(() => retention.pruneChunk(Date.now()));
      }
      most = Math.max(most, endpoint.sql.bytes);
      expect(retention.tooLarge).toBe(false);
    }
    expect(most).toBeLessThanOrEqual(LIMIT);
  });
  const pending = await object(webhook).listDeliveries({ limit: 1000, status: "pending" });
  // Half of the room at the least, and no more than all of it.
  expect(pending.deliveries.length).toBeGreaterThan(400);
  expect(pending.deliveries.length).toBeLessThan(1000);
  const expired = await object(webhook).listDeliveries({ limit: 10, status: "expired" });
  expect(expired.deliveries).toHaveLength(10);
  const [youngest] = expired.deliveries;
  const oldestKept = pending.deliveries.at(-1);
  expect((youngest?.eventId ?? "") < (oldestKept?.eventId ?? "")).toBe(true);
  const events = await runInDurableObject(object(webhook), (_, { storage }) =>
    storage.sql.exec<{ events: string }>("SELECT events FROM log WHERE state = 'expired' LIMIT 1").one(),
  );
  expect((JSON.parse(events.events) as { data: string }[]).every(({ data }) => data === "null")).toBe(true);
});

it("what has waited for longer than it is kept has expired, which is told once a day", async () => {
  const { workspace, webhook } = await pausedWebhook();
  const old = (from: number) => {
    return arrivals(from, 3).map((arrival, n) => {
      const place = { at: Date.now() - 31 * DAY_MS, seq: from + n, index: 0 };
      const event = { type: "ticket.created", data: "1", occurredAt: null, channels: [] };
      return { ...arrival, text: encodeEvent(eventId(place), event) };
    });
  };
  const told = async () => {
    const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
    return events
      .filter(({ type }) => type === "delivery.expired")
      .map(({ data }) => JSON.parse(data) as { count: number });
  };
  await object(webhook).accept(old(1), 1);
  await runDurableObjectAlarm(object(webhook));
  await runDurableObjectAlarm(object(webhook));
  expect((await object(webhook).listDeliveries({ limit: 10 })).deliveries.map(({ status }) => status)).toEqual([
    "expired",
    "expired",
    "expired",
  ]);
  expect((await told()).map(({ count }) => count)).toEqual([3]);
  await object(webhook).accept(old(10), 1);
  await runDurableObjectAlarm(object(webhook));
  await runDurableObjectAlarm(object(webhook));
  expect((await object(webhook).listDeliveries({ limit: 10, status: "expired" })).deliveries).toHaveLength(6);
  expect(await told()).toHaveLength(1);
});
