/**
 * Consecutive failures of an endpoint, counted in rounds: attempts that were in flight together and failed together are
 * one failure, however many they were. Each release bears the round it was made in; the first failure to come back from
 * a round counts and ends the round, so its companions count no more.
 */
export type Streak = { readonly failures: number; readonly round: number };

export const NO_STREAK: Streak = { failures: 0, round: 0 };

/** An endpoint with this many consecutive failures is disabled. */
export const DISABLE_AT = 10;

/** Its people are warned when it is so much of the way there, in percent: at 5 and at 7 consecutive failures. */
export const WARN_AT_PERCENT = [50, 70] as const;
export type WarnedPercent = (typeof WARN_AT_PERCENT)[number];

/** The warnings that are due when a streak of `before` failures has become one of `after`. */
export function warningsBetween(before: number, after: number): WarnedPercent[] {
  return WARN_AT_PERCENT.filter((percent) => {
    const failures = (DISABLE_AT * percent) / 100;
    return before < failures && failures <= after;
  });
}

/** @param releasedIn the round in which the failed attempt's parcel was released */
export function afterFailure(streak: Streak, releasedIn: number): Streak {
  return releasedIn < streak.round ? streak : { failures: streak.failures + 1, round: streak.round + 1 };
}

export function afterSuccess(streak: Streak): Streak {
  return streak.failures === 0 ? streak : { ...streak, failures: 0 };
}
