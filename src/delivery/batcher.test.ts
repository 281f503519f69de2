import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Arrival } from "../events/contract.ts";
import { positionsBefore, streamAt } from "../events/record.ts";
import { Backlog, type Head } from "./backlog.ts";
import { Batcher } from "./batcher.ts";
import type { Store } from "./store.ts";

const NOW = Date.UTC(2026, 0, 1);
const FAMILY = 1024;
const HOUR_MS = 3_600_000;
const clockAt = (now: number) => ({ now: () => now, after: () => {} });

type Row = { head: Head; place: number; trigger: string | undefined; events: string };

/** The rows of open parcels, in memory. */
class Rows {
  indexed = false;
  readonly rows = new Map<number, Row>();

  newest() {
    const last = [...this.rows.values()].at(-1);
    return { family: Math.floor((last?.head.seq ?? 0) / FAMILY), place: last?.place ?? 0 };
  }

  positions(): number[] {
    const positions: number[] = [];
    for (const { place } of this.rows.values()) {
      const stream = streamAt(place);
      positions[stream] = Math.max(positions[stream] ?? 0, place);
    }
    return Array.from({ length: Math.max(1, positions.length) }, (_, stream) => positions[stream] ?? 0);
  }

  indexPlaces(): void {
    this.indexed = true;
  }

  tail() {
    const last = [...this.rows.values()].at(-1);
    return last && { head: { ...last.head }, length: last.events.length, since: last.head.dueAt, place: last.place };
  }

  heads(after: number, limit: number): Head[] {
    return [...this.rows.values()]
      .map(({ head }) => ({ ...head }))
      .filter(({ seq }) => seq > after)
      .slice(0, limit);
  }

  insertOpen(head: Head, place: number, { trigger }: { trigger?: string }, events: string): void {
    this.rows.set(head.seq, { head: { ...head }, place, trigger, events });
  }

  append(seq: number, count: number, place: number, events: string): void {
    const row = this.rows.get(seq);
    if (!row) throw new Error(`There is no row ${seq}`);
    const head = { ...row.head, count: row.head.count + count };
    this.rows.set(seq, { ...row, head, place, events: `${row.events.slice(0, -1)},${events.slice(1)}` });
  }

  get counts(): number[] {
    return [...this.rows.values()].map(({ head }) => head.count);
  }

  /** All events, in the order of rows. */
  get texts(): unknown[] {
    return [...this.rows.values()].flatMap(({ events }) => JSON.parse(events) as unknown[]);
  }
}

function lifeOn(rows: Rows, now = NOW) {
  const store = rows as unknown as Store;
  const backlog = new Backlog((after, limit) => rows.heads(after, limit));
  return { rows, backlog, batcher: new Batcher(store, backlog, clockAt(now)) };
}

const arrival = (position: number, length = 0): Arrival => ({ position, text: `"${position}${"x".repeat(length)}"` });
const arrivals = (from: number, count: number, length?: number): Arrival[] =>
  Array.from({ length: count }, (_, number) => arrival(from + number, length));

describe("new deliveries", () => {
  it("become one parcel, in memory until they are saved", () => {
    const { rows, backlog, batcher } = lifeOn(new Rows());
    expect(batcher.accept(arrivals(1, 3))).toEqual({ family: 1, index: 0 });
    expect(batcher).toMatchObject({ positions: [3], newestFamily: 1, hasUnsaved: true });
    expect(backlog.oldestWaiting(NOW)).toMatchObject({ seq: FAMILY, count: 3, attempt: 0, dueAt: NOW, lost: 0 });
    expect(rows.rows.size).toBe(0);
    expect(batcher.save()).toBe(true);
    expect(rows.texts).toEqual(["1", "2", "3"]);
    expect([batcher.hasUnsaved, batcher.save()]).toEqual([false, false]);
  });

  it("that were taken in before are ignored", () => {
    const { rows, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 3));
    expect(batcher.accept(arrivals(1, 3))).toBeUndefined();
    batcher.accept(arrivals(2, 4));
    batcher.save();
    expect(rows.texts).toEqual(["1", "2", "3", "4", "5"]);
    // Also by an object that knows it from the rows alone, or is told.
    const { batcher: later } = lifeOn(rows);
    expect(later.accept(arrivals(1, 5))).toBeUndefined();
    later.startAfter([8]);
    later.startAfter([2]);
    expect(later.accept(arrivals(6, 3))).toBeUndefined();
    expect(later.positions).toEqual([8]);
  });

  it("of another stream have positions of their own, and rows of their own", () => {
    const { rows, batcher } = lifeOn(new Rows());
    const other = positionsBefore(2);
    batcher.accept(arrivals(1, 3));
    batcher.save();
    expect(rows.indexed).toBe(false);
    batcher.accept(arrivals(other + 1, 2));
    expect(rows.indexed).toBe(true);
    batcher.save();
    // What the first stream brings now joins no parcel of the other one, and is not older than it either.
    batcher.accept(arrivals(4, 1));
    batcher.save();
    batcher.accept(arrivals(5, 1));
    batcher.save();
    expect([...rows.rows.values()].map(({ place }) => place)).toEqual([3, other + 2, 5]);
    expect(batcher.positions).toEqual([5, 0, other + 2]);
    const { batcher: later } = lifeOn(rows);
    expect(later.positions).toEqual([5, 0, other + 2]);
    expect([later.has(5), later.has(6), later.has(other + 2), later.has(other + 3)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(later.has(positionsBefore(1) + 1)).toBe(false);
    expect(later.accept(arrivals(other + 1, 2))).toBeUndefined();
  });

  it("are at most a hundred to a parcel", () => {
    const { rows, batcher } = lifeOn(new Rows());
    expect(batcher.accept(arrivals(1, 250))).toEqual({ family: 1, index: 0 });
    batcher.save();
    expect(rows.counts).toEqual([100, 100, 50]);
    expect([...rows.rows.values()].map(({ place }) => place)).toEqual([100, 200, 250]);
  });

  it("are fewer to a parcel where they are long, and one at the least", () => {
    const { rows, batcher } = lifeOn(new Rows());
    // 262,144 units hold two of these, and the third is longer than that by itself.
    batcher.accept([arrival(1, 120_000), arrival(2, 120_000), arrival(3, 300_000), arrival(4)]);
    batcher.save();
    expect(rows.counts).toEqual([2, 1, 1]);
  });

  it("join the youngest parcel while it waits, once that is written", () => {
    const { rows, backlog, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 2));
    batcher.save();
    expect(batcher.accept(arrivals(3, 2))).toEqual({ family: 1, index: 2 });
    expect(rows.counts).toEqual([4]);
    expect(rows.texts).toEqual(["1", "2", "3", "4"]);
    expect(backlog.get(FAMILY)?.count).toBe(4);
    expect(batcher.hasUnsaved).toBe(false);
  });

  it("join a parcel of an earlier life of the object", () => {
    const { rows, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 2));
    batcher.save();
    const later = lifeOn(rows);
    expect(later.batcher.accept(arrivals(3, 1))).toEqual({ family: 1, index: 2 });
    expect(later.backlog.oldestWaiting(NOW)).toMatchObject({ seq: FAMILY, count: 3 });
  });

  it("do not join one that is full, by number or by length", () => {
    const { rows, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 99));
    batcher.save();
    batcher.accept(arrivals(100, 2));
    batcher.save();
    expect(rows.counts).toEqual([99, 2]);
    batcher.accept([arrival(102, 262_140)]);
    batcher.save();
    expect(rows.counts).toEqual([99, 2, 1]);
  });

  it("do not join one that was begun more than an hour before: it is kept for as long as its youngest", () => {
    const { rows, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 1));
    batcher.save();
    lifeOn(rows, NOW + HOUR_MS).batcher.accept(arrivals(2, 1));
    expect(rows.counts).toEqual([2]);
    const later = lifeOn(rows, NOW + HOUR_MS + 1).batcher;
    later.accept(arrivals(3, 1));
    later.save();
    expect(rows.counts).toEqual([2, 1]);
  });

  it("do not join one that is at work, or was closed", () => {
    const { rows, backlog, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 1));
    batcher.save();
    const first = backlog.oldestWaiting(NOW);
    if (first) batcher.close(first.seq);
    batcher.accept(arrivals(2, 1));
    batcher.save();
    batcher.closeTail();
    batcher.accept(arrivals(3, 1));
    batcher.save();
    // Closing an older one closes the youngest not.
    if (first) batcher.close(first.seq);
    batcher.accept(arrivals(4, 1));
    expect(rows.counts).toEqual([1, 1, 2]);
  });

  it("that do not come from the stream have a parcel of their own, which nothing joins and which moves no position", () => {
    const { rows, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 5));
    batcher.save();
    expect(batcher.accept([arrival(0)], "test")).toEqual({ family: 2, index: 0 });
    batcher.save();
    batcher.accept(arrivals(6, 1));
    batcher.save();
    expect(rows.counts).toEqual([5, 1, 1]);
    expect([...rows.rows.values()].map(({ place, trigger }) => [place, trigger])).toEqual([
      [5, undefined],
      [5, "test"],
      [6, undefined],
    ]);
  });

  it("are not written where whoever takes them over writes what is to be", () => {
    const { rows, batcher } = lifeOn(new Rows());
    batcher.accept(arrivals(1, 1));
    expect(batcher.unsaved(FAMILY)).toMatchObject({ place: 1, events: '["1"]' });
    expect(batcher.takeUnsaved(FAMILY)).toMatchObject({ place: 1, events: '["1"]' });
    expect([batcher.unsaved(FAMILY), batcher.takeUnsaved(FAMILY), batcher.save()]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    expect(rows.rows.size).toBe(0);
  });

  it("behind more rows than are read at a time are rows at once, so that they are found when their turn comes", () => {
    const rows = new Rows();
    for (let family = 1; family <= 1500; family++) {
      const head = { seq: family * FAMILY, count: 1, attempt: 1, dueAt: NOW + 60_000, lost: 0 };
      rows.insertOpen(head, family, {}, `["${family}"]`);
    }
    const { backlog, batcher } = lifeOn(rows);
    batcher.closeTail();
    batcher.accept(arrivals(1501, 1));
    expect(batcher.hasUnsaved).toBe(false);
    // All others are due later, so that it is the next.
    expect(backlog.oldestWaiting(NOW)?.seq).toBe(1501 * FAMILY);
  });
});

describe("whatever comes, and whenever it is saved", () => {
  it("each event is stored once, in its order, and at the place that was told", () => {
    const step = fc.record({
      count: fc.integer({ min: 1, max: 120 }),
      repeated: fc.nat(3),
      length: fc.constantFrom(0, 10, 5000),
      saves: fc.boolean(),
      closes: fc.boolean(),
      restarts: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const rows = new Rows();
        let { batcher } = lifeOn(rows);
        let next = 1;
        for (const { count, repeated, length, saves, closes, restarts } of steps) {
          const from = Math.max(1, next - repeated);
          const place = batcher.accept(arrivals(from, next - from + count, length));
          if (saves || restarts) {
            batcher.save();
            const row = rows.rows.get((place?.family ?? 0) * FAMILY);
            const told = (JSON.parse(row?.events ?? "[]") as string[])[place?.index ?? 0];
            expect(told).toBe(`${next}${"x".repeat(length)}`);
          }
          if (closes) batcher.closeTail();
          if (restarts) batcher = lifeOn(rows).batcher;
          next += count;
        }
        batcher.save();
        expect(rows.texts.map((text) => Number.parseInt(String(text), 10))).toEqual(
          Array.from({ length: next - 1 }, (_, number) => number + 1),
        );
        expect(Math.max(0, ...rows.counts)).toBeLessThanOrEqual(100);
      }),
      { numRuns: 50 },
    );
  });
});
