import type { Attempt, DeliveryStatus, Figures, Step } from "./contract.ts";
import type { Period } from "./period.ts";

/** A row as figures need it: without its payload, and without its attempts if they can say nothing of the time asked for. */
export type HistoryRow = {
  seq: number;
  state: DeliveryStatus;
  completedAt: number | null;
  count: number;
  /** Of all its deliveries. */
  attempts: readonly Pick<Attempt, "at" | "trigger" | "error" | "durationMs">[];
  /** Length of the history's text; 0 if that was not read. */
  length: number;
};

/** The value below which `share` of the sorted numbers lie (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

type Counts = Omit<Figures, "p50Ms" | "p95Ms"> & { durations: number[] };

const none = (): Counts => {
  return { delivered: 0, failed: 0, expired: 0, attempts: 0, retries: 0, failedAttempts: 0, durations: [] };
};

function figuresOf({ durations, ...counts }: Counts): Figures {
  const sorted = durations.sort((a, b) => a - b);
  return { ...counts, p50Ms: percentile(sorted, 0.5), p95Ms: percentile(sorted, 0.95) };
}

/**
 * Counts what rows say of a period: deliveries by when they were completed, attempts by when they were made. A delivery
 * that was sent again counts by its latest completion, as it does in the log.
 */
export class Tally {
  readonly #period: Period;
  readonly #steps: Counts[];
  /** Of the period's attempts that did not succeed, when the last one was made. */
  lastFailureAt: number | null = null;

  constructor(period: Period) {
    this.#period = period;
    this.#steps = Array.from({ length: period.count }, none);
  }

  add({ state, completedAt, count, attempts }: HistoryRow): void {
    const step = completedAt === null ? undefined : this.#at(completedAt);
    if (step && state !== "pending") step[state] += count;
    for (const attempt of attempts) this.#attempt(attempt);
  }

  #at(time: number): Counts | undefined {
    return this.#steps[Math.floor((time - this.#period.since) / this.#period.stepMs)];
  }

  #attempt({ at, trigger, error, durationMs }: HistoryRow["attempts"][number]): void {
    const step = this.#at(at);
    if (!step) return;
    step.attempts++;
    if (trigger === "retry") step.retries++;
    if (error !== null) {
      step.failedAttempts++;
      this.lastFailureAt = Math.max(at, this.lastFailureAt ?? at);
    }
    // Nothing was sent: that took no time, and says nothing of the endpoint's.
    if (error !== "blocked") step.durations.push(durationMs);
  }

  steps(): Step[] {
    const { since, stepMs } = this.#period;
    return this.#steps.map((counts, index) => ({ at: since + index * stepMs, ...figuresOf(counts) }));
  }

  total(): Figures {
    const sum = none();
    for (const step of this.#steps) {
      sum.delivered += step.delivered;
      sum.failed += step.failed;
      sum.expired += step.expired;
      sum.attempts += step.attempts;
      sum.retries += step.retries;
      sum.failedAttempts += step.failedAttempts;
      for (const duration of step.durations) sum.durations.push(duration);
    }
    return figuresOf(sum);
  }
}

/** Of the attempts, those that succeeded, 0 to 1; null without any. */
export const successRate = ({ attempts, failedAttempts }: Pick<Figures, "attempts" | "failedAttempts">) =>
  attempts === 0 ? null : (attempts - failedAttempts) / attempts;
