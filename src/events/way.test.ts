import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Subscription } from "../config/endpoints.ts";
import type { EndpointId } from "../lib/ids.ts";
import type { Arrival } from "./contract.ts";
import { fits, type Load, put, Way } from "./way.ts";

const subscription: Subscription = {
  id: "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3" as EndpointId,
  number: 1,
  version: 1,
  events: [],
  channels: [],
  createdAt: 0,
};

/** What a row has for the endpoint; positions say which row it was. */
const arrivals = (seq: number, count = 1): Arrival[] =>
  Array.from({ length: count }, (_, index) => ({ position: seq * 1000 + index, text: "{}" }));

/** One in whose memory these rows are. */
function wayWith(...rows: [seq: number, count: number, length: number][]): Way {
  const way = new Way(subscription, 0, false);
  for (const [seq, count, length] of rows) way.add(seq, arrivals(seq, count), length);
  return way;
}

/** What it is handed by one call. */
function taken(way: Way, maxArrivals: number, maxLength: number): Load {
  const load = way.peek(maxArrivals, maxLength);
  way.takes(load);
  return load;
}

const rowsOf = ({ arrivals }: Load): number[] => [
  ...new Set(arrivals.map(({ position }) => Math.floor(position / 1000))),
];

describe("a way", () => {
  it("begins with an empty memory, behind what the endpoint has on its disk", () => {
    const way = new Way(subscription, 7, false);
    expect(way).toMatchObject({ handed: 7, stored: 7, next: 8, pending: false, fromStorage: false, noted: false });
    expect(taken(way, 10, 100)).toEqual({ arrivals: [], upTo: 7, length: 0 });
  });

  it("that was lagging when the object ended is read from storage", () => {
    const way = new Way(subscription, 7, true);
    expect(way).toMatchObject({ handed: 7, next: 8, pending: false, fromStorage: true, noted: true });
    // Storage has it: it would be there twice.
    way.add(8, arrivals(8), 2);
    expect(way.pending).toBe(false);
  });

  it("hands over all that has come, in its order", () => {
    const way = wayWith([3, 2, 20], [5, 1, 10]);
    expect(way).toMatchObject({ pending: true, next: 3 });
    const load = taken(way, 1000, 1000);
    expect(load).toEqual({ arrivals: [...arrivals(3, 2), ...arrivals(5, 1)], upTo: 5, length: 30 });
    expect(way.pending).toBe(false);
  });

  it("hands over no more in one call than it may carry, and the rest in the next", () => {
    const way = wayWith([1, 2, 20], [2, 2, 20], [3, 2, 20]);
    expect(taken(way, 4, 1000)).toMatchObject({ upTo: 2, length: 40 });
    expect(way.next).toBe(3);
    expect(taken(way, 4, 1000)).toMatchObject({ upTo: 3, length: 20 });
    const heavy = wayWith([1, 1, 60], [2, 1, 40], [3, 1, 1]);
    expect(taken(heavy, 1000, 100)).toMatchObject({ upTo: 2, length: 100 });
    expect(taken(heavy, 1000, 100)).toMatchObject({ upTo: 3, length: 1 });
  });

  it("hands over a single row however large it is", () => {
    const way = wayWith([1, 50, 5000], [2, 1, 1]);
    expect(taken(way, 10, 100)).toMatchObject({ upTo: 1, length: 5000 });
    expect(taken(way, 10, 100)).toMatchObject({ upTo: 2, length: 1 });
  });

  it("says what is not confirmed, by the last event's position", () => {
    const way = wayWith();
    way.position = 42;
    expect(way.unconfirmed).toBe(0);
    way.handed = 5;
    expect(way.unconfirmed).toBe(42);
    way.stored = 5;
    expect(way.unconfirmed).toBe(0);
  });

  it("that starts again goes back to what is on the endpoint's disk, and reads it from storage", () => {
    const way = wayWith([6, 1, 10]);
    way.handed = 5;
    way.stored = 3;
    way.startAgain();
    expect(way).toMatchObject({ handed: 3, stored: 3, next: 4, pending: false, fromStorage: true });
  });

  it("that has caught up keeps in memory what comes, and forgets nothing that is there already", () => {
    const way = wayWith([1, 1, 10]);
    way.upToDate();
    expect(way.pending).toBe(true);
    way.readFromStorage();
    expect(way).toMatchObject({ pending: false, fromStorage: true });
    way.upToDate();
    expect(way).toMatchObject({ pending: false, fromStorage: false });
    way.add(2, arrivals(2), 10);
    expect(rowsOf(taken(way, 1000, 1000))).toEqual([2]);
  });
});

describe("memory", () => {
  it("holds a hundred rows, and what goes beyond is read from storage, with all that was there", () => {
    const way = wayWith();
    for (let seq = 1; seq <= 100; seq++) way.add(seq, arrivals(seq), 1);
    expect(way).toMatchObject({ fromStorage: false, next: 1 });
    way.add(101, arrivals(101), 1);
    expect(way).toMatchObject({ fromStorage: true, handed: 0, next: 1 });
  });

  it("holds a million units, and one row whatever it has", () => {
    const way = wayWith([1, 1, 999_999], [2, 1, 1]);
    expect(way.fromStorage).toBe(false);
    way.add(3, arrivals(3), 1);
    expect(way.fromStorage).toBe(true);
    expect(wayWith([1, 1, 1_000_001]).fromStorage).toBe(false);
  });

  it("has room again for what was taken out", () => {
    const way = wayWith([1, 1, 600_000], [2, 1, 400_000]);
    taken(way, 1, 600_000);
    way.add(3, arrivals(3), 600_000);
    expect(way.fromStorage).toBe(false);
    way.add(4, arrivals(4), 1);
    expect(way.fromStorage).toBe(true);
  });

  it("is empty after it was forgotten", () => {
    const way = wayWith([1, 1, 900_000]);
    way.readFromStorage();
    way.upToDate();
    way.add(2, arrivals(2), 500_000);
    way.add(3, arrivals(3), 500_000);
    expect(way.fromStorage).toBe(false);
  });
});

describe("a load", () => {
  const load = (): Load => ({ arrivals: arrivals(1, 3), upTo: 1, length: 30 });

  it("takes what fits by number and by length, both", () => {
    expect(fits(load(), { arrivals: arrivals(2, 2), length: 20 }, 5, 50)).toBe(true);
    expect(fits(load(), { arrivals: arrivals(2, 3), length: 20 }, 5, 50)).toBe(false);
    expect(fits(load(), { arrivals: arrivals(2, 2), length: 21 }, 5, 50)).toBe(false);
    expect(fits({ arrivals: [], upTo: 0, length: 0 }, { arrivals: arrivals(2, 9), length: 99 }, 5, 50)).toBe(true);
  });

  it("is up to the last row that was put into it", () => {
    const put2 = load();
    put(put2, { seq: 9, arrivals: arrivals(9, 2), length: 12 });
    expect(put2).toEqual({ arrivals: [...arrivals(1, 3), ...arrivals(9, 2)], upTo: 9, length: 42 });
  });
});

describe("whatever sizes rows have", () => {
  const rows = fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 8 }), length: fc.integer({ min: 2, max: 100 }) }),
    {
      maxLength: 100,
    },
  );

  it("each is handed over once, in order, and no call carries more than it may, unless it is one row", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 10, max: 200 }), (all, most, longest) => {
        const way = wayWith(...all.map(({ count, length }, at): [number, number, number] => [at + 1, count, length]));
        const handed: Arrival[] = [];
        while (way.pending) {
          const load = taken(way, most, longest);
          handed.push(...load.arrivals);
          way.handed = load.upTo;
          expect(load.arrivals.length).toBeGreaterThan(0);
          if (rowsOf(load).length > 1) {
            expect(load.arrivals.length).toBeLessThanOrEqual(most);
            expect(load.length).toBeLessThanOrEqual(longest);
          }
        }
        expect(handed).toEqual(all.flatMap(({ count }, at) => arrivals(at + 1, count)));
        expect(way.handed).toBe(all.length);
      }),
    );
  });
});
