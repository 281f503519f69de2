import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { seal } from "../../src/config/secrets.ts";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import { EventStream } from "../../src/events/stream.ts";
import { soon } from "../support/soon.ts";
import { answered, arrival, attempt, end, object, quiet, quietWebhook } from "./quiet.ts";
import { api } from "./service.ts";

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
    for (let failure = 1; failure <= 15; failure++) await attempt(webhook, failure, false);
    await soon(async () => {
      await runDurableObjectAlarm(object(webhook));
      const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
      expect(events.map((event) => event.type)).toEqual([
        "endpoint.disabled",
        "endpoint.failing",
        "endpoint.failing",
        "endpoint.failing",
      ]);
    });
    expect(refused).toBeGreaterThan(2);
    const path = `/workspaces/${workspace}/webhooks/${webhook}`;
    expect(await api("GET", path)).toMatchObject({
      status: "disabled",
      disabled_reason: "10 consecutive failed probes",
    });
    // Nothing is left to announce, so nothing is announced again.
    await runDurableObjectAlarm(object(webhook));
    const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
    expect(events).toHaveLength(4);
  });

  it("is enabled once, whoever tells it first", async () => {
    const { workspace, webhook } = await quietWebhook();
    for (let failure = 1; failure <= 15; failure++) await attempt(webhook, failure, false);
    await soon(async () => {
      await runDurableObjectAlarm(object(webhook));
      const path = `/workspaces/${workspace}/webhooks/${webhook}`;
      expect(await api("GET", path)).toMatchObject({ status: "disabled" });
    });
    await env.DB.prepare("UPDATE endpoints SET status = 'active', version = version + 1 WHERE id = ?")
      .bind(webhook)
      .run();
    await answered(webhook, true, () =>
      Promise.all([object(webhook).refresh(), object(webhook).refresh(), object(webhook).accept([arrival(16)], 99)]),
    );
    await soon(async () => {
      await runDurableObjectAlarm(object(webhook));
      const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 });
      expect(events.map((event) => event.type)).toEqual([
        "endpoint.enabled",
        "endpoint.disabled",
        "endpoint.failing",
        "endpoint.failing",
        "endpoint.failing",
      ]);
    });
  });

  it("remembers its streak and its configuration when it is woken up again", async () => {
    const { webhook } = await quietWebhook();
    for (let failure = 1; failure <= 4; failure++) await attempt(webhook, failure, false);
    await end(webhook);
    expect(await object(webhook).health()).toMatchObject({ streak: 4, waiting: 4, inFlight: 0 });
  });

  it("gives back what cannot be read while D1 is away, and uses up no attempt", async () => {
    const { webhook } = await quietWebhook();
    await attempt(webhook, 1, true);
    vi.spyOn(console, "error").mockImplementation(() => {});
    let asked = 0;
    const prepare = () => {
      asked++;
      throw new Error("D1_ERROR: Network connection lost.");
    };
    // Read by who cannot open its secrets: what its requests are made of is not known any more.
    await quiet(webhook, { ENCRYPTION_KEY: "a_key_that_is_nobody's_at_all", ENCRYPTION_KEYS: "" });
    await object(webhook).refresh();
    await quiet(webhook, { DB: { prepare, batch: prepare } });
    await object(webhook).accept([arrival(2)], 1);
    await soon(async () => {
      expect(asked).toBeGreaterThan(0);
      expect(await object(webhook).health()).toMatchObject({ waiting: 1, inFlight: 0, streak: 0 });
    });
    expect((await object(webhook).listDeliveries({ limit: 1 })).deliveries).toMatchObject([{ attempts: 0 }]);
    await answered(webhook, true, () => quiet(webhook));
    expect((await object(webhook).listDeliveries({ limit: 1 })).deliveries).toMatchObject([
      { attempts: 1, status: "delivered" },
    ]);
  });

  it("counts an attempt that cannot even be made as a failure, and does not take it up for ever", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { workspace } = await quietWebhook();
    const { id } = await api<{ id: string }>("POST", `/workspaces/${workspace}/webhooks`, {
      url: "http://127.0.0.1:1/",
      events: ["*"],
      dialect: "standard",
      retry_policy: [3600],
    });
    const broken = await seal(env, "no whsec_ secret at all", `endpoint_secret:${id}`);
    await env.DB.prepare(
      "UPDATE endpoint_secrets SET sealed = ? WHERE endpoint = (SELECT number FROM endpoints WHERE id = ?)",
    )
      .bind(broken, id)
      .run();
    await object(id).accept([arrival(1)], 1);
    await soon(async () => {
      const { deliveries } = await object(id).listDeliveries({ limit: 10 });
      expect(deliveries).toMatchObject([{ attempts: 1, lastError: "unknown", status: "pending" }]);
      expect(deliveries[0]?.nextAttemptAt).toBeGreaterThan(Date.now() + 3_000_000);
    });
  });

  it("says of what was handed over whether it is stored, whichever of its lives is asked", async () => {
    const { webhook } = await quietWebhook();
    await attempt(webhook, 1, true);
    vi.spyOn(globalThis, "fetch").mockImplementation(() => new Promise(() => {}));
    const second = arrival(2);
    expect(await object(webhook).accept([second], 1)).toEqual({ stored: false });
    await end(webhook);
    expect(await object(webhook).stored(second.position)).toBe(false);
    expect(await object(webhook).accept([arrival(3)], 1, second.position)).toEqual({ stored: false, behind: true });
    await object(webhook).accept([second], 1);
    const stored = object(webhook).stored(second.position);
    // Whoever looks at it has it stored.
    await object(webhook).health();
    expect(await stored).toBe(true);
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
    await end(webhook);
    await object(webhook).accept([arrival(3), arrival(6)], 1);
    const after = await object(webhook).listDeliveries({ limit: 10 });
    expect(after.deliveries).toHaveLength(1);
  });

  it("begins no request, and so none's time, before all that it has written is confirmed", async () => {
    const { webhook } = await quietWebhook();
    await attempt(webhook, 1, true);
    const requests = vi.spyOn(globalThis, "fetch");
    const before = requests.mock.calls.length;
    const confirmations: PromiseWithResolvers<void>[] = [];
    await runInDurableObject(object(webhook), ({ sql }: Endpoint) => {
      vi.spyOn(sql, "confirmed").mockImplementation(() => {
        // The second is of what is written while the first is waited for.
        if (confirmations.length === 2) return undefined;
        const confirmation = Promise.withResolvers<void>();
        confirmations.push(confirmation);
        return confirmation.promise;
      });
    });
    // What other objects promise, this one cannot wait for.
    const confirm = (place: number) => runInDurableObject(object(webhook), () => confirmations[place]?.resolve());
    await object(webhook).accept([arrival(2)], 1);
    await soon(() => expect(confirmations).toHaveLength(1));
    await confirm(0);
    await soon(() => expect(confirmations).toHaveLength(2));
    expect(requests).toHaveBeenCalledTimes(before);
    await confirm(1);
    await soon(() => expect(requests).toHaveBeenCalledTimes(before + 1));
  });

  it("does not hold it against the receiver when what it has written cannot be confirmed", async () => {
    const { webhook } = await quietWebhook();
    await attempt(webhook, 1, true);
    vi.spyOn(console, "error").mockImplementation(() => {});
    let asked = 0;
    await runInDurableObject(object(webhook), ({ sql }: Endpoint) => {
      vi.spyOn(sql, "confirmed").mockImplementation(() => {
        return asked++ === 0 ? Promise.reject(new Error("Not confirmed, for the test")) : undefined;
      });
    });
    await object(webhook).accept([arrival(2)], 1);
    await soon(async () => {
      const { deliveries } = await object(webhook).listDeliveries({ limit: 10 });
      expect(deliveries.map(({ status, attempts }) => [status, attempts])).toEqual([
        ["delivered", 1],
        ["delivered", 1],
      ]);
    });
    expect(asked).toBeGreaterThan(1);
  });

  it("forgets everything when its webhook is deleted", async () => {
    const { workspace, webhook } = await quietWebhook();
    await attempt(webhook, 1, true);
    vi.spyOn(console, "error").mockImplementation(() => {});
    await api("DELETE", `/workspaces/${workspace}/webhooks/${webhook}`);
    await soon(async () => {
      expect(await object(webhook).accept([arrival(2)], 1)).toEqual({ stored: true });
      expect((await object(webhook).listDeliveries({ limit: 10 })).deliveries).toEqual([]);
    });
  });
});
