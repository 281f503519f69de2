import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "../../test/support/random.ts";
import {
  afterAttempt,
  carefully,
  INITIAL_WIDTH,
  type Limit,
  MAX_WIDTH,
  newLimit,
  OBJECTS,
  type Sample,
  window,
} from "./limit.ts";

const NOW = Date.UTC(2026, 0, 1);

/** One that has left the doubling behind, at a width that is easy to reckon with. */
const settled = (change: Partial<Limit> = {}): Limit => ({
  ...newLimit(),
  width: 100,
  slowStart: false,
  samples: 3,
  latencyMs: 100,
  bestMs: 100,
  lastMs: 100,
  sampledAt: NOW,
  ...change,
});

/** One whose requests have all taken so long of late. */
const steady = (latencyMs: number, change: Partial<Limit> = {}): Limit =>
  settled({ latencyMs, lastMs: latencyMs, ...change });

const delivered = (durationMs: number, underWay: number): Sample => ({
  at: NOW - durationMs,
  durationMs,
  how: "delivered",
  underWay,
});
const failed = (underWay = 100): Sample => ({ ...delivered(1, underWay), how: "failed" });
const unreached = (at: number): Sample => ({ at, durationMs: 1, how: "unreached", underWay: 100 });

const learned = (limit: Limit, samples: readonly Sample[], now = NOW): Limit =>
  samples.reduce((before, sample) => afterAttempt(before, sample, now), limit);

/** A round with the window in use from its beginning to its end: what comes back is followed by the next at once. */
function round(before: Limit, latencyMs: number, began: number, most = MAX_WIDTH): Limit {
  const underWay = window(before, most);
  const sample: Sample = { at: began, durationMs: latencyMs, how: "delivered", underWay };
  return learned(
    before,
    Array.from({ length: underWay }, () => sample),
    began + latencyMs,
  );
}

/** Widths after so many rounds with a receiver that always takes as long. */
function rounds(from: Limit, count: number, latencyMs: number, most?: number): number[] {
  const widths: number[] = [];
  let limit = from;
  for (let number = 0; number < count; number++) {
    limit = round(limit, latencyMs, NOW + number * latencyMs, most);
    widths.push(limit.width);
  }
  return widths;
}

describe("the width", () => {
  it("begins at ten, and doubles every round while the latency is flat and the window is used", () => {
    expect(window(newLimit(), MAX_WIDTH)).toBe(10);
    expect(rounds(newLimit(), 7, 50)).toEqual([20, 40, 80, 160, 320, 640, 1000]);
  });

  // Ten doubled three times is 80, and four times 160, however long a round takes.
  it.each([200, 1000, 4000])(
    "is wide enough for 60 after three rounds of %d ms, and for 100 after four",
    (latencyMs) => {
      const [, second, third, fourth] = rounds(newLimit(), 4, latencyMs);
      expect(second).toBe(40);
      expect(third).toBe(80);
      expect(fourth).toBe(160);
    },
  );

  // A rate takes a width of rate times latency: of 10, 20, 40 and so on the first that is no less.
  it.each([
    { perSecond: 60, latencyMs: 200, needs: 12, after: 1, width: 20 },
    { perSecond: 100, latencyMs: 200, needs: 20, after: 1, width: 20 },
    { perSecond: 60, latencyMs: 1000, needs: 60, after: 3, width: 80 },
    { perSecond: 100, latencyMs: 1000, needs: 100, after: 4, width: 160 },
    { perSecond: 60, latencyMs: 4000, needs: 240, after: 5, width: 320 },
    { perSecond: 100, latencyMs: 4000, needs: 400, after: 6, width: 640 },
  ])("carries $perSecond a second of $latencyMs ms each after $after rounds", ({ latencyMs, needs, after, width }) => {
    const widths = rounds(newLimit(), after, latencyMs);
    expect(widths.at(-1)).toBe(width);
    expect(widths.filter((each) => each >= needs)).toEqual([width]);
  });

  it("never goes beyond what one object can hold", () => {
    expect(rounds(newLimit(), 9, 50).slice(-2)).toEqual([MAX_WIDTH, MAX_WIDTH]);
    // Grown by the gradient: 999.5 and four fifths of a request.
    expect(afterAttempt(settled({ width: 999.5 }), delivered(100, 999), NOW).width).toBe(MAX_WIDTH);
  });

  it("does not grow where less than half of it is in use", () => {
    expect(afterAttempt(newLimit(), delivered(50, 4), NOW).width).toBe(10);
    expect(afterAttempt(newLimit(), delivered(50, 5), NOW).width).toBe(11);
    expect(afterAttempt(settled(), delivered(100, 49), NOW).width).toBe(100);
    expect(afterAttempt(settled(), delivered(100, 50), NOW).width).toBeCloseTo(100.8, 9);
  });

  it("stays near what the webhook allows, as more than that is never in use", () => {
    // With five under way a window of eleven is not used by half.
    expect(rounds(newLimit(), 20, 50, 5).at(-1)).toBe(11);
  });

  it("does not shrink for what was not in use, and learns its latency", () => {
    const limit = afterAttempt(settled(), delivered(200, 49), NOW);
    expect(limit).toMatchObject({ width: 100, bestMs: 100 });
    // 100 * 2 ** 0.1.
    expect(limit.latencyMs).toBeCloseTo(107.177, 3);
  });
});

describe("latency", () => {
  it("narrows the width by its gradient beyond 1.2 times the best", () => {
    // 120 / 200 = 0.6: 100 * 0.8 + (60 + 4) * 0.2.
    expect(afterAttempt(steady(200), delivered(200, 100), NOW).width).toBeCloseTo(92.8, 9);
    // A gradient is never below a half: 80 + (50 + 4) * 0.2.
    expect(afterAttempt(steady(480), delivered(480, 100), NOW).width).toBeCloseTo(90.8, 9);
  });

  it("of up to 1.2 times the best lets it grow, by four fifths of a request", () => {
    expect(afterAttempt(steady(120), delivered(120, 100), NOW).width).toBeCloseTo(100.8, 9);
  });

  it("that scatters may be further from the best, up to three times", () => {
    // 0.9 of the scatter is left, of which the mean has a nineteenth: 1.2 * e ** (4 * 0.21764) = 2.87.
    expect(afterAttempt(steady(286, { scatter: 1 }), delivered(286, 100), NOW).width).toBeCloseTo(100.8, 9);
    expect(afterAttempt(steady(287, { scatter: 1 }), delivered(287, 100), NOW).width).toBeLessThan(100.8);
    // 300 / 400 = 0.75: 80 + (75 + 4) * 0.2.
    expect(afterAttempt(steady(400, { scatter: 100 }), delivered(400, 100), NOW).width).toBeCloseTo(95.8, 9);
  });

  it("scatters by how much one differs from the one before, and not by how much it rises over many", () => {
    // The logarithm differs by 1, half of its square is 0.5, and a tenth of that counts.
    expect(afterAttempt(settled(), delivered(100 * Math.E, 100), NOW).scatter).toBeCloseTo(0.05, 9);
    const rising = Array.from({ length: 50 }, (_, n) => delivered(100 * 1.02 ** n, 100));
    expect(learned(settled(), rising).scatter).toBeLessThan(0.001);
  });

  it("that rises ends the doubling for good", () => {
    const risen = afterAttempt(steady(200, { width: 40, slowStart: true }), delivered(200, 40), NOW);
    // 40 * 0.8 + (40 * 0.6 + 4) * 0.2.
    expect(risen.width).toBeCloseTo(37.6, 9);
    expect(risen.slowStart).toBe(false);
    const flat = { ...risen, latencyMs: 100, lastMs: 100 };
    expect(afterAttempt(flat, delivered(100, 40), NOW).width).toBeCloseTo(38.4, 9);
  });

  it("of a few milliseconds says nothing of a receiver, and something of an object", () => {
    // Six times the best, and 1.2 times five is as much.
    const limit = steady(6, { bestMs: 1 });
    expect(afterAttempt(limit, delivered(6, 100), NOW).width).toBeCloseTo(100.8, 9);
    // A gradient of a half, and a twentieth of a request may wait: 80 + 50.05 * 0.2.
    expect(afterAttempt(limit, delivered(6, 100), NOW, OBJECTS).width).toBeCloseTo(90.01, 9);
    expect(afterAttempt(settled(), delivered(100, 100), NOW, OBJECTS).width).toBeCloseTo(100.8, 9);
  });

  it("narrows the calls of objects to eight and no further: some are merely cold", () => {
    let limit = settled({ latencyMs: 40, lastMs: 40, bestMs: 2 });
    for (let number = 0; number < 500; number++) limit = afterAttempt(limit, delivered(40, 100), NOW, OBJECTS);
    expect(limit.width).toBe(8);
  });

  it("shrinks the width for as long as it is high, and then it grows back", () => {
    let limit = settled();
    const widths = [limit.width];
    for (let number = 0; number < 40; number++) {
      limit = afterAttempt(limit, delivered(1000, window(limit, MAX_WIDTH)), NOW);
      widths.push(limit.width);
    }
    // A few have to say so before it is believed.
    for (const [number, width] of widths.slice(11).entries()) expect(width).toBeLessThan(widths[number + 10] ?? 0);
    const low = limit.width;
    for (let number = 0; number < 300; number++) {
      limit = afterAttempt(limit, delivered(100, window(limit, MAX_WIDTH)), NOW);
    }
    expect(low).toBeLessThan(30);
    expect(limit.width).toBeGreaterThan(100);
  });

  it("is compared with a best that ages by a twentieth a second, and that a better one replaces", () => {
    // 100 two seconds ago counts as 110.
    expect(afterAttempt(steady(200), delivered(200, 100), NOW + 2000).bestMs).toBeCloseTo(110, 9);
    // Of requests that take a second, five seconds count as one.
    expect(afterAttempt(steady(1000), delivered(1000, 100), NOW + 5000).bestMs).toBeCloseTo(105, 9);
    // 100 * 0.1 ** 0.1 is better than 110.
    expect(afterAttempt(settled(), delivered(10, 100), NOW + 2000).bestMs).toBeCloseTo(79.433, 3);
    // A clock that goes back does not make it better.
    expect(afterAttempt(steady(200), delivered(200, 100), NOW - 2000).bestMs).toBe(100);
  });

  it("has the mean of the first three as its first best, and not the luckiest of them", () => {
    const three = learned(
      newLimit(),
      [50, 200, 100].map((ms) => delivered(ms, 1)),
    );
    expect(three.latencyMs).toBeCloseTo(100, 9);
    expect(three.bestMs).toBeCloseTo(100, 9);
  });

  it("that stays as it is while the width is narrowed is the receiver's own, and the best was luck", () => {
    let limit = steady(300);
    const at = NOW + 1000;
    // 300 ms beside a best of 100 narrow by a tenth each, to 0.59 after five; those that began before say nothing yet.
    limit = learned(limit, Array(10).fill(delivered(300, 100)));
    expect(limit.bestMs).toBe(100);
    const later: Sample = { ...delivered(300, 100), at };
    limit = learned(limit, [later, later, later, later], at + 300);
    expect(limit.bestMs).toBeLessThan(110);
    limit = afterAttempt(limit, later, at + 300);
    // All take as long as one another: 1.2 times the best are tolerated.
    expect(limit.bestMs).toBeCloseTo(250, 0);
  });

  it("that falls with the width is a queue, and the best stays", () => {
    let limit = steady(300);
    const at = NOW + 1000;
    limit = learned(limit, Array(10).fill(delivered(300, 100)));
    const later: Sample = { ...delivered(200, 100), at };
    limit = learned(limit, Array(6).fill(later), at + 200);
    expect(limit.bestMs).toBeLessThan(110);
    expect(limit.width).toBeLessThan(40);
  });

  it("too short to be measured does not stay the best for ever", () => {
    expect(afterAttempt(newLimit(), delivered(0, 10), NOW)).toMatchObject({ latencyMs: 0.5, bestMs: 0.5 });
    // From five milliseconds, which is what it was good for: by a twentieth for the second since.
    const limit = steady(100, { bestMs: 0.5 });
    expect(afterAttempt(limit, delivered(100, 10), NOW + 1000).bestMs).toBeCloseTo(5.25, 9);
  });

  it("of failures is not looked at: a receiver may fail at once, or after long", () => {
    const limit = settled();
    const { failing: _, ...rest } = limit;
    expect(afterAttempt(limit, { ...failed(), durationMs: 60_000 }, NOW)).toMatchObject(rest);
  });
});

describe("failures that come at random", () => {
  it("of a third leave nine tenths and more of the window, and not all of it", () => {
    let limit = settled();
    const windows: number[] = [];
    for (let number = 0; number < 300; number++) {
      const sample = number % 3 === 0 ? failed() : { ...delivered(100, 100), underWay: 1 };
      limit = afterAttempt(limit, sample, NOW);
      windows.push(window(limit, MAX_WIDTH));
    }
    expect(limit.width).toBe(100);
    // Each third sample brings the share to 0.2 / (1 - 0.8 ** 3) = 0.41, and the two after it back to 0.262.
    expect(windows.slice(-3)).toEqual([91, 93, 94]);
    expect(Math.min(...windows)).toBeGreaterThanOrEqual(90);
  });

  it("do not keep it from doubling", () => {
    const third = (number: number): Sample => (number % 3 === 0 ? failed(10) : delivered(50, 10));
    const limit = learned(
      newLimit(),
      Array.from({ length: 15 }, (_, number) => third(number)),
    );
    // Ten of the fifteen were delivered.
    expect(limit).toMatchObject({ width: 20, slowStart: true });
  });

  it("of any number leave four fifths, however many come one after another", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (fails) => {
        const limit = learned(
          settled(),
          fails.map((fail) => (fail ? failed() : delivered(100, 1))),
        );
        expect(window(limit, MAX_WIDTH)).toBeGreaterThanOrEqual(80);
        expect(limit.width).toBe(100);
      }),
    );
  });

  it("are forgotten as others succeed", () => {
    // The share is one fifth, and each success leaves four fifths of it.
    const once = afterAttempt(settled(), failed(), NOW);
    expect(once.failing).toBeCloseTo(0.2, 9);
    expect(window(once, MAX_WIDTH)).toBe(96);
    const later = learned(once, [delivered(100, 1), delivered(100, 1)]);
    expect(later.failing).toBeCloseTo(0.128, 9);
    expect(window(later, MAX_WIDTH)).toBe(97);
  });
});

describe("failures that say that nobody is there", () => {
  it("halve the width once for all that were under way", () => {
    let limit = settled();
    for (let number = 0; number < 100; number++) limit = afterAttempt(limit, unreached(NOW - 50 + (number % 50)), NOW);
    expect(limit).toMatchObject({ width: 50, slowStart: false, cutAt: NOW });
    // What began after the cut is of another round.
    for (let number = 0; number < 50; number++) limit = afterAttempt(limit, unreached(NOW + 1), NOW + 50);
    expect(limit).toMatchObject({ width: 25, cutAt: NOW + 50 });
  });

  it("halve it once, too, where all of them failed in the millisecond in which they began", () => {
    const limit = learned(
      newLimit(),
      Array.from({ length: 10 }, () => unreached(NOW)),
    );
    expect(limit.width).toBe(5);
  });

  it("leave one", () => {
    let limit = newLimit();
    for (let number = 0; number < 20; number++) {
      limit = afterAttempt(limit, unreached(NOW + number * 100), NOW + number * 100 + 50);
    }
    expect(limit.width).toBe(1);
    expect(window(limit, MAX_WIDTH)).toBe(1);
  });

  it("count towards the share that fails, each of them", () => {
    // 0.2, and then 0.2 + 0.8 * 0.2.
    expect(learned(settled(), [unreached(NOW - 2), unreached(NOW - 1)]).failing).toBeCloseTo(0.36, 9);
  });
});

describe("after an outage", () => {
  it("it begins at one, and doubles from there", () => {
    const careful = carefully(settled({ width: 400, failing: 0.9 }));
    expect(careful).toMatchObject({ width: 1, slowStart: true, failing: 0, latencyMs: 100, bestMs: 100 });
    expect(window(careful, MAX_WIDTH)).toBe(1);
    expect(rounds(careful, 7, 100)).toEqual([2, 4, 8, 16, 32, 64, 128]);
  });
});

const DAY_MS = 24 * 3600 * 1000;
const samples = fc.array(
  fc.record({
    // Also out of order: what began first may come back last, and clocks go back.
    now: fc.integer({ min: 0, max: NOW }),
    durationMs: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: DAY_MS })),
    how: fc.constantFrom("delivered", "failed", "unreached"),
    underWay: fc.integer({ min: 1, max: 2 * MAX_WIDTH }),
  }),
  { maxLength: 300 },
);

describe("whatever happens", () => {
  it("the width stays a number from one to the most, and the window between one and what is allowed", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 2 * MAX_WIDTH }), (all, most) => {
        let limit = newLimit();
        for (const { now, ...sample } of all) {
          limit = afterAttempt(limit, { ...sample, at: now - sample.durationMs }, now);
          expect(limit.width).toBeGreaterThanOrEqual(1);
          expect(limit.width).toBeLessThanOrEqual(MAX_WIDTH);
          expect(limit.failing).toBeGreaterThanOrEqual(0);
          expect(limit.failing).toBeLessThanOrEqual(1);
          for (const each of [limit.latencyMs, limit.bestMs]) expect(Number.isFinite(each ?? 0)).toBe(true);
          expect(window(limit, most)).toBeGreaterThanOrEqual(1);
          expect(window(limit, most)).toBeLessThanOrEqual(most);
          expect(Number.isInteger(window(limit, most))).toBe(true);
        }
      }),
    );
  });

  it("it recovers: any past is behind it after enough rounds of a receiver that is well", () => {
    fc.assert(
      fc.property(samples, (all) => {
        let limit = newLimit();
        for (const { now, ...sample } of all) limit = afterAttempt(limit, { ...sample, at: now - 1 }, now);
        // A second each: 1.05 ** 58 takes the least best that counts, five milliseconds, to five sixths of a hundred.
        for (let number = 0; number < 100; number++) limit = round(limit, 100, NOW + number * 1000);
        expect(limit.width).toBeGreaterThan(INITIAL_WIDTH);
      }),
    );
  });
});

const PATIENCE_MS = 10_000;

/**
 * A receiver with so many places, in which a request takes `p50` ms in the middle and lognormally more or less, and as much
 * to send as fits the window. What is given up after ten seconds keeps its place there.
 * @returns requests that were answered in the second half, as a share of what the places could do then; and those
 *   that were given up, as a share of all
 */
function run(p50: number, deviation: number, places: number, seed: number, seconds = 60, most = 100) {
  const draw = seeded(seed);
  const open: { at: number; ends: number; how: Sample["how"] }[] = [];
  let [limit, now, all, late, answered] = [newLimit(), NOW, 0, 0, 0];
  let free = Array<number>(places).fill(NOW);
  while (now < NOW + seconds * 1000) {
    while (open.length < window(limit, most)) {
      const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
      const [from = now, ...others] = free;
      const until = Math.max(now, from) + p50 * Math.exp(deviation * normal);
      free = [...others, until].sort((a, b) => a - b);
      const inTime = until <= now + PATIENCE_MS;
      open.push({ at: now, ends: inTime ? until : now + PATIENCE_MS, how: inTime ? "delivered" : "unreached" });
    }
    open.sort((a, b) => b.ends - a.ends);
    const next = open.pop();
    if (!next) break;
    now = next.ends;
    all++;
    if (next.how === "unreached") late++;
    else if (now > NOW + seconds * 500) answered++;
    const sample = { at: next.at, durationMs: Math.round(now - next.at), how: next.how, underWay: open.length + 1 };
    limit = afterAttempt(limit, sample, now);
  }
  const each = p50 * Math.exp(deviation ** 2 / 2);
  return { kept: answered / (seconds / 2) / ((Math.min(places, most) * 1000) / each), late: late / all };
}

/** Over five runs. */
function median(of: (seed: number) => number): number {
  const all = Array.from({ length: 5 }, (_, seed) => of(seed + 1)).sort((a, b) => a - b);
  return all[2] ?? 0;
}

/**
 * A receiver that takes as much as it is given, with so many events a second to send.
 * @returns events that wait after 20 seconds, in seconds of the rate
 */
function backlog(p50: number, deviation: number, rate: number, seed: number): number {
  const draw = seeded(seed);
  const open: { at: number; ends: number }[] = [];
  let [limit, now, begun] = [newLimit(), NOW, 0];
  while (now < NOW + 20_000) {
    const comes = NOW + (begun * 1000) / rate;
    const [first] = open;
    if (open.length < window(limit, 100) && comes <= Math.max(now, first?.ends ?? Number.POSITIVE_INFINITY)) {
      now = Math.max(now, comes);
      begun++;
      const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
      open.push({ at: now, ends: now + p50 * Math.exp(deviation * normal) });
      open.sort((a, b) => a.ends - b.ends);
      continue;
    }
    if (!first) break;
    now = first.ends;
    open.shift();
    const durationMs = Math.round(now - first.at);
    limit = afterAttempt(limit, { at: first.at, durationMs, how: "delivered", underWay: open.length + 1 }, now);
  }
  return 20 - begun / rate;
}

describe("a receiver", () => {
  it.each([
    [200, 0.6, 300],
    [200, 0.8, 300],
    [100, 1, 300],
  ])("of %d ms that scatter by %d keeps up with %d events a second, however lucky its first answers were", (...of) => {
    const all = Array.from({ length: 40 }, (_, seed) => backlog(...of, seed + 1));
    expect(Math.max(...all)).toBeLessThan(2);
  });

  // Where 99 in 100 take less than four times as long as half of them, the deviation is 0.6; where less than ten times, 1.
  it.each([
    [50, 0.6],
    [200, 0.3],
    [200, 0.6],
    [200, 1],
    [1000, 0.6],
  ])("of %d ms that scatter by %d and that can take all of it gets all of it", (p50, deviation) => {
    expect(median((seed) => run(p50, deviation, 100, seed).kept)).toBeGreaterThan(0.8);
  });

  it.each([
    [7, 0.3, 5],
    [50, 0.6, 5],
    [200, 0.6, 20],
    [200, 0.1, 20],
  ])("of %d ms that scatter by %d with %d places has them in use", (p50, deviation, places) => {
    expect(median((seed) => run(p50, deviation, places, seed).kept)).toBeGreaterThan(0.75);
  });

  it.each([
    [500, 0.3, 1],
    [1000, 0, 1],
    [1000, 0.3, 1],
    [2000, 0.3, 2],
    [4000, 0.1, 5],
  ])("of %d ms that scatter by %d with %d places answers most of it in time", (p50, deviation, places) => {
    expect(median((seed) => run(p50, deviation, places, seed, 300).late)).toBeLessThan(0.15);
  });
});
