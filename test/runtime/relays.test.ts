import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as endpoints from "../../src/config/endpoints.ts";
import type { Accepted, Arrival } from "../../src/events/contract.ts";
import * as convoy from "../../src/events/convoy.ts";
import { Relay } from "../../src/events/relay.ts";
import type { EndpointId } from "../../src/lib/ids.ts";
import { soon } from "../support/soon.ts";

/** A stream and its relays as they are deployed, and very many endpoints, which are played here. */

const MANY = 1500;
const FEW = 999;
const SOME = "ticket.created";
const OTHER = "contact.updated";

/** What each endpoint was handed, by types, each call by itself; and how often it was asked whether that is stored. */
const handed = new Map<string, string[][]>();
const asked = new Map<string, number>();
/** How an endpoint answers, where it does not as usual. */
let answer: (id: string, types: string[]) => Promise<Accepted> | undefined;

const idOf = (n: number) => `wh_${String(n).padStart(26, "0")}` as EndpointId;
const OF_OTHER = idOf(999_999);

let workspaces = 990_100;
let workspace = 0;

/** A workspace in which so many subscribe to {@link SOME}, and one to {@link OTHER}. */
function withEndpoints(count: number): void {
  workspace = ++workspaces;
  const all = Array.from({ length: count }, (_, n) => ({ id: idOf(n), events: [SOME] }));
  const subscriptions = [...all, { id: OF_OTHER, events: [OTHER] }].map((each, n) => {
    return { ...each, number: n + 1, version: 1, channels: [], createdAt: 0 };
  });
  vi.spyOn(endpoints, "listSubscriptions").mockResolvedValue(subscriptions);
}

const stream = () => env.EVENT_STREAM.getByName(String(workspace));

async function publish(...types: string[]): Promise<void> {
  for (const type of types) {
    const event = { type, data: "1", occurredAt: null, channels: [], idempotencyKey: null };
    expect(await stream().publish([event])).toMatchObject({ ok: true });
  }
}

/** All that an endpoint has got, in order. */
const typesOf = (id: string): string[] => (handed.get(id) ?? []).flat();

/** How many endpoints have got just this. */
const have = (count: number, ...types: string[]): number =>
  Array.from({ length: count }, (_, n) => typesOf(idOf(n))).filter((got) => got.join() === types.join()).length;

/** Whom the stream has noted as behind. */
const lagging = () =>
  runInDurableObject(stream(), (_, { storage }) =>
    storage.sql
      .exec<{ endpoint: string }>("SELECT endpoint FROM lagging")
      .toArray()
      .map(({ endpoint }) => endpoint),
  );

/** Whether the stream says on disk that everything is on the endpoints' disks. */
async function allIsStored(): Promise<boolean> {
  await runDurableObjectAlarm(stream());
  return runInDurableObject(stream(), (_, { storage }) => {
    const { sql } = storage;
    const lagging = sql.exec<{ n: number }>("SELECT count(*) AS n FROM lagging").one().n;
    const newest = sql.exec<{ seq: number }>("SELECT max(seq) AS seq FROM events").one().seq;
    const cursor = sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = 'cursor'").toArray()[0]?.value;
    return lagging === 0 && Number(cursor) === newest;
  });
}

/** What all bindings of Durable Objects have in common. */
const namespaces: { getByName(id: string): unknown } = Object.getPrototypeOf(env.ENDPOINT);
const { getByName } = namespaces;

beforeEach(() => {
  // Fewer than it takes where it is deployed: this many are enough to see it.
  vi.spyOn(convoy, "sizes").mockReturnValue(convoy.sizes(1000));
  handed.clear();
  asked.clear();
  answer = () => undefined;
  vi.spyOn(namespaces, "getByName").mockImplementation(function (this: unknown, id) {
    if (!id.startsWith("wh_")) return getByName.call(this, id);
    const accept = async (arrivals: Arrival[]): Promise<Accepted> => {
      const types = arrivals.map(({ text }) => (JSON.parse(text) as { type: string }).type);
      const unusual = answer(id, types);
      if (unusual) return unusual;
      handed.set(id, [...(handed.get(id) ?? []), types]);
      return { stored: false };
    };
    const stored = async () => {
      asked.set(id, (asked.get(id) ?? 0) + 1);
      return true;
    };
    return { accept, stored };
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Who is sent with relays, and how often each. */
function sentWith(): { calls: number; endpoints: Map<string, number> } {
  const { calls } = vi.mocked(Relay.prototype.hand).mock;
  const sent = new Map<string, number>();
  for (const [id] of calls.flatMap(([, recipients]) => recipients)) sent.set(id, (sent.get(id) ?? 0) + 1);
  return { calls: calls.length, endpoints: sent };
}

const never = () => new Promise<never>(() => {});

describe("an event for very many endpoints", () => {
  it("comes to each once, by relays, and each is asked once whether it is stored", async () => {
    withEndpoints(MANY);
    const hand = vi.spyOn(Relay.prototype, "hand");
    await publish(SOME);
    await soon(async () => expect(await allIsStored()).toBe(true));
    expect(have(MANY, SOME)).toBe(MANY);
    const sent = sentWith();
    // The last thousand are no more than the stream calls by itself.
    expect(sent.endpoints.size).toBeGreaterThan(MANY - 1000);
    expect([...sent.endpoints.values()].every((times) => times === 1)).toBe(true);
    expect(asked.size).toBe(MANY);
    expect([...asked.values()].every((times) => times === 1)).toBe(true);
    // Its text goes with each call once.
    for (const [arrivals] of hand.mock.calls) expect(arrivals).toHaveLength(1);
  });

  it("goes by no relay where they are not that many", async () => {
    withEndpoints(FEW);
    vi.spyOn(Relay.prototype, "hand");
    await publish(SOME);
    await soon(async () => expect(await allIsStored()).toBe(true));
    expect(have(FEW, SOME)).toBe(FEW);
    expect(sentWith().calls).toBe(0);
  });

  it("comes to each of them though a relay ends in the middle, and another is never reached", async () => {
    withEndpoints(MANY);
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { hand } = Relay.prototype;
    let sent = 0;
    vi.spyOn(Relay.prototype, "hand").mockImplementation(function (this: Relay, arrivals, recipients, limit, told) {
      const number = sent++;
      if (number === 1) throw new Error("The relay is away, for the test");
      let times = 0;
      return hand.call(this, arrivals, recipients, limit, (words) => {
        if (number === 0 && times++ > 0) throw new Error("The relay ends, for the test");
        return told(words);
      });
    });
    await publish(SOME, SOME);
    await soon(async () => expect(await allIsStored()).toBe(true));
    // What was handed over by the one that ended comes again.
    const missed = Array.from({ length: MANY }, (_, n) => typesOf(idOf(n)).length).filter((times) => times < 2);
    expect(missed).toEqual([]);
  });

  it("does not wait for one of them that never answers, nor does the next one", async () => {
    withEndpoints(MANY);
    const hanging = idOf(3);
    let isCalled = 0;
    answer = (id) => {
      if (id !== hanging) return undefined;
      isCalled++;
      return never();
    };
    for (const round of [1, 2, 3]) {
      await publish(SOME);
      await soon(() => expect(have(MANY, ...Array(round).fill(SOME))).toBe(MANY - 1));
    }
    // It is not called again while it has not answered; and it is noted as behind, so that the cursor need not wait for it.
    expect(isCalled).toBe(1);
    await soon(async () => {
      await runDurableObjectAlarm(stream());
      expect(await lagging()).toEqual([hanging]);
    });
  });

  it("comes again to one that had lost what it had before, all of it", async () => {
    withEndpoints(MANY);
    const forgetful = idOf(7);
    let isBehind = 0;
    answer = (id, types) => {
      if (id !== forgetful || isBehind > 0) return undefined;
      isBehind += types.length;
      return Promise.resolve({ stored: false, behind: true });
    };
    await publish(SOME);
    await soon(async () => expect(await allIsStored()).toBe(true));
    expect(isBehind).toBe(1);
    expect(have(MANY, SOME)).toBe(MANY);
  });

  it("is tried again by the stream itself at each that could not be reached", async () => {
    withEndpoints(MANY);
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(Relay.prototype, "hand");
    const failed = new Set<string>();
    answer = (id) => {
      if (Number(id.slice(3)) % 10 !== 0 || failed.has(id)) return undefined;
      failed.add(id);
      return Promise.reject(new Error("Away, for the test"));
    };
    await publish(SOME);
    await soon(async () => expect(await allIsStored()).toBe(true));
    expect(have(MANY, SOME)).toBe(MANY);
    expect(failed.size).toBe(MANY / 10);
    expect([...sentWith().endpoints.values()].every((times) => times === 1)).toBe(true);
  });

  it("lets one to a single endpoint go between, though all relays are at work", async () => {
    withEndpoints(MANY);
    let isOver = false;
    vi.spyOn(Relay.prototype, "hand").mockImplementation(async (_, __, ___, told) => {
      // One that is silent would be given up.
      while (!isOver) {
        await told([]);
        await scheduler.wait(0);
      }
    });
    await publish(SOME, OTHER);
    await soon(() => expect(typesOf(OF_OTHER)).toEqual([OTHER]));
    expect(have(MANY, SOME)).toBe(0);
    await publish(OTHER);
    await soon(() => expect(typesOf(OF_OTHER)).toEqual([OTHER, OTHER]));
    expect(have(MANY, SOME)).toBe(0);
    isOver = true;
  });
});
