import { env, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listEvents } from "../../src/events/event-log.ts";
import { encodeEvent } from "../../src/events/record.ts";
import { EventStore } from "../../src/events/store.ts";
import type { EventStream } from "../../src/events/stream.ts";
import { eventId } from "../../src/lib/ids.ts";
import { Sql } from "../../src/lib/sql.ts";

type Made = { seq: number; at: number; count: number };

const START = Date.parse("2026-11-22T00:00:00Z");

/** Runs with a stream's rows, oldest first. */
async function withRows<T>(rows: readonly Made[], work: (store: EventStore) => T): Promise<T> {
  return runInDurableObject(env.EVENT_STREAM.getByName("987654321"), (_: EventStream, { storage }) => {
    storage.sql.exec("DROP TABLE IF EXISTS events");
    const store = new EventStore(new Sql(storage));
    for (const { seq, at, count } of rows) {
      const events = Array.from({ length: count }, (_, index) =>
        encodeEvent(eventId({ at, seq, index }), { type: "a", data: "1", occurredAt: null, channels: [] }),
      );
      store.insert({ seq, at, total: seq }, `[${events.join(",")}]`, 0);
    }
    return work(store);
  });
}

/** Later rows of later times, or of the same; the oldest may be gone. */
const rows = fc
  .record({
    first: fc.integer({ min: 1, max: 50 }),
    steps: fc.array(fc.record({ gap: fc.integer({ min: 0, max: 3 }), count: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 25,
    }),
  })
  .map(({ first, steps }) => {
    let at = START;
    return steps.map(({ gap, count }, index): Made => {
      at += gap;
      return { seq: first + index, at, count };
    });
  });

describe("a stream's rows", () => {
  it("are found by time", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (made) => {
        await withRows(made, (store) => {
          for (let at = START - 1; at <= START + 80; at++) {
            expect(store.lastBefore(at)?.seq).toBe(made.findLast((row) => row.at < at)?.seq);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it("are listed between two times, each event once, page by page", async () => {
    const time = fc.integer({ min: -1, max: 40 });
    await fc.assert(
      fc.asyncProperty(rows, time, time, fc.integer({ min: 1, max: 5 }), async (made, from, to, limit) => {
        const [since, until] = [START + Math.min(from, to), START + Math.max(from, to)];
        const wanted = made
          .filter(({ at }) => at >= since && at <= until)
          .flatMap(({ at, count }) => Array(count).fill(at));
        await withRows(made, (store) => {
          const seen: { id: string; at: number }[] = [];
          for (let cursor: string | undefined; ; ) {
            const page = listEvents(store, { limit, cursor, since, until });
            seen.push(...page.events);
            if (page.next === null) break;
            cursor = page.next;
          }
          expect(seen.map(({ at }) => at)).toEqual(wanted.toReversed());
          expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
        });
      }),
      { numRuns: 40 },
    );
  });
});
