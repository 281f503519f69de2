import type { Attempt } from "./contract.ts";
import type { Store } from "./store.ts";

/** Figures over an endpoint's recent attempts, made when somebody asks: keeping them up to date would bill a row each. */
export type Recent = { successRate: number | null; p50Ms: number | null; p95Ms: number | null };

const DAY_MS = 24 * 3600 * 1000;
/** Rows looked at in each table, the newest first; a row holds up to 100 deliveries. */
const ROWS = 1000;
const ATTEMPTS = 5000;

/** The value below which `share` of the sorted numbers lie (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

export function recentHealth(store: Store, now: number): Recent {
  const attempts: Attempt[] = [];
  for (const table of ["open_parcels", "log"] as const) {
    for (const ledger of store.recentLedgers(table, ROWS)) {
      for (const entry of ledger.entries) attempts.push(...entry.attempts.filter(({ at }) => at >= now - DAY_MS));
      if (attempts.length >= ATTEMPTS) break;
    }
  }
  const succeeded = attempts.filter((attempt) => attempt.error === null).length;
  const durations = attempts.map((attempt) => attempt.durationMs).sort((a, b) => a - b);
  return {
    successRate: attempts.length === 0 ? null : succeeded / attempts.length,
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
  };
}
