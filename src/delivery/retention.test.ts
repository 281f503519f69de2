import { describe, expect, it } from "vitest";
import { decodeEvents, encodeEvent } from "../events/record.ts";
import { eventId } from "../lib/ids.ts";
import type { Sql } from "../lib/sql.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { freshHistory } from "./parcel.ts";
import { Retention, together } from "./retention.ts";
import type { Parcel, Store } from "./store.ts";

const DAY_MS = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 0, 31);
const LIMITS = { ageMs: 30 * DAY_MS, bytes: 1000 };

/** An open parcel with events that were published at these times. */
function parcel(seq: number, ...times: number[]): Parcel {
  const texts = times.map((at, index) => {
    const data = JSON.stringify({ secret: "x".repeat(50) });
    return encodeEvent(eventId({ at, seq, index }), {
      type: "ticket.created",
      data,
      occurredAt: at - 5,
      channels: ["a"],
    });
  });
  const history = freshHistory(times.length);
  return { seq, state: "pending", place: seq, completedAt: null, history, events: `[${texts.join(",")}]` };
}

type Logged = { seq: number; at: number; state: string; events: string };

/** What is kept, in memory; nothing of the log is old enough to go by its age. */
function world({
  open,
  atWork = [],
  bytes = 0,
  oldestKept,
  logged = [],
}: {
  open: Parcel[];
  atWork?: number[];
  bytes?: number;
  oldestKept?: number;
  logged?: number[];
}) {
  const rows = new Map(open.map((each) => [each.seq, each]));
  const log: Logged[] = [];
  const forgotten: number[] = [];
  /** Of the log, in their order. */
  const dropped: string[] = [];
  const store = {
    prune: () => 0,
    dropExpired: () => {
      dropped.push("expired");
      return [];
    },
    from: (_: string, from: number, limit: number) =>
      [...rows.values()].filter(({ seq }) => seq >= from).slice(0, limit),
    oldestKept: () => oldestKept,
    expiredLength: () => 0,
    dropKept: () => dropped.push("kept"),
    hasLog: (seq: number) => logged.includes(seq),
    freeSeqBeside: (seq: number) => seq + 1,
    insertLog: (seq: number, at: number, state: string, _place: number, _ledger: unknown, events: string) =>
      log.push({ seq, at, state, events }),
    deleteOpen: (seq: number) => rows.delete(seq),
    oldestLogAt: () => log[0]?.at,
    oldestOpenAt: () => decodeEvents([...rows.values()][0]?.events ?? "[]")[0]?.at,
  };
  const dispatcher = {
    isAtWork: (seq: number) => atWork.includes(seq),
    forget: (seq: number) => forgotten.push(seq),
  };
  const retention = new Retention(
    { bytes } as unknown as Sql,
    store as unknown as Store,
    dispatcher as unknown as Dispatcher,
    LIMITS,
  );
  return { retention, rows, log, forgotten, dropped };
}

const OLD = NOW - 30 * DAY_MS - 1;
const YOUNG = NOW - 30 * DAY_MS;

describe("what waits", () => {
  it("expires when it is older than the retention, to the millisecond", () => {
    const { retention, rows, log, forgotten } = world({ open: [parcel(1, OLD), parcel(2, YOUNG)] });
    expect(retention.pruneChunk(NOW)).toEqual({ expired: { count: 1, oldestAt: OLD, newestAt: OLD }, more: false });
    expect([...rows.keys()]).toEqual([2]);
    expect(forgotten).toEqual([1]);
    expect(log).toMatchObject([{ seq: 1, at: NOW, state: "expired" }]);
  });

  it("goes to the log without its payload, and with all else", () => {
    const { retention, log } = world({ open: [parcel(1, OLD)] });
    retention.pruneChunk(NOW);
    expect(decodeEvents(log[0]?.events ?? "[]")).toMatchObject([
      { type: "ticket.created", at: OLD, occurredAt: OLD - 5, channels: ["a"], data: "null" },
    ]);
  });

  it("expires by the youngest of its parcel: nothing goes before its time, and all of them are told of", () => {
    const { retention, rows } = world({ open: [parcel(1, OLD - 50, OLD), parcel(2, OLD, NOW - 100)] });
    expect(retention.pruneChunk(NOW).expired).toEqual({ count: 2, oldestAt: OLD - 50, newestAt: OLD });
    expect([...rows.keys()]).toEqual([2]);
  });

  it("stays while it is at work", () => {
    const { retention, rows } = world({ open: [parcel(1, OLD), parcel(2, OLD)], atWork: [1] });
    expect(retention.pruneChunk(NOW).expired?.count).toBe(1);
    expect([...rows.keys()]).toEqual([1]);
  });

  it("has a row of its own in the log where its number is taken", () => {
    const { retention, log } = world({ open: [parcel(1, OLD)], logged: [1] });
    retention.pruneChunk(NOW);
    expect(log.map(({ seq }) => seq)).toEqual([2]);
  });

  it("expires ten at a time, and there is more until there is not", () => {
    const { retention, rows } = world({ open: Array.from({ length: 15 }, (_, number) => parcel(number + 1, OLD)) });
    expect(retention.pruneChunk(NOW)).toMatchObject({ expired: { count: 10 }, more: true });
    expect(retention.pruneChunk(NOW)).toMatchObject({ expired: { count: 5 }, more: false });
    expect(retention.pruneChunk(NOW)).toEqual({ expired: null, more: false });
    expect(rows.size).toBe(0);
  });

  it("is due when its first event is as old as that", () => {
    expect(world({ open: [parcel(1, NOW - DAY_MS)] }).retention.nextDue()).toBe(NOW + 29 * DAY_MS);
    expect(world({ open: [] }).retention.nextDue()).toBeUndefined();
  });
});

describe("an object that is too large", () => {
  it("is so beyond its bound", () => {
    expect(world({ open: [], bytes: 1000 }).retention.tooLarge).toBe(false);
    expect(world({ open: [], bytes: 1001 }).retention.tooLarge).toBe(true);
  });

  it("lets what waits expire however young it is, where it is older than all that is done", () => {
    const open = [parcel(1, NOW), parcel(2, NOW), parcel(3, NOW)];
    const { retention, rows, dropped } = world({ open, bytes: 1001, oldestKept: 3 });
    expect(retention.pruneChunk(NOW)).toMatchObject({ expired: { count: 2 }, more: true });
    expect([...rows.keys()]).toEqual([3]);
    expect(dropped).toEqual([]);
  });

  it("lets go of what is done where that is older than all that waits", () => {
    const { retention, rows, dropped } = world({ open: [parcel(5, NOW)], bytes: 1001, oldestKept: 3 });
    expect(retention.pruneChunk(NOW)).toEqual({ expired: null, more: true });
    expect(dropped).toEqual(["kept"]);
    expect(rows.size).toBe(1);
  });

  it("lets what waits expire where nothing is done", () => {
    const { retention } = world({ open: [parcel(5, NOW)], bytes: 1001 });
    expect(retention.pruneChunk(NOW)).toMatchObject({ expired: { count: 1 }, more: true });
  });
});

it("what has expired is told of together", () => {
  const one = { count: 1, oldestAt: 20, newestAt: 30 };
  expect(together(null, one)).toBe(one);
  expect(together(one, { count: 2, oldestAt: 10, newestAt: 25 })).toEqual({ count: 3, oldestAt: 10, newestAt: 30 });
});
