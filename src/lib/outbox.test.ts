import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Outbox } from "./outbox.ts";

type Row = { seq: number };

/** An outbox over rows in memory, that notes what it hands on. */
function over(rows: Row[], fails: () => boolean, atOnce = 3) {
  const handed: number[][] = [];
  const outbox = new Outbox<Row>(0, rows.at(-1)?.seq ?? 0, {
    read: (after) => rows.filter(({ seq }) => seq > after).slice(0, atOnce),
    handOver: async (some) => {
      await undefined;
      if (fails()) throw new Error("away");
      handed.push(some.map(({ seq }) => seq));
    },
  });
  return { outbox, handed };
}

const rowsTo = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ seq: index + 1 }));

describe("an outbox", () => {
  it("hands on what storage has, some at a time, in order", async () => {
    const { outbox, handed } = over(rowsTo(7), () => false);
    expect(outbox.pending).toBe(true);
    await outbox.run();
    expect(handed).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect({ cursor: outbox.cursor, pending: outbox.pending }).toEqual({ cursor: 7, pending: false });
  });

  it("takes what was just stored without reading it back, all of it at once", async () => {
    const rows: Row[] = [];
    const { outbox, handed } = over(rows, () => false, 0);
    outbox.offer([{ seq: 1 }, { seq: 2 }]);
    outbox.offer([{ seq: 3 }]);
    await outbox.run();
    expect(handed).toEqual([[1, 2, 3]]);
  });

  it("is one run, however often it is called", async () => {
    const { outbox, handed } = over(rowsTo(2), () => false);
    expect(outbox.run()).toBe(outbox.run());
    await outbox.run();
    expect(handed).toEqual([[1, 2]]);
  });

  it("goes on where it failed", async () => {
    let away = true;
    const { outbox, handed } = over(rowsTo(4), () => away);
    await expect(outbox.run()).rejects.toThrow("away");
    expect(outbox.cursor).toBe(0);
    away = false;
    await outbox.run();
    expect(handed.flat()).toEqual([1, 2, 3, 4]);
  });

  it("loses nothing and keeps the order, whatever fails and whenever rows come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), { maxLength: 30 }),
        async (steps) => {
          const rows: Row[] = [];
          let failing = false;
          const { outbox, handed } = over(rows, () => failing);
          for (const [count, fails] of steps) {
            failing = fails;
            const more = Array.from({ length: count }, () => {
              const row = { seq: rows.length + 1 };
              rows.push(row);
              return row;
            });
            outbox.offer(more);
            await outbox.run().catch(() => {});
          }
          failing = false;
          await outbox.run();
          expect(handed.flat()).toEqual(rows.map(({ seq }) => seq));
        },
      ),
    );
  });
});
