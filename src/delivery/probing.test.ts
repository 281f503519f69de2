import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterFailure,
  afterSuccess,
  type DisableAfter,
  extraProbe,
  FAILING_AT,
  isHopeless,
  NO_TROUBLE,
  type Trouble,
  warningsBetween,
} from "./probing.ts";

const NOW = Date.UTC(2026, 0, 1);
const DELAYS = [5, 30, 300];
const BEGUN = { delivery: "7.0", probe: false };

/** A failure of an attempt that began just now, after all that has come back before. */
const fails = (before: Trouble, now = NOW, notBefore?: number): Trouble =>
  afterFailure(before, { ...BEGUN, round: before.round, probe: before.probeAt !== null }, DELAYS, now, notBefore);

const afterFailures = (count: number, from = NO_TROUBLE): Trouble =>
  Array.from({ length: count }).reduce<Trouble>((before) => fails(before), from);

describe("failures", () => {
  it("of one round count once, however many they are", () => {
    let trouble = NO_TROUBLE;
    for (let number = 0; number < 10; number++) {
      trouble = afterFailure(trouble, { ...BEGUN, round: 0 }, DELAYS, NOW + number);
    }
    expect(trouble).toEqual({ ...NO_TROUBLE, failures: 1, round: 1, since: NOW, sole: "7.0" });
  });

  it("of the next round count again, and those of an earlier one that come late do not", () => {
    const once = fails(NO_TROUBLE);
    const twice = afterFailure(once, { ...BEGUN, round: 1 }, DELAYS, NOW + 10);
    expect(twice).toEqual({ ...NO_TROUBLE, failures: 2, round: 2, since: NOW, sole: "7.0" });
    expect(afterFailure(twice, { ...BEGUN, round: 0 }, DELAYS, NOW + 20)).toBe(twice);
    expect(afterFailure(twice, { ...BEGUN, round: 1 }, DELAYS, NOW + 20)).toBe(twice);
  });

  it("make it failing with the fifth round, and not before", () => {
    expect(FAILING_AT).toBe(5);
    expect(afterFailures(4)).toMatchObject({ failures: 4, probes: 0, probeAt: null });
    const expected = { failures: 5, round: 5, since: NOW, probeAt: NOW + 5000, sole: "7.0" };
    expect(afterFailures(5)).toEqual({ ...NO_TROUBLE, ...expected });
  });

  it("of the fifth round's companions put the probe off no further", () => {
    const failing = afterFailures(5);
    expect(afterFailure(failing, { ...BEGUN, round: 4 }, DELAYS, NOW + 4000)).toBe(failing);
  });
});

describe("the delivery that all failures are of", () => {
  const failuresOf = (...deliveries: string[]) =>
    deliveries.reduce(
      (before, delivery) => afterFailure(before, { ...BEGUN, delivery, round: before.round }, DELAYS, NOW),
      NO_TROUBLE,
    );

  it("is known as long as there is but one", () => {
    expect(failuresOf("1.0").sole).toBe("1.0");
    expect(failuresOf("1.0", "1.0", "1.0").sole).toBe("1.0");
    expect(failuresOf("1.0", "1.1").sole).toBeNull();
    expect(failuresOf("1.0", "1.1", "1.1").sole).toBeNull();
    expect(afterSuccess(failuresOf("1.0")).sole).toBeNull();
  });
});

describe("probes", () => {
  it("follow the delays in order, and the last one again and again", () => {
    let trouble = afterFailures(5);
    const waits: number[] = [];
    for (let number = 0; number < 5; number++) {
      const at = trouble.probeAt ?? 0;
      // Each takes a second to fail, from which on the next delay runs.
      trouble = fails(trouble, at + 1000);
      waits.push((trouble.probeAt ?? 0) - at - 1000);
    }
    expect(waits).toEqual([30_000, 300_000, 300_000, 300_000, 300_000]);
    expect(trouble).toMatchObject({ failures: 10, probes: 5, since: NOW });
  });

  it("do not go out before the receiver wants them to", () => {
    const four = afterFailures(4);
    expect(fails(four, NOW, NOW + 60_000).probeAt).toBe(NOW + 60_000);
    expect(fails(four, NOW, NOW + 4999).probeAt).toBe(NOW + 5000);
    // While it is not failing, nothing is set.
    expect(fails(NO_TROUBLE, NOW, NOW + 60_000).probeAt).toBeNull();
  });

  it("that go out as well change nothing by failing: the next one goes when it was to, or now where that is past", () => {
    const failing = afterFailures(6);
    const probeAt = failing.probeAt ?? 0;
    const extra = extraProbe(extraProbe(failing, NOW + 1000), NOW + 2000);
    expect(extra).toEqual({ ...failing, probeAt: NOW + 2000, scheduledFor: probeAt });
    const failed = (now: number) => afterFailure(extra, { ...BEGUN, round: 6, probe: true, extra: true }, DELAYS, now);
    expect(failed(NOW + 3000)).toEqual({ ...failing, round: 7 });
    expect(failed(probeAt + 1000)).toEqual({ ...failing, round: 7, probeAt: probeAt + 1000 });
    expect(afterSuccess(extra)).toEqual({ ...NO_TROUBLE, round: 7 });
  });

  it("go out at once where there are no delays", () => {
    expect(afterFailure(afterFailures(4), { ...BEGUN, round: 4 }, [], NOW).probeAt).toBe(NOW);
  });
});

describe("one success", () => {
  it("ends everything, and the round", () => {
    expect(afterSuccess(afterFailures(7))).toEqual({ ...NO_TROUBLE, round: 8 });
    expect(afterSuccess(fails(NO_TROUBLE))).toEqual({ ...NO_TROUBLE, round: 2 });
  });

  it("leaves the order that what has waited goes out in", () => {
    const ordered: Trouble = { ...NO_TROUBLE, orderedTo: 7 };
    expect(fails(ordered).orderedTo).toBe(7);
    expect(afterSuccess(fails(ordered)).orderedTo).toBe(7);
  });

  it("makes its companions that fail after it count no more", () => {
    const well = afterSuccess(fails(NO_TROUBLE));
    expect(afterFailure(well, { ...BEGUN, round: 1 }, DELAYS, NOW)).toBe(well);
    expect(afterFailure(well, { ...BEGUN, round: 2 }, DELAYS, NOW).failures).toBe(1);
  });

  it("changes nothing where nothing has failed", () => {
    const well: Trouble = { ...NO_TROUBLE, round: 3 };
    expect(afterSuccess(well)).toBe(well);
  });

  it("makes the count begin again", () => {
    expect(afterFailures(4, afterSuccess(afterFailures(4)))).toMatchObject({ failures: 4, probeAt: null });
    expect(afterFailures(5, afterSuccess(afterFailures(12)))).toMatchObject({
      failures: 5,
      probes: 0,
      probeAt: NOW + 5000,
    });
  });
});

describe("an endpoint is hopeless", () => {
  const DAY_MS = 24 * 3600 * 1000;
  const after: DisableAfter = { failures: 10, seconds: 5 * 24 * 3600 };
  const trouble = (probes: number): Trouble => ({
    ...NO_TROUBLE,
    failures: 5 + probes,
    round: 20,
    probes,
    since: NOW,
    probeAt: NOW,
  });

  it("when probes have failed often enough and for long enough, both", () => {
    const then = NOW + 5 * DAY_MS;
    expect(isHopeless(trouble(10), after, null, then)).toBe(true);
    expect(isHopeless(trouble(9), after, null, then)).toBe(false);
    expect(isHopeless(trouble(10), after, null, then - 1)).toBe(false);
    expect(isHopeless(trouble(9), after, null, then + 300 * DAY_MS)).toBe(false);
    expect(isHopeless(trouble(5000), after, null, then - 1)).toBe(false);
  });

  it("reckoned from the last success, and only without one from the first failure", () => {
    const success = NOW - 2 * DAY_MS;
    expect(isHopeless(trouble(10), after, success, NOW + 3 * DAY_MS)).toBe(true);
    expect(isHopeless(trouble(10), after, success, NOW + 3 * DAY_MS - 1)).toBe(false);
    expect(isHopeless({ ...trouble(10), since: null }, after, null, NOW + 300 * DAY_MS)).toBe(false);
  });

  it("never, where it is never to be disabled", () => {
    expect(isHopeless(trouble(100_000), null, null, NOW + 10_000 * DAY_MS)).toBe(false);
  });

  it("at the tenth failed probe where time does not matter, the fifteenth failure in a row", () => {
    let each = NO_TROUBLE;
    const hopeless: number[] = [];
    for (let failure = 1; failure <= 16; failure++) {
      each = fails(each, NOW);
      if (isHopeless(each, { failures: 10, seconds: 0 }, NOW, NOW)) hopeless.push(failure);
    }
    expect(hopeless).toEqual([15, 16]);
  });
});

describe("its people are warned", () => {
  it("at half and at seven tenths of the probes that it may have", () => {
    const each = Array.from({ length: 10 }, (_, before) => warningsBetween(before, before + 1, 10));
    expect(each).toEqual([[], [], [], [], [50], [], [70], [], [], []]);
  });

  it.each([
    // Seven tenths of three are 2.1, of which three are the first whole number.
    { most: 3, at: [[], [50], [70]] },
    { most: 2, at: [[50], [70]] },
    { most: 1, at: [[50, 70]] },
    { most: 4, at: [[], [50], [70], []] },
  ])("of $most probes, at the next whole one", ({ most, at }) => {
    expect(at.map((_, before) => warningsBetween(before, before + 1, most))).toEqual(at);
  });

  it("not without a failed probe, nor when the count goes back", () => {
    expect(warningsBetween(6, 6, 10)).toEqual([]);
    expect(warningsBetween(9, 0, 10)).toEqual([]);
    expect(warningsBetween(0, 0, 1)).toEqual([]);
  });

  it("once of each, however the probes are counted up", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.integer({ min: 0, max: 20 })), (most, steps) => {
        const told: number[] = [];
        let probes = 0;
        for (const step of steps) {
          told.push(...warningsBetween(probes, probes + step, most));
          probes += step;
        }
        const due = [50, 70].filter((percent) => probes * 100 >= most * percent);
        expect(told).toEqual(probes === 0 ? [] : due);
      }),
    );
  });
});

describe("whatever comes in whatever order", () => {
  const attempts = fc.array(fc.record({ delivered: fc.boolean(), lag: fc.integer({ min: 0, max: 2 }) }));

  it("a failure is counted only if it began after the last that was, and probes never outnumber failures", () => {
    fc.assert(
      fc.property(attempts, (all) => {
        let trouble = NO_TROUBLE;
        let failures = 0;
        for (const { delivered, lag } of all) {
          const round = Math.max(0, trouble.round - lag);
          if (delivered) {
            trouble = afterSuccess(trouble);
            failures = 0;
          } else {
            if (round === trouble.round) failures++;
            trouble = afterFailure(trouble, { ...BEGUN, round, probe: trouble.probeAt !== null }, DELAYS, NOW);
          }
          expect(trouble.failures).toBe(failures);
          expect(trouble.probeAt !== null).toBe(failures >= 5);
          expect(trouble.probes).toBe(Math.max(0, failures - 5));
          expect(trouble.since).toBe(failures === 0 ? null : NOW);
        }
      }),
    );
  });
});
