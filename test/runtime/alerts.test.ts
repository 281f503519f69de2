import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Endpoint } from "../../src/delivery/endpoint.ts";
import { EndpointLifecycle } from "../../src/delivery/lifecycle.ts";
import type { StoredEvent } from "../../src/events/contract.ts";
import { EventStream } from "../../src/events/stream.ts";
import { soon } from "../support/soon.ts";
import { answered, attempt, end, object, quiet, quietWebhook } from "./quiet.ts";
import { api } from "./service.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What was told to a workspace, the oldest first. */
async function told(workspace: number): Promise<StoredEvent[]> {
  const { events } = await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 100 });
  return events.reverse();
}

/** Each event in short: its type, and its percent where it has one. */
async function inShort(workspace: number): Promise<string[]> {
  return (await told(workspace)).map(({ type, data }) => {
    const { percent } = JSON.parse(data) as { percent?: number };
    return percent === undefined ? type : `${type} ${percent}`;
  });
}

async function fail(webhook: string, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq++) await attempt(webhook, seq, false);
}

/** Rings the object's alarm, which begins to tell what there is to tell: twice, for the first time may be what was under way. */
async function ring(webhook: string): Promise<void> {
  await runDurableObjectAlarm(object(webhook));
  await runDurableObjectAlarm(object(webhook));
}

/** Ends the object, and sees to it that the next one sends nothing either. */
async function wakeAnew(webhook: string): Promise<void> {
  await end(webhook);
  await quiet(webhook);
}

/** D1 that takes no updates; what requests are made of can be read from it. */
const withoutUpdates = () => ({
  prepare: (text: string) => {
    if (text.startsWith("update")) throw new Error("D1 is away, for the test");
    return env.DB.prepare(text);
  },
  batch: (all: D1PreparedStatement[]) => env.DB.batch(all),
});

/** What the object still has to tell. */
function kept(webhook: string): Promise<unknown[]> {
  return runInDurableObject(object(webhook), (_, { storage }) =>
    storage.sql.exec("SELECT key, value FROM meta WHERE key IN ('notice', 'notices')").toArray(),
  );
}

describe("an endpoint that fails", () => {
  it("says so when it begins, at five and at seven failed probes, once each, whenever its object ends", async () => {
    const { workspace, webhook } = await quietWebhook();
    await fail(webhook, 1, 4);
    await wakeAnew(webhook);
    await ring(webhook);
    await soon(async () => expect(await inShort(workspace)).toEqual([]));
    // Five failures make it failing; from the sixth on they are probes.
    await fail(webhook, 5, 5);
    await wakeAnew(webhook);
    await ring(webhook);
    await soon(async () => expect(await inShort(workspace)).toEqual(["endpoint.failing 0"]));
    await fail(webhook, 6, 10);
    await wakeAnew(webhook);
    await fail(webhook, 11, 12);
    await wakeAnew(webhook);
    await ring(webhook);
    await fail(webhook, 13, 14);
    await ring(webhook);
    await soon(async () =>
      expect(await inShort(workspace)).toEqual(["endpoint.failing 0", "endpoint.failing 50", "endpoint.failing 70"]),
    );
    await soon(async () => expect(await kept(webhook)).toEqual([]));
  });

  it("says in the warning where it stands and what it saw last", async () => {
    const { workspace, webhook } = await quietWebhook();
    await fail(webhook, 1, 10);
    await ring(webhook);
    const { probeAt } = await object(webhook).health();
    const [, event] = await soon(async () => {
      const all = await told(workspace);
      expect(all).toHaveLength(2);
      return all;
    });
    if (!event) throw new Error("Nothing was told");
    expect(JSON.parse(event.data)).toEqual({
      webhook_id: webhook,
      url: "http://127.0.0.1:1/",
      at: new Date(event.occurredAt).toISOString(),
      consecutive_failures: 10,
      failed_probes: 5,
      next_probe_at: new Date(probeAt ?? 0).toISOString(),
      disabled_at: 10,
      percent: 50,
      last_response_status: 500,
      last_error: "status",
    });
  });

  it("keeps all that it cannot tell, and tells it in order, D1 without waiting for the stream", async () => {
    const { workspace, webhook } = await quietWebhook();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const away = vi.spyOn(EventStream.prototype, "publish").mockRejectedValue(new Error("Away, for the test"));
    await fail(webhook, 1, 15);
    const path = `/workspaces/${workspace}/webhooks/${webhook}`;
    await soon(async () => expect(await api("GET", path)).toMatchObject({ status: "disabled" }));
    await wakeAnew(webhook);
    await answered(webhook, true, () => api("PATCH", path, { status: "active" }));
    await ring(webhook);
    await soon(async () => expect(await inShort(workspace)).toEqual([]));
    away.mockRestore();
    await ring(webhook);
    await soon(async () =>
      expect(await inShort(workspace)).toEqual([
        "endpoint.failing 0",
        "endpoint.failing 50",
        "endpoint.failing 70",
        "endpoint.disabled",
        "endpoint.enabled",
      ]),
    );
    await soon(async () => expect(await kept(webhook)).toEqual([]));
  });

  it("stays disabled while D1 has not heard of it, and the event waits until it has", async () => {
    const { workspace, webhook } = await quietWebhook();
    vi.spyOn(console, "error").mockImplementation(() => {});
    await quiet(webhook, { DB: withoutUpdates() });
    await fail(webhook, 1, 15);
    await ring(webhook);
    const path = `/workspaces/${workspace}/webhooks/${webhook}`;
    expect(await api("GET", path)).toMatchObject({ status: "active" });
    await object(webhook).refresh();
    expect(await object(webhook).health()).toMatchObject({ status: "disabled" });
    await soon(async () =>
      expect(await inShort(workspace)).toEqual(["endpoint.failing 0", "endpoint.failing 50", "endpoint.failing 70"]),
    );
    await quiet(webhook);
    await ring(webhook);
    expect(await api("GET", path)).toMatchObject({ status: "disabled" });
    await soon(async () => expect((await inShort(workspace)).at(-1)).toBe("endpoint.disabled"));
  });

  it.each([
    ["hears of it", 200],
    ["does not hear of it", 503],
  ])(
    "is not disabled any more once somebody has enabled it, while D1 had not heard; its object %s",
    async (_, code) => {
      const { workspace, webhook } = await quietWebhook();
      vi.spyOn(console, "error").mockImplementation(() => {});
      await quiet(webhook, { DB: withoutUpdates() });
      await fail(webhook, 1, 15);
      await ring(webhook);
      const path = `/workspaces/${workspace}/webhooks/${webhook}`;
      const deafened = vi.spyOn(Endpoint.prototype, "refresh");
      if (code === 503) deafened.mockRejectedValue(new Error("Away, for the test"));
      const changed = () =>
        exports.default.fetch(`https://posthorn.example/api/v1${path}`, {
          method: "PATCH",
          headers: { authorization: `Bearer ${env.ADMIN_TOKEN}`, "content-type": "application/json" },
          body: JSON.stringify({ status: "active" }),
        });
      await answered(webhook, true, async () => {
        expect((await changed()).status).toBe(code);
        deafened.mockRestore();
        await quiet(webhook);
        await ring(webhook);
      });
      await soon(async () => expect(await kept(webhook)).toEqual([]));
      expect(await api("GET", path)).toMatchObject({ status: "active" });
      expect(await object(webhook).health()).toMatchObject({ status: "active", probeAt: null });
      expect(await inShort(workspace)).toEqual(["endpoint.failing 0", "endpoint.failing 50", "endpoint.failing 70"]);
    },
  );

  it("begins its streak anew where it was enabled again, though its object ends at once", async () => {
    const { workspace, webhook } = await quietWebhook();
    vi.spyOn(console, "error").mockImplementation(() => {});
    await quiet(webhook, { DB: withoutUpdates() });
    await fail(webhook, 1, 15);
    // What goes out then is not answered before the object ends.
    vi.spyOn(globalThis, "fetch").mockImplementation(() => new Promise(() => {}));
    await api("PATCH", `/workspaces/${workspace}/webhooks/${webhook}`, { status: "active" });
    await end(webhook);
    expect(await object(webhook).health()).toMatchObject({ status: "active", failedProbes: 0, probeAt: null });
  });

  it("is told of by no email where D1 has not heard of it, and somebody has changed it", async () => {
    const { workspace, webhook } = await quietWebhook();
    vi.spyOn(console, "error").mockImplementation(() => {});
    await api("PATCH", `/workspaces/${workspace}`, { notify_email: "ops@acme.example" });
    const sent: string[] = [];
    const send = ({ subject }: { subject: string }) => Promise.resolve(sent.push(subject));
    await quiet(webhook, { NOTIFY_FROM: "posthorn@example.com", EMAIL: { send } });
    await fail(webhook, 1, 14);
    const deafened = vi.spyOn(Endpoint.prototype, "refresh").mockRejectedValue(new Error("Away, for the test"));
    await expect(
      api("PATCH", `/workspaces/${workspace}/webhooks/${webhook}`, { url: "http://127.0.0.1:2/" }),
    ).rejects.toThrow();
    deafened.mockRestore();
    await fail(webhook, 15, 15);
    await ring(webhook);
    await soon(async () => expect(await kept(webhook)).toEqual([]));
    expect(await object(webhook).health()).toMatchObject({ status: "active" });
    expect(sent.filter((subject) => subject.startsWith("[Posthorn] Webhook disabled"))).toEqual([]);
    expect(sent).toHaveLength(2);
  });

  it("is what was changed since, where D1 tells late that it was disabled", async () => {
    const { workspace, webhook } = await quietWebhook();
    const path = `/workspaces/${workspace}/webhooks/${webhook}`;
    const answer = Promise.withResolvers<void>();
    let updates = false;
    const prepare = (text: string) => {
      updates ||= text.startsWith("update");
      return env.DB.prepare(text);
    };
    const batch = async (all: D1PreparedStatement[]) => {
      const late = updates;
      const results = await env.DB.batch(all);
      if (late) await answer.promise;
      return results;
    };
    await quiet(webhook, { DB: { prepare, batch } });
    const marks = vi.spyOn(EndpointLifecycle.prototype, "mark");
    await fail(webhook, 1, 15);
    await soon(async () => expect(await api("GET", path)).toMatchObject({ status: "disabled" }));
    await quiet(webhook);
    await answered(webhook, true, () => api("PATCH", path, { status: "active" }));
    answer.resolve();
    const held = await runInDurableObject(object(webhook), async (endpoint: Endpoint) => {
      await Promise.all(marks.mock.results.map(({ value }) => value));
      return endpoint.dispatcher.config;
    });
    const { version } = await env.DB.prepare("SELECT version FROM endpoints WHERE id = ?")
      .bind(webhook)
      .first<{ version: number }>()
      .then((row) => row ?? { version: 0 });
    expect(held).toMatchObject({ status: "active", version });
  });

  it("tells the single alert that an earlier version of its object kept", async () => {
    const { workspace, webhook } = await quietWebhook();
    await attempt(webhook, 1, false);
    const at = Date.now();
    await runInDurableObject(object(webhook), (_, { storage }) => {
      const alert = JSON.stringify({ status: "disabled", at, reason: "10 consecutive failures" });
      storage.sql.exec("INSERT INTO meta (key, value) VALUES ('notice', ?)", alert);
    });
    await wakeAnew(webhook);
    await ring(webhook);
    const [event] = await soon(async () => {
      const all = await told(workspace);
      expect(all).not.toEqual([]);
      return all;
    });
    expect(event).toMatchObject({ type: "endpoint.disabled", occurredAt: at });
    expect(await api("GET", `/workspaces/${workspace}/webhooks/${webhook}`)).toMatchObject({ status: "disabled" });
    await soon(async () => expect(await kept(webhook)).toEqual([]));
  });

  it("tells of deliveries that failed for good, in one event, and not of events about events", async () => {
    const { workspace, webhook } = await quietWebhook();
    await api("PATCH", `/workspaces/${workspace}/webhooks/${webhook}`, { retry_policy: [] });
    await attempt(webhook, 1, false);
    await ring(webhook);
    const [event] = await soon(async () => {
      const all = await told(workspace);
      expect(all).not.toEqual([]);
      return all;
    });
    const { deliveries } = await object(webhook).listDeliveries({ limit: 10, status: "failed" });
    const [failed] = deliveries;
    expect(event?.type).toBe("delivery.exhausted");
    expect(JSON.parse(event?.data ?? "")).toEqual({
      webhook_id: webhook,
      url: "http://127.0.0.1:1/",
      at: new Date(event?.occurredAt ?? 0).toISOString(),
      deliveries: [{ delivery_id: failed?.id, event_id: failed?.eventId, event: "ticket.created" }],
      attempts: 1,
      last_response_status: 500,
      last_error: "status",
    });
    await answered(webhook, false, () => object(webhook).sendTest("delivery.exhausted", "{}", []));
    await ring(webhook);
    await soon(async () => expect(await inShort(workspace)).toEqual(["delivery.exhausted"]));
  });
});

describe("the endpoint that notifications go to", () => {
  async function notifiedWorkspace(): Promise<{ workspace: number; webhook: string }> {
    const fields = { name: "Acme", notify_url: "http://127.0.0.1:1/" };
    const created = await api<{ id: number; notify_webhook: string }>("POST", "/workspaces", fields);
    return { workspace: created.id, webhook: created.notify_webhook };
  }

  it("is never disabled, and nothing is told of it", async () => {
    const { workspace, webhook } = await notifiedWorkspace();
    await quiet(webhook);
    await fail(webhook, 1, 12);
    await wakeAnew(webhook);
    await ring(webhook);
    expect(await object(webhook).health()).toMatchObject({ status: "active", streak: 12 });
    await soon(async () => expect(await inShort(workspace)).toEqual([]));
    await soon(async () => expect(await kept(webhook)).toEqual([]));
  });

  it("goes with its workspace, and so does its log", async () => {
    const { workspace, webhook } = await notifiedWorkspace();
    await quiet(webhook);
    await attempt(webhook, 1, true);
    await api("DELETE", `/workspaces/${workspace}`);
    const rows = await env.DB.prepare("SELECT id FROM endpoints WHERE id = ?").bind(webhook).all();
    expect(rows.results).toEqual([]);
    await soon(async () => {
      expect((await object(webhook).listDeliveries({ limit: 10 })).deliveries).toEqual([]);
    });
  });
});

describe("an email", () => {
  let sent: string[];
  let refused: number;
  let skewMs: number;

  beforeEach(() => {
    sent = [];
    refused = 0;
    skewMs = 0;
    vi.spyOn(console, "error").mockImplementation(() => {});
    const real = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => real() + skewMs);
  });

  /** A webhook whose workspace has an address, and an email service that refuses the first so many. */
  async function mailedWebhook(refuse: number): Promise<{ workspace: number; webhook: string }> {
    const { workspace, webhook } = await quietWebhook();
    await api("PATCH", `/workspaces/${workspace}`, { notify_email: "ops@acme.example" });
    const send = ({ to, subject, headers }: { to: string; subject: string; headers: object }) => {
      // No responder answers it, and a source that it comes to knows it (RFC 3834, 5).
      expect(headers).toEqual({ "Auto-Submitted": "auto-generated", "X-Posthorn-Alert": webhook });
      if (refused < refuse) {
        refused++;
        return Promise.reject(new Error("No email service, for the test"));
      }
      sent.push(`${to}: ${subject.split(":")[0]}`);
      return Promise.resolve({ messageId: "1" });
    };
    await quiet(webhook, { NOTIFY_FROM: "posthorn@example.com", EMAIL: { send } });
    return { workspace, webhook };
  }

  /** Waits until the email that is kept was refused so often; a ring does not wait for it. */
  const refusedTimes = (webhook: string, times: number) =>
    soon(async () => {
      expect(JSON.stringify(await kept(webhook))).toContain(`\\"tries\\":${times},`);
      expect(refused).toBe(times);
    });

  it("is sent of both warnings and the disabling, once, however often the event has to be tried", async () => {
    const { webhook } = await mailedWebhook(0);
    const away = vi.spyOn(EventStream.prototype, "publish").mockRejectedValue(new Error("Away, for the test"));
    await fail(webhook, 1, 15);
    await ring(webhook);
    await ring(webhook);
    away.mockRestore();
    await ring(webhook);
    await soon(async () => expect(await kept(webhook)).toEqual([]));
    expect(sent).toEqual([
      "ops@acme.example: [Posthorn] Webhook failing, 50 % of the way to being disabled",
      "ops@acme.example: [Posthorn] Webhook failing, 70 % of the way to being disabled",
      "ops@acme.example: [Posthorn] Webhook disabled",
    ]);
  });

  it("that is refused is tried again later, and holds nothing else up", async () => {
    const { workspace, webhook } = await mailedWebhook(2);
    await fail(webhook, 1, 10);
    await ring(webhook);
    await soon(async () => expect(await inShort(workspace)).toEqual(["endpoint.failing 0", "endpoint.failing 50"]));
    await refusedTimes(webhook, 1);
    skewMs += 5000;
    await ring(webhook);
    await refusedTimes(webhook, 2);
    skewMs += 30_000;
    await ring(webhook);
    await soon(async () => expect(await kept(webhook)).toEqual([]));
    expect(sent).toHaveLength(1);
    await soon(async () => expect(await inShort(workspace)).toHaveLength(2));
  });

  it("is given up when it was refused five times", async () => {
    const { webhook } = await mailedWebhook(100);
    await fail(webhook, 1, 10);
    for (let times = 1; times < 5; times++) {
      await refusedTimes(webhook, times);
      skewMs += 601_000;
      await ring(webhook);
    }
    await soon(async () => expect(await kept(webhook)).toEqual([]));
    skewMs += 601_000;
    await ring(webhook);
    expect(refused).toBe(5);
  });
});
