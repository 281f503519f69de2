import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterFailure, afterSuccess, NO_STREAK, type Streak, warningsBetween } from "./streak.ts";

describe("the streak", () => {
  it("counts failures that follow one another", () => {
    let streak = NO_STREAK;
    for (let failure = 0; failure < 10; failure++) streak = afterFailure(streak, streak.round);
    expect(streak.failures).toBe(10);
  });

  it("counts a burst that was in flight together once, however large", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (burst) => {
        const releasedIn = NO_STREAK.round;
        let streak = NO_STREAK;
        for (let failure = 0; failure < burst; failure++) streak = afterFailure(streak, releasedIn);
        expect(streak.failures).toBe(1);
      }),
    );
  });

  it("equals the number of rounds with a failure since the last success", () => {
    // Each round releases up to five parcels together; their results come back before the next round begins.
    const rounds = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(rounds, (results) => {
        let streak: Streak = NO_STREAK;
        let expected = 0;
        for (const round of results) {
          const releasedIn = streak.round;
          for (const ok of round) streak = ok ? afterSuccess(streak) : afterFailure(streak, releasedIn);
          const lastSuccess = round.lastIndexOf(true);
          const counted = round.indexOf(false);
          if (lastSuccess === -1) expected += 1;
          else expected = counted > lastSuccess ? 1 : 0;
          expect(streak.failures).toBe(expected);
        }
      }),
    );
  });

  it("is ended by any success", () => {
    const nine = { failures: 9, round: 9 };
    expect(afterSuccess(nine).failures).toBe(0);
    expect(afterFailure(afterSuccess(nine), 9).failures).toBe(1);
  });
});

describe("the warnings", () => {
  it.each([
    [0, 4, []],
    [4, 5, [50]],
    [5, 6, []],
    [6, 7, [70]],
    [7, 9, []],
    [9, 10, []],
    [4, 7, [50, 70]],
    [0, 10, [50, 70]],
    [7, 0, []],
    [5, 5, []],
  ])("from %i failures to %i: %j", (before, after, expected) => {
    expect(warningsBetween(before, after)).toEqual(expected);
  });

  it("come once each on the way to being disabled, whatever the steps", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 9 })), (stops) => {
        const way = [0, ...stops.sort((a, b) => a - b), 10];
        const told = way.slice(1).flatMap((after, step) => warningsBetween(way[step] ?? 0, after));
        expect(told).toEqual([50, 70]);
      }),
    );
  });
});
