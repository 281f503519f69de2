import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backlog, type Head } from "./backlog.ts";

const NOW = 1_000_000;
/** As many as are read at a time. */
const AT_ONCE = 1000;

const head = (seq: number, dueAt = NOW, change: Partial<Head> = {}): Head => ({
  seq,
  count: 1,
  attempt: 0,
  dueAt,
  lost: 0,
  ...change,
});

/** Rows by their number; each reading makes heads of its own, as reading from storage does. */
class Rows {
  readonly stored = new Map<number, Head>();
  /** The number after which each reading began. */
  readonly readings: number[] = [];

  constructor(heads: Iterable<Head> = []) {
    for (const each of heads) this.store(each);
  }

  store(each: Head): void {
    this.stored.set(each.seq, { ...each });
  }

  readonly read = (after: number, limit: number): Head[] => {
    this.readings.push(after);
    return [...this.stored.values()]
      .filter(({ seq }) => seq > after)
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit)
      .map((each) => ({ ...each }));
  };
}

const backlogOf = (...heads: Head[]): Backlog => {
  const backlog = new Backlog(new Rows().read);
  for (const each of heads) backlog.add(each, NOW);
  return backlog;
};

const numbered = (from: number, count: number, dueAt: (seq: number) => number = () => NOW): Head[] =>
  Array.from({ length: count }, (_, number) => head(from + number, dueAt(from + number)));

/** All that is due, in the order in which it is begun. */
function beginAll(backlog: Backlog, now = NOW): number[] {
  const begun: number[] = [];
  for (let next = backlog.oldestWaiting(now); next; next = backlog.oldestWaiting(now)) {
    backlog.begin(next);
    begun.push(next.seq);
  }
  return begun;
}

describe("what waits", () => {
  it("goes by age, whatever order it came in and whenever it became due", () => {
    const backlog = backlogOf(head(30, NOW - 10), head(10, NOW), head(20, NOW - 100));
    expect(beginAll(backlog)).toEqual([10, 20, 30]);
  });

  it("is joined by what becomes due, at the place that its age gives it", () => {
    const backlog = backlogOf(head(30), head(10, NOW + 500), head(20, NOW + 400));
    expect(backlog.oldestWaiting(NOW + 399)?.seq).toBe(30);
    expect(backlog.oldestWaiting(NOW + 400)?.seq).toBe(20);
    expect(backlog.nextDue(NOW + 400)).toBe(NOW + 500);
    expect(backlog.oldestWaiting(NOW + 500)?.seq).toBe(10);
    expect(backlog.nextDue(NOW + 500)).toBeUndefined();
    expect(beginAll(backlog, NOW + 500)).toEqual([10, 20, 30]);
  });

  it("is empty where there is nothing", () => {
    const backlog = backlogOf();
    expect(backlog.oldestWaiting(NOW)).toBeUndefined();
    expect(backlog.oldest(NOW, () => true)).toBeUndefined();
    expect(backlog.nextDue(NOW)).toBeUndefined();
  });
});

describe("what is scheduled", () => {
  it("goes by its time, and not by its age", () => {
    const backlog = backlogOf(head(10, NOW + 300), head(20, NOW + 100), head(30, NOW + 200));
    expect(backlog.nextDue(NOW)).toBe(NOW + 100);
    expect(backlog.oldestWaiting(NOW + 100)?.seq).toBe(20);
    expect(backlog.nextDue(NOW + 100)).toBe(NOW + 200);
    expect(backlog.oldestWaiting(NOW + 200)?.seq).toBe(20);
    expect(backlog.nextDue(NOW + 200)).toBe(NOW + 300);
  });

  it("can be taken as the oldest of all, for a probe", () => {
    const backlog = backlogOf(head(20), head(10, NOW + 300), head(30, NOW + 100));
    expect(backlog.oldest(NOW, () => true)?.seq).toBe(10);
    expect(backlog.oldest(NOW, ({ seq }) => seq !== 10)?.seq).toBe(20);
    expect(backlog.oldest(NOW, ({ seq }) => seq >= 30)?.seq).toBe(30);
    expect(backlog.oldest(NOW, () => false)).toBeUndefined();
  });

  it("is taken for a probe where nothing waits, the oldest and not the next", () => {
    const backlog = backlogOf(head(20, NOW + 100), head(10, NOW + 300));
    expect(backlog.oldest(NOW, () => true)?.seq).toBe(10);
  });
});

describe("what is at work", () => {
  it("waits no more, and is still known", () => {
    const first = head(10);
    const later = head(20, NOW + 100);
    const backlog = backlogOf(first, later);
    expect(backlog.isAtWork(first)).toBe(false);
    backlog.begin(first);
    backlog.begin(later);
    expect([backlog.isAtWork(first), backlog.isAtWork(later)]).toEqual([true, true]);
    expect([backlog.get(10), backlog.get(20)]).toEqual([first, later]);
    expect(backlog.oldestWaiting(NOW + 100)).toBeUndefined();
    expect(backlog.oldest(NOW, () => true)).toBeUndefined();
    expect(backlog.nextDue(NOW)).toBeUndefined();
  });

  it("may change before it is taken out, and comes back where it then belongs", () => {
    const first = head(10);
    const backlog = backlogOf(first, head(20));
    backlog.begin(first);
    first.dueAt = NOW + 100;
    backlog.remove(first);
    expect(backlog.get(10)).toBeUndefined();
    expect(backlog.isAtWork(first)).toBe(false);
    backlog.add(first, NOW);
    expect(backlog.oldestWaiting(NOW)?.seq).toBe(20);
    expect(backlog.nextDue(NOW)).toBe(NOW + 100);
  });
});

describe("a head", () => {
  it("that is taken out is gone, and taking it out once more changes nothing", () => {
    const [first, second] = [head(10), head(20, NOW + 100)];
    const backlog = backlogOf(first, second);
    for (const each of [first, second, first, second]) backlog.remove(each);
    expect([backlog.get(10), backlog.get(20)]).toEqual([undefined, undefined]);
    expect(backlog.oldestWaiting(NOW + 100)).toBeUndefined();
  });

  it("that is changed is sorted in anew", () => {
    const [first, second] = [head(10), head(20, NOW + 100)];
    const backlog = backlogOf(first, second);
    backlog.update(first, { dueAt: NOW + 200, count: 7 }, NOW);
    backlog.update(second, { dueAt: NOW }, NOW);
    expect(backlog.get(10)).toEqual(head(10, NOW + 200, { count: 7 }));
    expect(backlog.oldestWaiting(NOW)?.seq).toBe(20);
    expect(backlog.nextDue(NOW)).toBe(NOW + 200);
  });

  it("is found among others that are due at the same time", () => {
    const all = numbered(1, 5, () => NOW + 100);
    const backlog = backlogOf(...all);
    for (const each of all.slice(1, 4)) backlog.remove(each);
    expect(beginAll(backlog, NOW + 100)).toEqual([1, 5]);
  });
});

describe("rows", () => {
  it("are not read before they are asked for", () => {
    const rows = new Rows(numbered(1, 10));
    const backlog = new Backlog(rows.read);
    expect(backlog.get(1)).toBeUndefined();
    expect(rows.readings).toEqual([]);
  });

  it("are read a thousand at a time, and no more than it takes", () => {
    const rows = new Rows(numbered(1, 2500));
    const backlog = new Backlog(rows.read);
    for (let seq = 1; seq <= 1000; seq++) {
      const next = backlog.oldestWaiting(NOW);
      expect(next?.seq).toBe(seq);
      if (next) backlog.begin(next);
    }
    expect(rows.readings).toEqual([0]);
    expect(backlog.get(1001)).toBeUndefined();
    expect(backlog.oldestWaiting(NOW)?.seq).toBe(1001);
    expect(rows.readings).toEqual([0, 1000]);
  });

  it("are all read once, and not again when there are no more", () => {
    const rows = new Rows(numbered(1, 2500));
    const backlog = new Backlog(rows.read);
    expect(beginAll(backlog)).toEqual(Array.from({ length: 2500 }, (_, number) => number + 1));
    expect(rows.readings).toEqual([0, 1000, 2000]);
    backlog.oldestWaiting(NOW);
    backlog.nextDue(NOW);
    expect(rows.readings).toEqual([0, 1000, 2000]);
  });

  it("that end with a full reading are found to have ended", () => {
    const rows = new Rows(numbered(1, AT_ONCE));
    const backlog = new Backlog(rows.read);
    expect(beginAll(backlog)).toHaveLength(AT_ONCE);
    expect(rows.readings).toEqual([0, 1000]);
    backlog.add(head(1001), NOW);
    expect(beginAll(backlog)).toEqual([1001]);
    expect(rows.readings).toEqual([0, 1000]);
  });

  it("are read on behind a thousand that are not due yet", () => {
    const rows = new Rows(numbered(1, 1500, (seq) => (seq <= 1000 ? NOW + 5000 - seq : NOW)));
    const backlog = new Backlog(rows.read);
    expect(backlog.oldestWaiting(NOW)?.seq).toBe(1001);
    // The soonest of all is number 1,000.
    expect(backlog.nextDue(NOW)).toBe(NOW + 4000);
  });

  it("are all looked at to say what is due next", () => {
    const rows = new Rows(numbered(1, 2001, (seq) => NOW + 10_000 - seq));
    const backlog = new Backlog(rows.read);
    expect(backlog.nextDue(NOW)).toBe(NOW + 7999);
    expect(rows.readings).toEqual([0, 1000, 2000]);
  });

  it("are read up to the one that is asked for by its number", () => {
    const rows = new Rows(numbered(1, 2500));
    const backlog = new Backlog(rows.read);
    backlog.readTo(1500, NOW);
    expect(rows.readings).toEqual([0, 1000]);
    expect([backlog.get(1500)?.seq, backlog.get(2001)?.seq]).toEqual([1500, undefined]);
    backlog.readTo(1999, NOW);
    expect(rows.readings).toEqual([0, 1000]);
    // Also one that does not exist.
    backlog.readTo(9000, NOW);
    expect(rows.readings).toEqual([0, 1000, 2000]);
  });

  it("that are there before something is taken in come before it", () => {
    const rows = new Rows([head(1), head(2)]);
    const backlog = new Backlog(rows.read);
    const added = head(3);
    backlog.add(added, NOW);
    rows.store(added);
    expect(beginAll(backlog)).toEqual([1, 2, 3]);
    expect(rows.readings).toEqual([0]);
  });

  it("that were taken in behind others that are not read yet are read in their turn, once", () => {
    const rows = new Rows(numbered(1, 1500));
    const backlog = new Backlog(rows.read);
    backlog.oldestWaiting(NOW);
    const added = head(1501);
    rows.store(added);
    backlog.add(added, NOW);
    expect(backlog.get(1501)).toBeUndefined();
    expect(beginAll(backlog)).toEqual(Array.from({ length: 1501 }, (_, number) => number + 1));
    expect(backlog.get(1501)).not.toBe(added);
  });
});

describe("what is brought forward", () => {
  it("is due at once, and has the attempt back that it waited after", () => {
    const backlog = backlogOf(...numbered(1, 3, (seq) => NOW + 100 * seq), head(4, NOW + 9, { attempt: 3 }));
    backlog.bringForward(NOW);
    expect(beginAll(backlog)).toEqual([1, 2, 3, 4]);
    expect(backlog.get(3)).toEqual(head(3));
    expect(backlog.get(4)).toEqual(head(4, NOW, { attempt: 2 }));
    expect(backlog.nextDue(NOW)).toBeUndefined();
  });

  it("goes by its age, among what was due before and is left as it is", () => {
    const backlog = backlogOf(head(20, NOW - 5, { attempt: 1 }), head(10, NOW + 100), head(30, NOW + 50));
    backlog.bringForward(NOW);
    expect(backlog.get(20)).toEqual(head(20, NOW - 5, { attempt: 1 }));
    expect(beginAll(backlog)).toEqual([10, 20, 30]);
  });

  it("is nothing that has become due by itself", () => {
    const backlog = backlogOf(head(10, NOW + 100, { attempt: 2 }));
    backlog.bringForward(NOW + 100);
    expect(backlog.get(10)).toEqual(head(10, NOW + 100, { attempt: 2 }));
  });

  it("is also what is at work before its time", () => {
    const early = head(10, NOW + 100, { attempt: 2 });
    const usual = head(11, NOW, { attempt: 2 });
    const backlog = backlogOf(early, usual);
    for (const each of [early, usual]) backlog.begin(each);
    backlog.bringForward(NOW);
    expect([early, usual]).toEqual([head(10, NOW, { attempt: 1 }), head(11, NOW, { attempt: 2 })]);
    expect(backlog.oldestWaiting(NOW)).toBeUndefined();
  });

  it("is of what is not read yet as its rows say", () => {
    const rows = new Rows(numbered(1, 1500, () => NOW + 5000));
    const backlog = new Backlog(rows.read);
    expect(backlog.oldest(NOW, () => true)?.seq).toBe(1);
    for (const each of rows.stored.values()) each.dueAt = NOW;
    backlog.bringForward(NOW);
    expect(beginAll(backlog)).toEqual(Array.from({ length: 1500 }, (_, number) => number + 1));
  });
});

type Step =
  | { what: "accept"; dueIn: number }
  | { what: "begin" }
  | { what: "probe" }
  | { what: "end"; which: number }
  | { what: "retry"; which: number; dueIn: number }
  | { what: "update"; which: number; dueIn: number }
  | { what: "later"; by: number }
  | { what: "bring forward" };

const which = fc.nat();
const dueIn = fc.integer({ min: -100, max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant("accept"), dueIn }),
  { weight: 3, arbitrary: fc.constantFrom({ what: "begin" } as const, { what: "probe" } as const) },
  fc.record({ what: fc.constant("end"), which }),
  fc.record({ what: fc.constant("retry"), which, dueIn }),
  fc.record({ what: fc.constant("update"), which, dueIn }),
  fc.record({ what: fc.constant("later"), by: fc.nat(500) }),
  fc.record({ what: fc.constant("bring forward") }),
);

/** The same by looking through all of it every time. */
class Plain {
  readonly open = new Map<number, { dueAt: number; atWork: boolean }>();

  idle(): [seq: number, dueAt: number][] {
    return [...this.open].flatMap(([seq, { dueAt, atWork }]) => (atWork ? [] : [[seq, dueAt]]));
  }

  oldestWaiting(now: number): number | undefined {
    return least(this.idle().flatMap(([seq, dueAt]) => (dueAt <= now ? [seq] : [])));
  }

  oldest(): number | undefined {
    return least(this.idle().map(([seq]) => seq));
  }

  nextDue(now: number): number | undefined {
    return least(this.idle().flatMap(([, dueAt]) => (dueAt > now ? [dueAt] : [])));
  }
}

const least = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : Math.min(...numbers);

describe("the backlog", () => {
  it("answers as a plain list would: nothing is lost, nothing is there twice, and all by its age", () => {
    fc.assert(
      fc.property(
        // Where reading a thousand at a time takes several readings, and where it ends exactly.
        fc.constantFrom(0, 1, 20, 999, 1000, 1001, 2300),
        fc.array(fc.integer({ min: -100, max: 300 }), { minLength: 1, maxLength: 30 }),
        fc.array(step, { maxLength: 60 }),
        (count, delays, steps) => {
          const stored = numbered(1, count, (seq) => NOW + (delays[seq % delays.length] ?? 0));
          const rows = new Rows(stored);
          const plain = new Plain();
          for (const { seq, dueAt } of stored) plain.open.set(seq, { dueAt, atWork: false });
          const backlog = new Backlog(rows.read);
          let now = NOW;
          let newest = count;

          const begin = (next: Head | undefined) => {
            if (!next) return;
            backlog.begin(next);
            const known = plain.open.get(next.seq);
            if (known) known.atWork = true;
          };
          /** One of those that are at work, or not. */
          const one = (number: number, atWork: boolean): Head | undefined => {
            const seqs = [...plain.open].flatMap(([seq, each]) => (each.atWork === atWork ? [seq] : []));
            const seq = seqs[number % Math.max(1, seqs.length)] ?? 0;
            backlog.readTo(seq, now);
            return backlog.get(seq);
          };

          for (const each of steps) {
            if (each.what === "later") now += each.by;
            else if (each.what === "begin") begin(backlog.oldestWaiting(now));
            else if (each.what === "probe") begin(backlog.oldest(now, () => true));
            else if (each.what === "accept") {
              const added = head(++newest, now + each.dueIn);
              rows.store(added);
              plain.open.set(added.seq, { dueAt: added.dueAt, atWork: false });
              // Before it takes something in it knows what was there.
              if (rows.readings.length > 0) backlog.add(added, now);
            } else if (each.what === "bring forward") {
              for (const row of rows.stored.values()) row.dueAt = Math.min(row.dueAt, now);
              backlog.bringForward(now);
              for (const known of plain.open.values()) if (!known.atWork) known.dueAt = Math.min(known.dueAt, now);
            } else if (each.what === "update") {
              const changed = one(each.which, false);
              if (!changed) continue;
              backlog.update(changed, { dueAt: now + each.dueIn }, now);
              rows.store(changed);
              plain.open.set(changed.seq, { dueAt: now + each.dueIn, atWork: false });
            } else {
              const ended = one(each.which, true);
              if (!ended) continue;
              backlog.remove(ended);
              rows.stored.delete(ended.seq);
              plain.open.delete(ended.seq);
              if (each.what === "end") continue;
              const again = head(ended.seq, now + each.dueIn, { attempt: ended.attempt + 1 });
              rows.store(again);
              backlog.add(again, now);
              plain.open.set(again.seq, { dueAt: again.dueAt, atWork: false });
            }
            expect(backlog.oldestWaiting(now)?.seq).toBe(plain.oldestWaiting(now));
          }

          expect(backlog.nextDue(now)).toBe(plain.nextDue(now));
          expect(backlog.oldest(now, () => true)?.seq).toBe(plain.oldest());
          const expected = plain.idle().map(([seq]) => seq);
          expect(beginAll(backlog, now + 10_000)).toEqual(expected.sort((a, b) => a - b));
          expect(backlog.nextDue(now)).toBeUndefined();
        },
      ),
    );
  });
});
