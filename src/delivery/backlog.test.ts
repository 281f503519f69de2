import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backlog, type Head } from "./backlog.ts";

const NOW = 1000;
const head = (seq: number, dueAt: number, released: boolean, count: number): Head => ({
  seq,
  count,
  attempt: 0,
  dueAt,
  release: 0,
  releasedAt: released ? NOW : null,
  lost: 0,
  round: 0,
  ordered: false,
});

const parcels = fc.uniqueArray(
  fc.record({
    seq: fc.nat(10_000),
    dueAt: fc.integer({ min: 0, max: 2 * NOW }),
    released: fc.boolean(),
    count: fc.integer({ min: 1, max: 100 }),
  }),
  { selector: (each) => each.seq, maxLength: 60 },
);

const sum = (heads: { count: number }[]): number => heads.reduce((total, each) => total + each.count, 0);

describe("the backlog", () => {
  it("answers as a plain list would, through additions, changes and removals", () => {
    fc.assert(
      fc.property(
        parcels,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom("remove", "release", "schedule", "wait"))),
        (all, steps) => {
          const backlog = new Backlog();
          const model = all.map((each) => head(each.seq, each.dueAt, each.released, each.count));
          for (const each of model) backlog.add(each, NOW);
          for (const [choice, step] of steps) {
            const chosen = model[choice % Math.max(1, model.length)];
            if (!chosen) break;
            if (step === "remove") {
              backlog.remove(chosen);
              model.splice(model.indexOf(chosen), 1);
            } else if (step === "release") backlog.update(chosen, { releasedAt: NOW }, NOW);
            else if (step === "schedule")
              backlog.update(chosen, { releasedAt: null, dueAt: NOW + 1 + (choice % 50) }, NOW);
            else backlog.update(chosen, { releasedAt: null, dueAt: NOW }, NOW);

            const waiting = model.filter((each) => each.releasedAt === null && each.dueAt <= NOW);
            const scheduled = model.filter((each) => each.releasedAt === null && each.dueAt > NOW);
            const released = model.filter((each) => each.releasedAt !== null);
            const oldest = Math.min(...waiting.map((each) => each.seq));
            expect(backlog.oldestWaiting()?.seq ?? Number.POSITIVE_INFINITY).toBe(oldest);
            const next = Math.min(...scheduled.map((each) => each.dueAt));
            expect(backlog.nextDue() ?? Number.POSITIVE_INFINITY).toBe(next);
            expect(backlog.inFlight).toBe(sum(released));
            expect(backlog.waitingDeliveries).toBe(sum(waiting) + sum(scheduled));
            expect([...backlog.released()].map((each) => each.seq).sort()).toEqual(
              released.map((each) => each.seq).sort(),
            );
          }
        },
      ),
    );
  });

  it("gives out what waits by age, and what becomes due joins in by its age", () => {
    const backlog = new Backlog();
    const young = head(30, NOW, false, 1);
    const old = head(10, NOW + 500, false, 1);
    backlog.add(young, NOW);
    backlog.add(old, NOW);
    expect(backlog.oldestWaiting()).toBe(young);
    backlog.promote(NOW + 499);
    expect(backlog.oldestWaiting()).toBe(young);
    backlog.promote(NOW + 500);
    expect(backlog.oldestWaiting()).toBe(old);
    expect(backlog.nextDue()).toBeUndefined();
  });
});
