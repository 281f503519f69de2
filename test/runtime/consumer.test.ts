import { createExecutionContext, createMessageBatch, env, getQueueResult, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { seal } from "../../src/config/secrets.ts";
import { consume } from "../../src/delivery/consumer.ts";
import { Endpoint } from "../../src/delivery/endpoint.ts";
import { encodeEvent } from "../../src/events/record.ts";
import { eventId } from "../../src/lib/ids.ts";
import { soon } from "../support/soon.ts";
import { arrival, object, quietWebhook, type Row } from "./quiet.ts";
import { api, workspaceWithWebhook } from "./service.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What becomes of messages with these bodies. */
async function resultOf(...bodies: unknown[]) {
  const messages = bodies.map((body, id) => ({ id: String(id), timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch("deliveries-0", messages);
  await consume(batch, env);
  return getQueueResult(batch, createExecutionContext());
}

describe("the consumer", () => {
  it("drops what is no parcel's message, and never sees it again", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const result = await resultOf(null, "junk", { endpoint: "wh_1" }, { endpoint: "x", seq: 1, release: 1 });
    expect(result.explicitAcks).toEqual(["0", "1", "2", "3"]);
    expect(result.retryMessages).toEqual([]);
    expect(log).toHaveBeenCalledTimes(4);
  });

  it("is done with a message whose parcel is settled, released anew, or of an endpoint that never was", async () => {
    const { webhook } = await workspaceWithWebhook();
    const result = await resultOf(
      { endpoint: webhook, seq: 1024, release: 7 },
      { endpoint: "wh_gone", seq: 1024, release: 1 },
    );
    expect(result.explicitAcks).toEqual(["0", "1"]);
  });

  it("gives a message back when the endpoint cannot be reached", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(Endpoint.prototype, "claim").mockImplementation(() => {
      throw new Error("Away, for the test");
    });
    const result = await resultOf({ endpoint: "wh_away", seq: 1024, release: 1 });
    expect(result.explicitAcks).toEqual([]);
    expect(result.retryMessages).toHaveLength(1);
  });

  it("tells the endpoint again how it went before it gives up, and sends nothing twice", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    const settle = Endpoint.prototype.settle;
    let refused = 0;
    vi.spyOn(Endpoint.prototype, "settle").mockImplementation(function (this: Endpoint, ...call) {
      if (refused++ < 2) throw new Error("Away, for the test");
      settle.apply(this, call);
    });
    const claim = vi.spyOn(Endpoint.prototype, "claim");
    await api("POST", `/workspaces/${workspace}/events`, { event: "ticket.created", data: {} });
    await soon(async () => {
      const { deliveries } = await env.ENDPOINT.getByName(webhook).listDeliveries({ limit: 10 });
      expect(deliveries.map((delivery) => delivery.attempts)).toEqual([1]);
    });
    expect(refused).toBe(3);
    expect(claim).toHaveBeenCalledTimes(1);
  });

  it("begins a timeout with its request: what waits for a slot has none yet", async () => {
    const [EVENTS, SLOTS] = [10, 5];
    const { webhook } = await quietWebhook();
    const [{ seq, release }] = await runInDurableObject(object(webhook), async (endpoint: Endpoint, { storage }) => {
      await endpoint.accept([arrival(1)], 1);
      const released = "SELECT seq, release FROM open_parcels WHERE released_at IS NOT NULL";
      return soon(() => [storage.sql.exec<Row>(released).one()] as const);
    });
    // More than there are slots in one parcel.
    const claim = Endpoint.prototype.claim;
    const numbers = Array.from({ length: EVENTS }, (_, n) => n);
    vi.spyOn(Endpoint.prototype, "claim").mockImplementation(function (this: Endpoint, ...call) {
      const event = { type: "ticket.created", data: "1", occurredAt: null, channels: [] };
      const events = numbers.map((index) => encodeEvent(eventId({ at: Date.now(), seq: 1, index }), event));
      return { ...claim.apply(this, call), indices: numbers, events: `[${events}]` };
    });
    vi.spyOn(Endpoint.prototype, "settle").mockImplementation(() => {});
    const timeouts = vi.spyOn(AbortSignal, "timeout");
    const open: (() => void)[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(
      () => new Promise((resolve) => open.push(() => resolve(new Response("ok")))),
    );
    const result = resultOf({ endpoint: webhook, seq, release });
    for (let answered = 0; answered < EVENTS; answered++) {
      const begun = Math.min(EVENTS, answered + SLOTS);
      await soon(() => expect(open).toHaveLength(begun));
      expect(timeouts.mock.calls).toEqual(Array(begun).fill([10_000]));
      open[answered]?.();
    }
    expect((await result).explicitAcks).toEqual(["0"]);
  });

  it("counts an attempt that cannot even be made as a failure, and does not take it up for ever", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { workspace } = await workspaceWithWebhook();
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
    const claim = vi.spyOn(Endpoint.prototype, "claim");
    await api("POST", `/workspaces/${workspace}/events`, { event: "ticket.created", data: {} });
    await soon(async () => {
      const { deliveries } = await env.ENDPOINT.getByName(id).listDeliveries({ limit: 10 });
      expect(deliveries).toMatchObject([{ attempts: 1, lastError: "unknown", status: "pending" }]);
      expect(deliveries[0]?.nextAttemptAt).toBeGreaterThan(Date.now() + 3_000_000);
    });
    // One for this webhook, and one for the workspace's other.
    expect(claim.mock.calls.length).toBeLessThanOrEqual(2);
  });
});
