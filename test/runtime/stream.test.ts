import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Endpoint } from "../../src/delivery/endpoint.ts";
import type { NewEvent, PublishResult } from "../../src/events/contract.ts";
import { EventStore } from "../../src/events/store.ts";
import { EventStream } from "../../src/events/stream.ts";
import { parseEventId } from "../../src/lib/ids.ts";
import { soon } from "../support/soon.ts";
import { refusing } from "./d1.ts";
import { api, workspaceWithWebhook } from "./service.ts";

const DAY_MS = 24 * 3600 * 1000;

const event = (type: string, more: Partial<NewEvent> = {}): NewEvent => {
  return { type, data: "1", occurredAt: null, channels: [], idempotencyKey: null, ...more };
};

const stream = (workspace: number) => env.EVENT_STREAM.getByName(String(workspace));

async function publish(workspace: number, ...events: NewEvent[]): Promise<string[]> {
  const result: PublishResult = await stream(workspace).publish(events);
  if (!result.ok) throw new Error(result.reason);
  return result.events.map((each) => each.id);
}

/** The types of an endpoint's deliveries, the oldest first, once there are `count`. */
async function delivered(webhook: string, count: number): Promise<string[]> {
  return soon(async () => {
    const { deliveries } = await env.ENDPOINT.getByName(webhook).listDeliveries({ limit: 100 });
    expect(deliveries.length).toBeGreaterThanOrEqual(count);
    return deliveries.map((each) => each.type).reverse();
  });
}

/** Waits until everything published is fanned out. */
async function fannedOut(workspace: number): Promise<void> {
  await runDurableObjectAlarm(stream(workspace));
}

async function secondWebhook(workspace: number, events = ["*"]): Promise<string> {
  const created = await api<{ id: string }>("POST", `/workspaces/${workspace}/webhooks`, {
    url: "http://127.0.0.1:1/",
    events,
    status: "paused",
  });
  return created.id;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("fan-out", () => {
  it("repeats without a trace: an endpoint ignores what it has seen", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    await publish(workspace, event("a"), event("b"));
    await publish(workspace, event("c"));
    expect(await delivered(webhook, 3)).toEqual(["a", "b", "c"]);
    const accept = vi.spyOn(Endpoint.prototype, "accept");
    // The cursor is written later than it moves: an object that ends now reads from its old place when it wakes up.
    await evictDurableObject(stream(workspace));
    await publish(workspace, event("d"));
    expect(await delivered(webhook, 4)).toEqual(["a", "b", "c", "d"]);
    await fannedOut(workspace);
    const seen = accept.mock.calls.flatMap(([arrivals]) => arrivals.map((arrival) => JSON.parse(arrival.text).type));
    expect(seen).toEqual(["a", "b", "c", "d"]);
  });

  it("leaves an endpoint that cannot be reached behind, holds nobody else back, and catches it up in order", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    const unreachable = await secondWebhook(workspace);
    const accept = Endpoint.prototype.accept;
    let down = true;
    vi.spyOn(Endpoint.prototype, "accept").mockImplementation(function (this: Endpoint, ...call) {
      if (down && this.name === unreachable) throw new Error("Down, for the test");
      return accept.apply(this, call);
    });
    vi.spyOn(console, "error").mockImplementation(() => {});
    for (const type of ["a", "b", "c"]) {
      await publish(workspace, event(type));
      await delivered(webhook, type.charCodeAt(0) - 96);
    }
    expect(await delivered(unreachable, 0)).toEqual([]);
    // An object that ends now must know afterwards whom it has left behind.
    await evictDurableObject(stream(workspace));
    down = false;
    await publish(workspace, event("d"));
    await fannedOut(workspace);
    await fannedOut(workspace);
    expect(await delivered(unreachable, 4)).toEqual(["a", "b", "c", "d"]);
    await publish(workspace, event("e"));
    expect(await delivered(unreachable, 5)).toEqual(["a", "b", "c", "d", "e"]);
    expect(await delivered(webhook, 5)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("hands over again what an endpoint took with it that ended before it had stored it, and loses none", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    vi.spyOn(globalThis, "fetch").mockImplementation(() => new Promise(() => {}));
    vi.spyOn(console, "error").mockImplementation(() => {});
    let asked = 0;
    const stored = Endpoint.prototype.stored;
    vi.spyOn(Endpoint.prototype, "stored").mockImplementation(async function (this: Endpoint, upTo) {
      if (asked++ > 0) return stored.call(this, upTo);
      // The question reaches the next life: this one ends before it.
      Reflect.get(this, "ctx").abort("Ended, for the test");
      return true;
    });
    await publish(workspace, event("a"), event("b"));
    await soon(() => expect(asked).toBeGreaterThan(0));
    expect(await delivered(webhook, 2)).toEqual(["a", "b"]);
  });

  it("does not let one endpoint's slowness delay another, nor wait for it in an alarm", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    const hanging = await secondWebhook(workspace);
    const accept = Endpoint.prototype.accept;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(Endpoint.prototype, "accept").mockImplementation(async function (this: Endpoint, ...call) {
      if (this.name === hanging) await held;
      return accept.apply(this, call);
    });
    for (const [number, type] of ["a", "b", "c"].entries()) {
      await publish(workspace, event(type));
      await delivered(webhook, number + 1);
    }
    // Returns while the call hangs.
    await fannedOut(workspace);
    expect(await delivered(hanging, 0)).toEqual([]);
    release();
    expect(await delivered(hanging, 3)).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["by the same object", false],
    ["by its next life", true],
  ])("gives a webhook that was made before D1 went away what was published since, %s", async (_, ends) => {
    const { workspace, webhook } = await workspaceWithWebhook();
    await publish(workspace, event("a"));
    await delivered(webhook, 1);
    const made = await secondWebhook(workspace);
    vi.spyOn(console, "error").mockImplementation(() => {});
    refusing();
    // Whoever was known before is not kept waiting.
    for (const type of ["b", "c", "d"]) {
      await publish(workspace, event(type));
      // The next one's row says that this one was handed on.
      await delivered(webhook, type.charCodeAt(0) - 96);
    }
    vi.restoreAllMocks();
    if (ends) await evictDurableObject(stream(workspace));
    await publish(workspace, event("e"));
    // Nobody answers there: there may be alerts about that as well.
    const ours = async (of: string) => (await delivered(of, 0)).filter((type) => type.length === 1);
    await soon(async () => expect(await ours(made)).toEqual(["b", "c", "d", "e"]));
    await soon(async () => expect(await ours(webhook)).toEqual(["a", "b", "c", "d", "e"]));
  });

  it("gives it that though much came before that is not for it", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    await publish(workspace, event("a"));
    await delivered(webhook, 1);
    const made = await secondWebhook(workspace, ["ticket.created"]);
    vi.spyOn(console, "error").mockImplementation(() => {});
    refusing();
    // More rows than are read at a time.
    for (let row = 0; row < 25; row++) await publish(workspace, event("b"));
    await publish(workspace, event("ticket.created"));
    await delivered(webhook, 27);
    // The rows of these say that it was handed on: it does not go out once more by itself.
    for (let row = 0; row < 3; row++) {
      await publish(workspace, event("b"));
      await delivered(webhook, 28 + row);
    }
    vi.restoreAllMocks();
    await evictDurableObject(stream(workspace));
    await publish(workspace, event("c"));
    expect(await delivered(made, 1)).toEqual(["ticket.created"]);
  });

  it("gives it that though nothing is published any more", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    await publish(workspace, event("a"));
    await delivered(webhook, 1);
    const made = await secondWebhook(workspace);
    vi.spyOn(console, "error").mockImplementation(() => {});
    refusing();
    await publish(workspace, event("b"));
    await delivered(webhook, 2);
    await fannedOut(workspace);
    vi.restoreAllMocks();
    await evictDurableObject(stream(workspace));
    // An alarm is set for it.
    expect(await runDurableObjectAlarm(stream(workspace))).toBe(true);
    expect(await delivered(made, 1)).toEqual(["b"]);
  });

  it("notes nothing of a new webhook that has missed nothing, when it comes back", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    const other = await secondWebhook(workspace, ["contact.updated"]);
    for (const [number, type] of ["a", "b"].entries()) {
      await publish(workspace, event(type));
      await delivered(webhook, number + 1);
    }
    const lag = vi.spyOn(EventStore.prototype, "lag");
    await evictDurableObject(stream(workspace));
    await publish(workspace, event("c"));
    expect(await delivered(webhook, 3)).toEqual(["a", "b", "c"]);
    expect(lag.mock.calls.map(([id]) => id)).not.toContain(other);
  });

  it("follows subscriptions as soon as the API has changed them", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    await publish(workspace, event("a"));
    await delivered(webhook, 1);
    await api("PATCH", `/workspaces/${workspace}/webhooks/${webhook}`, { events: ["cases.*"] });
    await publish(workspace, event("a"), event("cases.closed"));
    expect(await delivered(webhook, 2)).toEqual(["a", "cases.closed"]);
  });

  it("gives a new endpoint nothing from long before it", async () => {
    const { workspace, webhook } = await workspaceWithWebhook();
    await publish(workspace, event("old"));
    await delivered(webhook, 1);
    await runInDurableObject(stream(workspace), (_, { storage }) => {
      storage.sql.exec("UPDATE events SET at = at - 60000");
    });
    const late = await secondWebhook(workspace);
    await evictDurableObject(stream(workspace));
    await publish(workspace, event("new"));
    expect(await delivered(late, 1)).toEqual(["new"]);
  });
});

describe("an idempotency key", () => {
  it("stores one of two concurrent publishes, and refuses another body", async () => {
    const { workspace } = await workspaceWithWebhook();
    const keyed = event("a", { idempotencyKey: "k", occurredAt: 5 });
    const [first, second] = await Promise.all([publish(workspace, keyed), publish(workspace, keyed)]);
    expect(second).toEqual(first);
    for (const other of [{ data: "2" }, { type: "b" }, { channels: ["x"] }, { occurredAt: null }]) {
      expect(await stream(workspace).publish([event("z"), { ...keyed, ...other }])).toEqual({
        ok: false,
        reason: "idempotency_conflict",
        index: 1,
      });
    }
    const { events } = await stream(workspace).listEvents({ limit: 10 });
    expect(events.map((each) => each.id)).toEqual(first);
  });

  it("conflicts within one call, too", async () => {
    const { workspace } = await workspaceWithWebhook();
    const twice = [event("a", { idempotencyKey: "k" }), event("b", { idempotencyKey: "k" })];
    expect(await stream(workspace).publish(twice)).toMatchObject({ ok: false, index: 1 });
    const [first, again] = await publish(
      workspace,
      event("a", { idempotencyKey: "k" }),
      event("a", { idempotencyKey: "k" }),
    );
    expect(again).toBe(first);
  });

  it("is free again after 24 hours, and forgotten", async () => {
    const { workspace } = await workspaceWithWebhook();
    const keyed = event("a", { idempotencyKey: "k" });
    const [first] = await publish(workspace, keyed);
    const age = (ms: number) =>
      runInDurableObject(stream(workspace), (_, { storage }) => {
        storage.sql.exec("UPDATE idempotency SET at = at - ?", ms);
      });
    await age(DAY_MS - 60_000);
    expect(await publish(workspace, keyed)).toEqual([first]);
    await age(60_000);
    const [second] = await publish(workspace, keyed);
    expect(second).not.toBe(first);
    await age(DAY_MS);
    await fannedOut(workspace);
    const left = await runInDurableObject(stream(workspace), (_, { storage }) =>
      storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM idempotency").one(),
    );
    expect(left.n).toBe(0);
  });
});

describe("retention", () => {
  it("lets events go after their days, but not what somebody still has to get", async () => {
    const { workspace } = await workspaceWithWebhook();
    for (const type of ["a", "b", "c"]) await publish(workspace, event(type));
    await fannedOut(workspace);
    await runInDurableObject(stream(workspace), (_, { storage }) => {
      storage.sql.exec("UPDATE events SET at = ?", Date.now() - 31 * DAY_MS);
      storage.sql.exec("INSERT INTO lagging (endpoint, seq) VALUES ('wh_gone', 1)");
    });
    await evictDurableObject(stream(workspace));
    const rows = () =>
      runInDurableObject(stream(workspace), (instance: EventStream, { storage }) => {
        expect(instance).toBeInstanceOf(EventStream);
        return storage.sql.exec<{ seq: number }>("SELECT seq FROM events ORDER BY seq").toArray();
      });
    await runInDurableObject(stream(workspace), (_, { storage }) => storage.setAlarm(Date.now() + DAY_MS));
    // The lagging endpoint was deleted since: caught up with at once. The newest row stays, for its number.
    await soon(async () => {
      await fannedOut(workspace);
      expect(await rows()).toEqual([{ seq: 3 }]);
    });
  });

  it("keeps nothing of the newest event but its number, and then sleeps", async () => {
    const { workspace } = await workspaceWithWebhook();
    const [first] = await publish(workspace, event("a"));
    await fannedOut(workspace);
    await runInDurableObject(stream(workspace), (_, { storage }) => {
      storage.sql.exec("UPDATE events SET at = ?", Date.now() - 31 * DAY_MS);
      storage.sql.exec("DELETE FROM idempotency");
    });
    await evictDurableObject(stream(workspace));
    await runInDurableObject(stream(workspace), (_, { storage }) => storage.setAlarm(Date.now() + DAY_MS));
    const bodies = () =>
      runInDurableObject(stream(workspace), async (_, { storage }) => ({
        bodies: storage.sql.exec<{ body: string }>("SELECT body FROM events").toArray(),
        alarm: await storage.getAlarm(),
      }));
    await soon(async () => {
      await fannedOut(workspace);
      expect(await bodies()).toEqual({ bodies: [{ body: "[]" }], alarm: null });
    });
    await evictDurableObject(stream(workspace));
    expect(await stream(workspace).listEvents({ limit: 10 })).toEqual({ events: [], next: null });
    expect(await stream(workspace).getEvent(first ?? "")).toBeNull();
    // The number does not come again, and what is published next arrives.
    const [second] = await publish(workspace, event("b"));
    expect(parseEventId(second ?? "")?.seq).toBe(2);
    expect((await stream(workspace).listEvents({ limit: 10 })).events.map(({ type }) => type)).toEqual(["b"]);
  });
});

describe("retention by size", () => {
  it("lets the oldest events go when there is too much of them, whatever their age", async () => {
    const { workspace } = await workspaceWithWebhook();
    for (const type of ["a", "b", "c"]) await publish(workspace, event(type));
    await runInDurableObject(stream(workspace), (instance: EventStream) => {
      const small = new Proxy(env, {
        get: (target, name) => (name === "RETENTION_BYTES" ? "1" : Reflect.get(target, name)),
      });
      Object.defineProperty(instance, "env", { value: small });
    });
    await fannedOut(workspace);
    const { events } = await stream(workspace).listEvents({ limit: 10 });
    expect(events.map((each) => each.type)).toEqual(["c"]);
  });
});

describe("reading events back", () => {
  it("pages through all of them, the newest first, each once, through batches and single ones", async () => {
    // Without a webhook: one that fails would have events of its own among them.
    const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
    const ids: string[] = [];
    for (let round = 0; round < 6; round++) {
      ids.push(
        ...(await publish(workspace, ...Array.from({ length: 1 + round * 3 }, (_, each) => event(`t${each % 2}`)))),
      );
    }
    const read: string[] = [];
    const odd: string[] = [];
    for (const [into, type] of [
      [read, undefined],
      [odd, "t1"],
    ] as const) {
      let cursor: string | undefined;
      do {
        const page = await stream(workspace).listEvents({ limit: 4, cursor, type });
        into.push(...page.events.map((each) => each.id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    }
    expect(read).toEqual([...ids].reverse());
    const all = await Promise.all(ids.map((id) => stream(workspace).getEvent(id)));
    expect(odd).toEqual(all.flatMap((each) => (each?.type === "t1" ? [each.id] : [])).reverse());
    expect(await stream(workspace).getEvent("evt_01M80D4XNG000000001001WGQE")).toBeNull();
  });
});
