import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import { EventStream } from "../../src/events/stream.ts";
import { soon } from "../support/soon.ts";
import { arrival, attempt, object, quietWebhook, type Row, withQueues } from "./quiet.ts";
import { api, workspaceWithWebhook } from "./service.ts";

const DAY_MS = 24 * 3600 * 1000;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an endpoint", () => {
  it("tells D1 and its workspace that it was disabled once, however often it takes", async () => {
    const { workspace, webhook } = await quietWebhook();
    const publish = EventStream.prototype.publish;
    let refused = 0;
    vi.spyOn(EventStream.prototype, "publish").mockImplementation(function (this: EventStream, events) {
      if (events[0]?.type === "endpoint.disabled" && refused++ < 2)
        return Promise.reject(new Error("Away, for the test"));
      return publish.call(this, events);
    });
    vi.spyOn(console, "error").mockImplementation(() => {});
    for (let failure = 1; failure <= 10; failure++) await attempt(webhook, failure, false);
    await soon(async () => {
      await runDurableObjectAlarm(object(webhook));
      const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
      expect(events.map((event) => event.type)).toEqual(["endpoint.disabled", "endpoint.failing", "endpoint.failing"]);
    });
    expect(refused).toBeGreaterThan(2);
    const path = `/workspaces/${workspace}/webhooks/${webhook}`;
    expect(await api("GET", path)).toMatchObject({ status: "disabled", disabled_reason: "10 consecutive failures" });
    // Nothing is left to announce, so nothing is announced again.
    await runDurableObjectAlarm(object(webhook));
    const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
    expect(events).toHaveLength(3);
  });

  it("is enabled once, whoever tells it first", async () => {
    const { workspace, webhook } = await quietWebhook();
    for (let failure = 1; failure <= 10; failure++) await attempt(webhook, failure, false);
    await soon(async () => {
      await runDurableObjectAlarm(object(webhook));
      const path = `/workspaces/${workspace}/webhooks/${webhook}`;
      expect(await api("GET", path)).toMatchObject({ status: "disabled" });
    });
    await env.DB.prepare("UPDATE endpoints SET status = 'active', version = version + 1 WHERE id = ?")
      .bind(webhook)
      .run();
    await Promise.all([
      object(webhook).refresh(),
      object(webhook).refresh(),
      object(webhook).accept([arrival(11)], 99),
    ]);
    await runDurableObjectAlarm(object(webhook));
    const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
    expect(events.map((event) => event.type)).toEqual([
      "endpoint.enabled",
      "endpoint.disabled",
      "endpoint.failing",
      "endpoint.failing",
    ]);
  });

  it("remembers its streak and its configuration when it is woken up again", async () => {
    const { webhook } = await quietWebhook();
    for (let failure = 1; failure <= 4; failure++) await attempt(webhook, failure, false);
    await evictDurableObject(object(webhook));
    expect(await object(webhook).health()).toMatchObject({ streak: 4, waiting: 4, inFlight: 0 });
  });

  it("sends again what a queue would not take", async () => {
    const { webhook } = await workspaceWithWebhook();
    vi.spyOn(console, "error").mockImplementation(() => {});
    let refused = 0;
    await runInDurableObject(object(webhook), async (endpoint: Endpoint) => {
      const refuse = () => {
        refused++;
        return Promise.reject(new Error("Too many requests, for the test"));
      };
      Object.defineProperty(endpoint, "env", { value: withQueues(refuse) });
      await endpoint.accept([arrival(1)], 1);
    });
    await soon(async () => {
      expect(refused).toBe(1);
      expect(await object(webhook).health()).toMatchObject({ waiting: 1, inFlight: 0 });
    });
    await runInDurableObject(object(webhook), (endpoint: Endpoint, { storage }) => {
      Object.defineProperty(endpoint, "env", { value: env });
      // Its time has come.
      storage.sql.exec("UPDATE open_parcels SET due_at = 0");
    });
    await evictDurableObject(object(webhook));
    await runDurableObjectAlarm(object(webhook));
    await soon(async () => {
      const { deliveries } = await object(webhook).listDeliveries({ limit: 1 });
      expect(deliveries[0]?.attempts).toBe(1);
    });
  });

  it("releases again what nobody settled, and settles what comes of it once", async () => {
    const { webhook } = await quietWebhook();
    const release = await runInDurableObject(object(webhook), async (endpoint: Endpoint, { storage }) => {
      await endpoint.accept([arrival(1)], 1);
      const [head] = endpoint.dispatcher.backlog.released();
      if (!head?.releasedAt) throw new Error("Not released");
      // A quarter of an hour passes.
      endpoint.dispatcher.backlog.update(head, { releasedAt: head.releasedAt - 900_001 }, Date.now());
      return storage.sql.exec<Row>("SELECT seq, release FROM open_parcels").one();
    });
    await runDurableObjectAlarm(object(webhook));
    await runInDurableObject(object(webhook), (endpoint: Endpoint, { storage }) => {
      const again = storage.sql.exec<Row>("SELECT seq, release FROM open_parcels WHERE released_at IS NOT NULL").one();
      expect(again).toEqual({ seq: release.seq, release: release.release + 1 });
      // The message of the first release turns up after all.
      expect(endpoint.claim(release.seq, release.release, "late")).toEqual({ state: "stale" });
      expect(endpoint.claim(again.seq, again.release, "in time").state).toBe("go");
      expect(endpoint.claim(again.seq, again.release, "a double")).toEqual({ state: "busy" });
    });
  });

  it("lets the log go after its days, and still knows what it has seen", async () => {
    const { webhook } = await quietWebhook();
    for (let seq = 1; seq <= 5; seq++) await attempt(webhook, seq, true);
    await runInDurableObject(object(webhook), (_, { storage }) => {
      storage.sql.exec("UPDATE log SET at = at - ?", 31 * DAY_MS);
    });
    await runDurableObjectAlarm(object(webhook));
    const { deliveries } = await object(webhook).listDeliveries({ limit: 10 });
    expect(deliveries).toEqual([]);
    await evictDurableObject(object(webhook));
    await object(webhook).accept([arrival(3), arrival(6)], 1);
    const after = await object(webhook).listDeliveries({ limit: 10 });
    expect(after.deliveries).toHaveLength(1);
  });

  it("forgets everything when its webhook is deleted", async () => {
    const { workspace, webhook } = await quietWebhook();
    await attempt(webhook, 1, true);
    vi.spyOn(console, "error").mockImplementation(() => {});
    await api("DELETE", `/workspaces/${workspace}/webhooks/${webhook}`);
    await soon(async () => {
      expect(await object(webhook).accept([arrival(2)], 1)).toBe(false);
      expect((await object(webhook).listDeliveries({ limit: 10 })).deliveries).toEqual([]);
    });
  });
});
