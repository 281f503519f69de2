import type { PeriodFigures } from "./contract.ts";
import { successRate, Tally } from "./figures.ts";
import { type Bound, scanHistory } from "./history-scan.ts";
import type { Period } from "./period.ts";
import type { RecentLog } from "./recent-log.ts";
import type { Store } from "./store.ts";

/** Figures over an endpoint's past, made when somebody asks: keeping them up to date would bill a row each. */

const DAY_MS = 24 * 3600 * 1000;
/** A row holds up to 100 deliveries. */
export const THOROUGH: Bound = { rows: 5000, length: 8_000_000 };
/** For many endpoints at once. */
export const CURSORY: Bound = { rows: 1000, length: 2_000_000 };

export type Recent = {
  successRate: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  lastFailureAt: number | null;
};

/** @param pause lets other calls have their turn */
export async function figuresOver(
  store: Store,
  recent: RecentLog,
  period: Period,
  bound: Bound,
  pause: () => Promise<void>,
): Promise<PeriodFigures> {
  const tally = new Tally(period);
  const completeSince = await scanHistory(store, recent, period.since, bound, pause, (row) => tally.add(row));
  const within = completeSince !== null && completeSince > period.since;
  return {
    steps: tally.steps(),
    total: tally.total(),
    lastFailureAt: tally.lastFailureAt,
    completeSince: within ? completeSince : null,
  };
}

/** Over the 24 hours before `now` (milliseconds since 1970). */
export async function recentHealth(
  store: Store,
  recent: RecentLog,
  now: number,
  pause: () => Promise<void>,
): Promise<Recent> {
  // An attempt may have begun within this millisecond.
  const day = { since: now - DAY_MS + 1, stepMs: DAY_MS, count: 1 };
  const { total, lastFailureAt } = await figuresOver(store, recent, day, CURSORY, pause);
  return { successRate: successRate(total), p50Ms: total.p50Ms, p95Ms: total.p95Ms, lastFailureAt };
}
