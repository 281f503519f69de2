import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/delivery/contract.ts";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import type { HistoryRow } from "../../src/delivery/figures.ts";
import { figuresOver } from "../../src/delivery/health.ts";
import { type Bound, scanHistory } from "../../src/delivery/history-scan.ts";
import { FAMILY_STRIDE } from "../../src/delivery/parcel.ts";
import { RecentLog } from "../../src/delivery/recent-log.ts";
import { Store } from "../../src/delivery/store.ts";
import { encodeEvent } from "../../src/events/record.ts";
import { eventId } from "../../src/lib/ids.ts";
import { Sql } from "../../src/lib/sql.ts";
import { attempt, object, quiet, quietWebhook } from "./quiet.ts";
import { workspaceWithWebhook } from "./service.ts";

const START = Date.parse("2026-11-22T00:00:00Z");
const WIDE: Bound = { rows: 1e9, length: 1e9 };

/** One row of a delivery. Its event was published `family` seconds after the start. */
type Made = { family: number; part: number; open: boolean; attemptsAt: readonly number[] };

const publishedAt = ({ family }: Pick<Made, "family">) => START + family * 1000;
const seqOf = ({ family, part }: Made) => family * FAMILY_STRIDE + part;

function insert(store: Store, made: Made): void {
  const at = publishedAt(made);
  const event = { type: "a", data: "1", occurredAt: null, channels: [] };
  const events = `[${encodeEvent(eventId({ at, seq: made.family, index: made.part }), event)}]`;
  const attempts = made.attemptsAt.map((each): Attempt => {
    return { at: each, trigger: "event", status: 200, durationMs: 8, error: null, responseBody: "" };
  });
  const ledger = { entries: [{ index: made.part, attempts }] };
  const seq = seqOf(made);
  if (!made.open) {
    store.insertLog(seq, made.attemptsAt.at(-1) ?? at, "delivered", seq, ledger, events);
    return;
  }
  store.insertOpen({ seq, count: 1, attempt: 0, dueAt: at, lost: 0 }, seq, ledger, events);
}

/** Runs inside an object whose tables hold these rows. */
async function withRows<T>(rows: readonly Made[], work: (store: Store) => Promise<T>): Promise<T> {
  return runInDurableObject(object("a box for rows"), async (_: Endpoint, { storage }) => {
    for (const table of ["open_parcels", "log"]) storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    const store = new Store(new Sql(storage));
    for (const row of rows) insert(store, row);
    return work(store);
  });
}

async function look(store: Store, since: number, bound: Bound): Promise<{ met: HistoryRow[]; since: number | null }> {
  const met: HistoryRow[] = [];
  const answer = await scanHistory(
    store,
    new RecentLog(store),
    since,
    bound,
    async () => {},
    (row) => met.push(row),
  );
  return { met, since: answer };
}

const rows = fc.uniqueArray(
  fc.record({
    family: fc.integer({ min: 1, max: 15 }),
    part: fc.integer({ min: 0, max: 3 }),
    open: fc.boolean(),
    attemptsAt: fc.constant([START]),
  }),
  { selector: seqOf, minLength: 30, maxLength: 45 },
);

describe("a look back", () => {
  it("meets everything once, the newest first, when nothing bounds it", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (made) => {
        const { met, since } = await withRows(made, (store) => look(store, 0, WIDE));
        expect(met.map(({ seq }) => seq)).toEqual(made.map(seqOf).sort((a, b) => b - a));
        expect(since).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it("says since when it is complete, and is", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), async (made, bound) => {
        const { met, since } = await withRows(made, (store) => look(store, 0, { ...WIDE, rows: bound }));
        const numbers = new Set(met.map(({ seq }) => seq));
        const missed = made.filter((row) => !numbers.has(seqOf(row)));
        if (since === null) expect(missed).toEqual([]);
        else {
          expect(missed).not.toEqual([]);
          // A family is met whole: at most its four parts beyond the bound.
          expect(met.length).toBeLessThan(bound + 4);
          for (const row of missed) expect(publishedAt(row)).toBeLessThan(since);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("ends at a length of ledgers, too", async () => {
    const made = Array.from(
      { length: 50 },
      (_, family): Made => ({ family, part: 0, open: false, attemptsAt: [START] }),
    );
    const { met, since } = await withRows(made, (store) => look(store, 0, { ...WIDE, length: 1 }));
    expect(met).toHaveLength(1);
    expect(since).toBe(START + 49_000);
  });

  it("reads no attempts of what was done before", async () => {
    const made = [0, 1].map((family): Made => ({ family, part: 0, open: false, attemptsAt: [START + family] }));
    const { met } = await withRows(made, (store) => look(store, START + 1, WIDE));
    expect(met.map(({ attempts }) => attempts.length)).toEqual([1, 0]);
  });
});

it("figures are called complete when what the bound left out was published before the period", async () => {
  const made = Array.from({ length: 50 }, (_, family): Made => {
    return { family, part: 0, open: false, attemptsAt: [START + family * 1000] };
  });
  const over = (since: number) =>
    withRows(made, (store) => {
      return figuresOver(
        store,
        new RecentLog(store),
        { since, stepMs: 60_000, count: 1 },
        { ...WIDE, rows: 10 },
        async () => {},
      );
    });
  expect(await over(START + 45_000)).toMatchObject({ completeSince: null, total: { delivered: 5, attempts: 5 } });
  expect(await over(START)).toMatchObject({ completeSince: START + 40_000, total: { delivered: 10 } });
});

it("an endpoint tells how it was doing", async () => {
  const before = Date.now();
  const { webhook } = await quietWebhook();
  await attempt(webhook, 1, true);
  await attempt(webhook, 2, true);
  await attempt(webhook, 3, false);
  const stats = await object(webhook).stats("24h", true);
  expect(stats.steps).toHaveLength(48);
  const counts = { delivered: 2, failed: 0, attempts: 3, failedAttempts: 1, retries: 0 };
  expect(stats).toMatchObject({ total: counts, completeSince: null, stepMs: 1_800_000 });
  expect(stats.steps.reduce((sum, step) => sum + step.attempts, 0)).toBe(3);
  expect(stats.lastFailureAt).toBeGreaterThanOrEqual(before);
  expect(stats.lastSuccessAt).toBeGreaterThanOrEqual(before);
  expect(await object(webhook).health()).toMatchObject({ successRate24h: 2 / 3 });
});

it("an endpoint's figures of a longer period than is kept are complete since retention's edge", async () => {
  const { webhook } = await workspaceWithWebhook();
  await quiet(webhook, { RETENTION_DAYS: "7" });
  const edge = () => Date.now() - 7 * 24 * 3600 * 1000;
  const before = edge();
  const { completeSince } = await object(webhook).stats("30d", true);
  expect(completeSince).toBeGreaterThanOrEqual(before);
  expect(completeSince).toBeLessThanOrEqual(edge());
  expect(await object(webhook).stats("7d", true)).toMatchObject({ completeSince: null });
});
