/** Stretches of time that figures are told of, in steps that begin where the clock does, in UTC. */

export const PERIODS = ["24h", "7d", "30d"] as const;
export type PeriodName = (typeof PERIODS)[number];

/** `count` steps of `stepMs` from `since` (milliseconds since 1970) on. */
export type Period = { since: number; stepMs: number; count: number };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Multiples of each divide the day, and days in UTC begin at multiples of 24 hours since 1970. */
const STEPS: Record<PeriodName, Omit<Period, "since">> = {
  "24h": { stepMs: 30 * MINUTE_MS, count: 48 },
  "7d": { stepMs: 6 * HOUR_MS, count: 28 },
  "30d": { stepMs: 24 * HOUR_MS, count: 30 },
};

/** The period that ends with the step that `now` (milliseconds since 1970) is in. */
export function periodOf(name: PeriodName, now: number): Period {
  const { stepMs, count } = STEPS[name];
  return { since: Math.floor(now / stepMs) * stepMs - (count - 1) * stepMs, stepMs, count };
}
