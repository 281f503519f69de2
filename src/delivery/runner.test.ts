import { env } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { eventId } from "../lib/ids.ts";
import type { Delivery, Recipient } from "./attempt.ts";
import type { EndedPlace } from "./courier.ts";
import type { Outcome } from "./parcel.ts";
import { type Ended, Runner } from "./runner.ts";
import type { Start } from "./work.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const NOW = Date.UTC(2026, 0, 1);
const RECIPIENT: Recipient = { endpoint: "wh_of_nobody", number: 1, version: 1 };
/** Slower than a call of a courier: nothing is queued here. */
const SLOW = 100;

const starts = (count: number, from = 0): Start[] =>
  Array.from({ length: count }, (_, number) => {
    const index = from + number;
    const id = eventId({ at: NOW, seq: 1, index });
    const event = { id, type: "ticket.created", at: NOW, occurredAt: NOW, channels: [], data: "{}" };
    return { seq: 1024, index, event, round: 0, delivery: `1.${index}`, probe: false };
  });

const outcome = (index: number, durationMs: number): Outcome => ({
  index,
  at: NOW,
  status: 200,
  durationMs,
  error: null,
  responseBody: "",
  signature: undefined,
  retryAfterMs: null,
});

type Call = {
  courier: string;
  indexes: number[];
  /** Says that these have ended, and goes on with the others. */
  tell: (...places: number[]) => void;
  /** Ends with all of which nothing was said. */
  answer: (durationMs?: number) => void;
  fail: (error: Error) => void;
};

/**
 * Couriers that answer when they are told to, and a database that does, too: what is attempted here stays open until it is
 * told that its endpoint is not known any more, and ends as not made.
 */
function world() {
  const calls: Call[] = [];
  const ended: Ended[][] = [];
  const here: (() => void)[] = [];
  const state: { recipient: Recipient | undefined; active: boolean } = { recipient: RECIPIENT, active: true };
  const courier = (name: string) => ({
    attempt: (_: Recipient, deliveries: Delivery[], _startBy: number, onEnded: (all: EndedPlace[]) => void) =>
      new Promise<EndedPlace[]>((resolve, reject) => {
        const left = new Map(deliveries.map(({ index }, place) => [place, index]));
        const end = (places: readonly number[], durationMs = 10): EndedPlace[] =>
          places.flatMap((place) => {
            const index = left.get(place);
            if (index === undefined) return [];
            left.delete(place);
            return [{ place, attempted: { outcome: outcome(index, durationMs), sent: undefined } }];
          });
        calls.push({
          courier: name,
          indexes: [...left.values()],
          tell: (...places) => onEnded(end(places)),
          answer: (durationMs) => resolve(end([...left.keys()], durationMs)),
          fail: reject,
        });
      }),
  });
  const nothing = { results: [] };
  const DB = {
    prepare: (sql: string) => env.DB.prepare(sql),
    batch: () => new Promise((resolve) => here.push(() => resolve([nothing, nothing, nothing]))),
  };
  const given = { ...env, DB, COURIER: { getByName: courier } } as unknown as Env;
  const runner = new Runner({
    env: () => given,
    recipient: () => state.recipient,
    gate: () => undefined,
    mayStart: () => state.active,
    ended: (all) => ended.push([...all]),
    waitUntil: () => {},
  });
  return { runner, calls, ended, here, state };
}

/** Lets everything go on that waits for nothing else. */
const settle = () => scheduler.wait(0);

const to = (calls: readonly Call[]) => calls.map(({ courier, indexes }) => [courier, indexes]);
const indexesOf = (all: readonly Ended[]) => all.map(({ start }) => start.index);

describe("attempts", () => {
  it("are made here, five at once", async () => {
    const { runner, calls, here } = world();
    runner.run(starts(3), SLOW);
    runner.run(starts(2, 3), SLOW);
    await settle();
    expect(here).toHaveLength(5);
    expect(calls).toEqual([]);
  });

  it("that would have to wait longer than a call takes go to couriers, in groups of five", async () => {
    const { runner, calls, here } = world();
    runner.run(starts(17), SLOW);
    await settle();
    expect(here).toHaveLength(5);
    expect(to(calls)).toEqual([
      ["wh_of_nobody/0", [5, 6, 7, 8, 9]],
      ["wh_of_nobody/1", [10, 11, 12, 13, 14]],
      ["wh_of_nobody/2", [15, 16]],
    ]);
  });

  it("that have their turn sooner than a call takes wait here", async () => {
    const { runner, calls, here, ended } = world();
    // Three turns of 10 ms are the 30 ms that a call takes: fifteen have them, the sixteenth does not.
    runner.run(starts(16), 10);
    await settle();
    expect(here).toHaveLength(5);
    expect(to(calls)).toEqual([["wh_of_nobody/0", [15]]]);
    // What has ended gives its place to the next.
    here[0]?.();
    here[1]?.();
    await settle();
    expect(ended.map(indexesOf)).toEqual([[0], [1]]);
    expect(here).toHaveLength(7);
    // Two places of those fifteen are free again.
    runner.run(starts(3, 16), 10);
    await settle();
    expect(to(calls).slice(1)).toEqual([["wh_of_nobody/0", [18]]]);
  });

  it("wait here no longer for a latency that is nothing", async () => {
    const { runner, calls } = world();
    // A millisecond at the least: thirty turns of five.
    runner.run(starts(151), 0);
    await settle();
    expect(to(calls)).toEqual([["wh_of_nobody/0", [150]]]);
  });

  it("are none where there is nothing to attempt", async () => {
    const { runner, calls, here, ended } = world();
    runner.run([], SLOW);
    await settle();
    expect([calls, here, ended]).toEqual([[], [], []]);
  });

  it("are told of one by one here, each with how it ended", async () => {
    const { runner, here, ended } = world();
    const [first] = starts(1);
    runner.run(first ? [first] : [], SLOW);
    await settle();
    here[0]?.();
    await settle();
    expect(ended).toEqual([[{ start: first, attempted: { outcome: null, sent: undefined } }]]);
  });

  it("are not made while nothing may go out, and are told of so", async () => {
    const { runner, here, ended, state } = world();
    state.active = false;
    runner.run(starts(4), SLOW);
    await settle();
    expect(here).toEqual([]);
    expect(ended.flat().map(({ start, attempted }) => [start.index, attempted.outcome])).toEqual(
      expect.arrayContaining([0, 1, 2, 3].map((index) => [index, null])),
    );
    expect(ended.flat()).toHaveLength(4);
  });

  it("are not made for an endpoint that is gone, nor by a courier", async () => {
    const { runner, calls, here, ended, state } = world();
    state.recipient = undefined;
    runner.run(starts(8), SLOW);
    await settle();
    expect([here, calls]).toEqual([[], []]);
    expect(
      ended
        .flat()
        .map(({ start }) => start.index)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ended.flat().every(({ attempted }) => attempted.outcome === null && !attempted.lost)).toBe(true);
  });
});

describe("couriers", () => {
  it("tell of those that have ended while others go on, and of the last with their answer", async () => {
    const { runner, calls, ended } = world();
    runner.run(starts(9), SLOW);
    await settle();
    calls[0]?.tell(2);
    calls[0]?.tell(0);
    await settle();
    expect(ended.map(indexesOf)).toEqual([[7], [5]]);
    // Two of its places are free, beside the one that it was not given.
    runner.run(starts(4, 9), SLOW);
    await settle();
    expect(to(calls).slice(1)).toEqual([
      ["wh_of_nobody/0", [9, 10, 11]],
      ["wh_of_nobody/1", [12]],
    ]);
    calls[0]?.answer();
    await settle();
    expect(ended.map(indexesOf)).toEqual([[7], [5], [6, 8]]);
    expect(ended.flat().map(({ attempted }) => attempted.outcome?.index)).toEqual([7, 5, 6, 8]);
  });

  it("whose places are free are given work again, and no other is called for it", async () => {
    const { runner, calls } = world();
    runner.run(starts(15), SLOW);
    await settle();
    calls[0]?.answer();
    await settle();
    runner.run(starts(5, 15), SLOW);
    await settle();
    expect(to(calls).slice(2)).toEqual([["wh_of_nobody/0", [15, 16, 17, 18, 19]]]);
  });

  it("that have some places free are given so many, the emptiest first", async () => {
    const { runner, calls } = world();
    // Five here, and three for the first courier, which then has room for two of four.
    runner.run(starts(8), SLOW);
    await settle();
    runner.run(starts(4, 8), SLOW);
    await settle();
    expect(to(calls).slice(1)).toEqual([
      ["wh_of_nobody/0", [8, 9]],
      ["wh_of_nobody/1", [10, 11]],
    ]);
    // Back with those two the first one has three, and the second two.
    calls[1]?.answer();
    await settle();
    runner.run(starts(6, 12), SLOW);
    await settle();
    expect(to(calls).slice(3)).toEqual([
      ["wh_of_nobody/1", [12, 13, 14]],
      ["wh_of_nobody/0", [15, 16]],
      ["wh_of_nobody/2", [17]],
    ]);
  });

  it("never have more than five at once", async () => {
    const { runner, calls } = world();
    const open = new Map<string, number>();
    let next = 0;
    // In odd portions, and with every third call that is back.
    for (const [number, count] of [7, 3, 11, 1, 1, 9, 2, 6, 4, 13].entries()) {
      const before = calls.length;
      runner.run(starts(count, next), SLOW);
      next += count;
      await settle();
      for (const { courier, indexes } of calls.slice(before)) {
        open.set(courier, (open.get(courier) ?? 0) + indexes.length);
        expect(open.get(courier)).toBeLessThanOrEqual(5);
      }
      if (number % 3 !== 2) continue;
      const [back] = calls.splice(0, 1);
      back?.answer();
      await settle();
      if (back) open.set(back.courier, (open.get(back.courier) ?? 0) - back.indexes.length);
    }
  });

  it("that do not come back have lost what they were given, and their places are free", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const { runner, calls, ended } = world();
    runner.run(starts(7), SLOW);
    await settle();
    calls[0]?.fail(new Error("It has ended"));
    await settle();
    expect(ended.flat().map(({ start, attempted }) => [start.index, attempted])).toEqual([
      [5, { outcome: null, sent: undefined, lost: true }],
      [6, { outcome: null, sent: undefined, lost: true }],
    ]);
    expect(said).toHaveBeenCalledTimes(1);
    runner.run(starts(5, 7), SLOW);
    await settle();
    expect(to(calls).slice(1)).toEqual([["wh_of_nobody/0", [7, 8, 9, 10, 11]]]);
  });

  it("are asked once more where the platform says that it may help", async () => {
    const { runner, calls, ended } = world();
    runner.run(starts(6), SLOW);
    await settle();
    calls[0]?.fail(Object.assign(new Error("It has moved"), { retryable: true }));
    await settle();
    expect(to(calls)).toEqual([
      ["wh_of_nobody/0", [5]],
      ["wh_of_nobody/0", [5]],
    ]);
    calls[1]?.answer();
    await settle();
    expect(ended.flat().map(({ attempted }) => attempted.lost ?? false)).toEqual([false]);
  });

  it("may start nothing any more where they were given nothing", async () => {
    await expect(world().runner.couriersAreHeld()).resolves.toBeUndefined();
  });
});

describe("what a call takes beyond its attempts", () => {
  /** A call that comes back after so long, by a clock that is set and does not run. */
  async function call(runner: Runner, calls: readonly Call[], tookMs: number, longestMs: number): Promise<void> {
    vi.setSystemTime(NOW);
    runner.run(starts(1), SLOW);
    await settle();
    vi.setSystemTime(NOW + tookMs);
    calls.at(-1)?.answer(longestMs);
    await settle();
  }

  it("is smoothed, by a tenth of each", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    const { runner, calls } = world();
    runner.run(starts(5), SLOW);
    await call(runner, calls, 180, 100);
    expect(runner.transitMs).toBeCloseTo(8, 9);
    // 8 + (28 - 8) / 10.
    await call(runner, calls, 128, 100);
    expect(runner.transitMs).toBeCloseTo(10, 9);
  });

  it("is never less than nothing, and half a second at the most", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    const { runner, calls } = world();
    runner.run(starts(5), SLOW);
    await call(runner, calls, 50, 100);
    expect(runner.transitMs).toBe(0);
    await call(runner, calls, 60_000, 100);
    expect(runner.transitMs).toBeCloseTo(50, 9);
  });

  it("is not learned from a courier that did not come back", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    const { runner, calls } = world();
    runner.run(starts(6), SLOW);
    await settle();
    vi.setSystemTime(NOW + 400);
    calls[0]?.fail(new Error("It has ended"));
    await settle();
    expect(runner.transitMs).toBe(0);
  });
});
