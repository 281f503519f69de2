import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attempt, DeliveryFilter, DeliveryStatus, DeliverySummary } from "../../src/delivery/contract.ts";
import { findByPlace, list } from "../../src/delivery/delivery-log.ts";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import { FAMILY_STRIDE } from "../../src/delivery/parcel.ts";
import { Store } from "../../src/delivery/store.ts";
import { encodeEvent } from "../../src/events/record.ts";
import { eventId } from "../../src/lib/ids.ts";
import { Sql } from "../../src/lib/sql.ts";
import { object } from "./quiet.ts";

/** A filter that finds little in a long log: what it finds, and how many rows are read for it. */

const START = Date.parse("2026-11-22T00:00:00Z");

type Made = {
  family: number;
  part: number;
  status: DeliveryStatus;
  type: string;
  count: number;
  /** Whether an attempt failed, of each delivery. */
  failedOnce: boolean;
};

function attempts(at: number, failedOnce: boolean): Attempt[] {
  // An answer may say what a ledger says.
  const answer = { at, trigger: "event" as const, durationMs: 1, responseBody: '"error":"status"' };
  const failed: Attempt = { ...answer, status: 500, error: "status" };
  return [...(failedOnce ? [failed] : []), { ...answer, status: 200, error: null }];
}

function insert(store: Store, { family, part, status, type, count, failedOnce }: Made): void {
  const at = START + family * 1000;
  const indices = Array.from({ length: count }, (_, n) => part * 10 + n);
  const events = indices.map((index) => {
    // A payload may say what a record says.
    const data = JSON.stringify({ type: "rare", text: '"type":"rare"' });
    return encodeEvent(eventId({ at, seq: family, index }), { type, data, occurredAt: null, channels: [] });
  });
  const ledger = { entries: indices.map((index) => ({ index, attempts: attempts(at, failedOnce) })) };
  const seq = family * FAMILY_STRIDE + part;
  if (status !== "pending") store.insertLog(seq, at, status, seq, ledger, `[${events.join(",")}]`);
  else store.insertOpen({ seq, count, attempt: 0, dueAt: at, lost: 0 }, seq, ledger, `[${events.join(",")}]`);
}

async function withRows<T>(rows: readonly Made[], work: (store: Store, sql: Sql) => T): Promise<T> {
  return runInDurableObject(object("a box for a long log"), (_: Endpoint, { storage }) => {
    for (const table of ["open_parcels", "log"]) storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    const sql = new Sql(storage);
    const store = new Store(sql);
    sql.transaction(() => {
      for (const row of rows) insert(store, row);
    });
    return work(store, sql);
  });
}

const noAttempt = () => ({ at: null, waitsForProbe: false });

/** All pages; ends where one has no next. */
function pages(store: Store, filter: Omit<DeliveryFilter, "cursor">): { found: DeliverySummary[]; pages: number } {
  const found: DeliverySummary[] = [];
  for (let pages = 1, cursor: string | undefined; ; pages++) {
    const page = list(store, 1, { ...filter, cursor }, noAttempt);
    expect(page.deliveries.length).toBeLessThanOrEqual(filter.limit);
    found.push(...page.deliveries);
    if (page.next === null) return { found, pages };
    expect(page.next).not.toBe(cursor);
    cursor = page.next;
  }
}

const made = fc.uniqueArray(
  fc.record({
    family: fc.integer({ min: 1, max: 60 }),
    part: fc.integer({ min: 0, max: 3 }),
    status: fc.constantFrom<DeliveryStatus>("delivered", "delivered", "failed", "expired", "pending"),
    type: fc.constantFrom("usual", "usual", "usual", "rare"),
    count: fc.integer({ min: 1, max: 10 }),
    failedOnce: fc.boolean(),
  }),
  { selector: ({ family, part }) => family * FAMILY_STRIDE + part, minLength: 100, maxLength: 150 },
);

describe("a filtered log", () => {
  it("has what passes, once and in the log's order, on pages of any length", async () => {
    const filter = fc.record({
      limit: fc.integer({ min: 1, max: 40 }),
      status: fc.constantFrom<DeliveryStatus | undefined>(undefined, "delivered", "failed", "expired", "pending"),
      type: fc.constantFrom(undefined, "usual", "rare"),
      since: fc.constantFrom(undefined, START + 30_000),
      failedAttempts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(made, filter, async (rows, { limit, status, type, since, failedAttempts }) => {
        await withRows(rows, (store) => {
          const all = pages(store, { limit: 100 }).found;
          const wanted = all.filter(
            (each) =>
              (status === undefined || each.status === status) &&
              (type === undefined || each.type === type) &&
              (since === undefined || each.createdAt >= since) &&
              (!failedAttempts || each.attempts === 2),
          );
          const { found } = pages(store, { limit, status, type, since, failedAttempts });
          expect(found.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
        });
      }),
      { numRuns: 100 },
    );
  });

  const ROWS = 20_000;
  const longLog = (status: DeliveryStatus, rare: Partial<Made>): Made[] =>
    Array.from({ length: ROWS }, (_, n) => {
      const usual: Made = { family: n + 1, part: 0, status, type: "usual", count: 1, failedOnce: false };
      return n % 5000 === 100 ? { ...usual, ...rare } : usual;
    });

  it("gives one delivery without reading those that came after it", async () => {
    await withRows(longLog("delivered", {}), (store, sql) => {
      const before = sql.rowsRead;
      expect(findByPlace(store, { at: START + 7000, endpoint: 1, seq: 7, index: 0 })?.event.at).toBe(START + 7000);
      // Two tables are halved until it is found, from 1,024 numbers a row.
      expect(sql.rowsRead - before).toBeLessThan(2 * Math.ceil(Math.log2(ROWS * 1024)));
    });
  });

  it("finds the few that failed without looking at the others", async () => {
    await withRows(longLog("delivered", { status: "failed" }), (store, sql) => {
      const before = sql.rowsRead;
      const page = list(store, 1, { limit: 50, status: "failed" }, noAttempt);
      expect(page.deliveries).toHaveLength(4);
      expect(page.next).toBeNull();
      expect(sql.rowsRead - before).toBeLessThan(20);
    });
  });

  it.each([
    ["a type", { type: "rare" }, "delivered", { type: "rare" }],
    ["those with a failed attempt", { failedAttempts: true }, "delivered", { failedOnce: true }],
    ["those delivered", { status: "delivered" }, "failed", { status: "delivered" }],
  ] as const)("ends a page after a bounded look for %s, and the next one goes on", async (_, filter, usual, rare) => {
    await withRows(longLog(usual, rare), (store, sql) => {
      const before = sql.rowsRead;
      const page = list(store, 1, { limit: 50, ...filter }, noAttempt);
      expect(page.next).not.toBeNull();
      // Each of 1,000 rows, and of the chunk before them, once in its table and once in what is made of it.
      expect(sql.rowsRead - before).toBeLessThan(3200);
      const { found, pages: count } = pages(store, { limit: 50, ...filter });
      expect(found).toHaveLength(4);
      expect(count).toBeLessThan(ROWS / 1000 + 2);
    });
  });
});
