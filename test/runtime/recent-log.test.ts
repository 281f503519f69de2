import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Attempt } from "../../src/delivery/contract.ts";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import type { HistoryRow } from "../../src/delivery/figures.ts";
import { type AttemptHistory, FAMILY_STRIDE } from "../../src/delivery/parcel.ts";
import { RecentLog } from "../../src/delivery/recent-log.ts";
import { Store } from "../../src/delivery/store.ts";
import { Sql } from "../../src/lib/sql.ts";
import { object } from "./quiet.ts";

/** What is remembered of the log is what the log says, whatever has become of it since. */

const START = Date.parse("2026-11-22T00:00:00Z");

async function inABox<T>(work: (store: Store, sql: Sql) => T): Promise<T> {
  return runInDurableObject(object("a box for what is remembered"), (_: Endpoint, { storage }) => {
    for (const table of ["open_parcels", "log"]) storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    const sql = new Sql(storage);
    return work(new Store(sql), sql);
  });
}

const seqOf = (family: number) => family * FAMILY_STRIDE;
const historyOf = (at: number, count: number): AttemptHistory => ({
  entries: Array.from({ length: count }, (_, index) => {
    const attempt: Attempt = { at, trigger: "event", status: 200, durationMs: 8, error: null, responseBody: "" };
    return { index, attempts: [attempt] };
  }),
});
const events = (family: number) => `[{"id":"evt_${family}"}]`;

/** What is the matter with a row that is not read for a time before it: its attempts may be missing, and their length. */
const asOf = (since: number, row: HistoryRow): HistoryRow =>
  row.completedAt !== null && row.completedAt < since ? { ...row, attempts: [], length: 0 } : row;

function first(all: Iterator<HistoryRow>, count: number): HistoryRow[] {
  return Array.from({ length: count }, () => all.next()).flatMap(({ value }) => value ?? []);
}

type Step =
  | { is: "file"; family: number; minute: number; state: "delivered" | "failed" | "expired" }
  | { is: "close"; family: number; minute: number }
  | { is: "shrink"; family: number; left: number }
  | { is: "prune"; minute: number }
  | { is: "drop"; expired: boolean }
  | { is: "ask"; minute: number; met: number };

const family = fc.integer({ min: 1, max: 40 });
const minute = fc.integer({ min: 0, max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant("file" as const),
      family,
      minute,
      state: fc.constantFrom("delivered" as const, "failed" as const, "expired" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("close" as const), family, minute }) },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constant("shrink" as const), family, left: fc.integer({ min: 0, max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("prune" as const), minute }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("drop" as const), expired: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constant("ask" as const), minute, met: fc.integer({ min: 0, max: 60 }) }),
  },
);

function carryOut(store: Store, each: Exclude<Step, { is: "ask" }>): void {
  if (each.is === "prune") store.prune(START + each.minute * 60_000, 5);
  else if (each.is === "drop" && each.expired) store.dropExpired(2);
  else if (each.is === "drop") store.dropKept(2);
  else {
    const seq = seqOf(each.family);
    if (each.is === "shrink") {
      if (store.hasLog(seq)) store.updateLog(seq, historyOf(START, each.left), events(each.family));
      return;
    }
    if (store.hasLog(seq)) return;
    const at = START + each.minute * 60_000;
    if (each.is === "file") store.insertLog(seq, at, each.state, seq, historyOf(at, 3), events(each.family));
    else {
      store.insertOpen({ seq, count: 3, attempt: 0, dueAt: 0, lost: 0 }, seq, historyOf(at, 3), events(each.family));
      store.close(seq, seq, at, "delivered", historyOf(at, 3));
    }
  }
}

it("is what the log says, after any changes, for any time, and however far it is asked", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      await inABox((store) => {
        const recent = new RecentLog(store);
        for (const each of steps) {
          if (each.is !== "ask") {
            carryOut(store, each);
            continue;
          }
          const since = START + each.minute * 60_000;
          const met = first(recent.newestFirst(since), each.met).map((row) => asOf(since, row));
          expect(met).toEqual(store.historyRows("log", Number.MAX_SAFE_INTEGER, since, each.met));
        }
      });
    }),
    { numRuns: 200 },
  );
});

it("reads what has changed, and nothing that it has read before", async () => {
  await inABox((store, sql) => {
    const recent = new RecentLog(store);
    const file = (number: number) =>
      store.insertLog(seqOf(number), START, "delivered", seqOf(number), historyOf(START, 1), events(number));
    for (let number = 1; number <= 3000; number++) file(number);
    const ask = () => {
      const before = sql.rowsRead;
      return { met: [...recent.newestFirst(START)].length, read: () => sql.rowsRead - before };
    };
    expect(ask().met).toBe(3000);
    const again = ask();
    expect(again.met).toBe(3000);
    // Whether anything lies beyond is looked at.
    expect(again.read()).toBeLessThanOrEqual(1);
    for (let number = 3001; number <= 3100; number++) file(number);
    const later = ask();
    expect(later.met).toBe(3100);
    expect(later.read()).toBeLessThanOrEqual(101);
  });
});

it("is what the log says after more changes than are followed, and of a log that is longer than what is kept", async () => {
  await inABox((store) => {
    const recent = new RecentLog(store);
    const file = (from: number, to: number) => {
      for (let family = from; family <= to; family++) {
        carryOut(store, { is: "file", family, minute: 1, state: "delivered" });
      }
    };
    const asks = () =>
      expect([...recent.newestFirst(START)]).toEqual(store.historyRows("log", Number.MAX_SAFE_INTEGER, START, 1e6));
    file(1, 1000);
    asks();
    file(1001, 1700);
    for (let family = 1; family <= 700; family++) carryOut(store, { is: "shrink", family, left: 1 });
    asks();
    file(1701, 6300);
    asks();
    // What is kept is cut, and the rest is read again.
    file(6301, 6310);
    asks();
    asks();
  });
});

it("reads on for one while another one has begun to, too", async () => {
  await inABox((store) => {
    const recent = new RecentLog(store);
    for (let number = 1; number <= 200; number++)
      carryOut(store, { is: "file", family: number, minute: 1, state: "delivered" });
    const [one, another] = [recent.newestFirst(START), recent.newestFirst(START)];
    const met = { one: [] as number[], another: [] as number[] };
    for (let turn = 0; turn < 201; turn++) {
      // One is ahead at first, then the other one.
      for (const [name, each] of turn % 40 < 20
        ? ([
            ["one", one],
            ["another", another],
          ] as const)
        : ([
            ["another", another],
            ["one", one],
          ] as const)) {
        const { value } = each.next();
        if (value) met[name].push(value.seq);
      }
    }
    const all = Array.from({ length: 200 }, (_, index) => seqOf(200 - index));
    expect(met).toEqual({ one: all, another: all });
  });
});
