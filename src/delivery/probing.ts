/**
 * What an endpoint's failures make of it. Failures count when they come one after another, in rounds: attempts that were
 * under way together and failed together are one failure, however many they were. Each attempt bears the round in which
 * it began; the first failure to come back from a round counts and ends the round, so its companions count no more.
 *
 * After {@link FAILING_AT} of them the endpoint is *failing*: one request at a time, a *probe*, goes out by the endpoint's
 * retry delays, and everything else waits without using up attempts. One success ends it. Where all failures are of one
 * delivery it may be that one's fault: another that was never attempted need not wait for its time to be a probe.
 */
export type Trouble = {
  /** Consecutive failures, probes included. */
  readonly failures: number;
  readonly round: number;
  /** Of them, those that were probes. */
  readonly probes: number;
  /** When the first of them came, in milliseconds since 1970; null without any. */
  readonly since: number | null;
  /** When the next probe may go out, in milliseconds since 1970; null while the endpoint is not failing. */
  readonly probeAt: number | null;
  /** When that was to be, while another one goes before it ({@link extraProbe}); else null. */
  readonly scheduledFor: number | null;
  /** The delivery that all failures are of; null where there are none, or of several. */
  readonly sole: string | null;
  /** What was taken in up to this family waited for the last recovery, and goes out one after another. */
  readonly orderedTo: number;
};

export const NO_TROUBLE: Trouble = {
  failures: 0,
  round: 0,
  probes: 0,
  since: null,
  probeAt: null,
  scheduledFor: null,
  sole: null,
  orderedTo: 0,
};

/** Consecutive failed rounds that make an endpoint failing. */
export const FAILING_AT = 5;

/** When an endpoint is disabled: both must be reached. Null: never. */
export type DisableAfter = {
  /** Consecutive failed probes. */
  readonly failures: number;
  /** Seconds since the last success, or since the first failure of one that never succeeded. */
  readonly seconds: number;
} | null;

/** Its people are warned when it is so much of the way there, in percent of the probes. */
export const WARN_AT_PERCENT = [50, 70] as const;
export type WarnedPercent = (typeof WARN_AT_PERCENT)[number];

/** The warnings that are due when `before` failed probes have become `after`, of the `most` that it may have. */
export function warningsBetween(before: number, after: number, most: number): WarnedPercent[] {
  return WARN_AT_PERCENT.filter((percent) => {
    const probes = Math.ceil((most * percent) / 100);
    return before < probes && probes <= after;
  });
}

/** What an attempt was: in which round it began, of which delivery, and whether as a probe, or as an extra one. */
export type Begun = {
  readonly round: number;
  readonly delivery: string;
  readonly probe: boolean;
  readonly extra?: boolean;
};

/**
 * @param probeDelays seconds before each probe; the last one again and again
 * @param notBefore what the receiver asked for, in milliseconds since 1970
 */
export function afterFailure(
  before: Trouble,
  { round, delivery, probe, extra = false }: Begun,
  probeDelays: readonly number[],
  now: number,
  notBefore = 0,
): Trouble {
  if (round < before.round) return before;
  // Who looks whether it is back does not speed up what follows from its being away.
  if (extra && before.probeAt !== null) {
    const probeAt = Math.max(before.scheduledFor ?? before.probeAt, now, notBefore);
    return { ...before, round: before.round + 1, probeAt, scheduledFor: null };
  }
  const failures = before.failures + 1;
  const probes = before.probes + (probe ? 1 : 0);
  const failing = before.probeAt !== null || failures >= FAILING_AT;
  return {
    failures,
    round: before.round + 1,
    probes,
    since: before.since ?? now,
    sole: before.failures === 0 || before.sole === delivery ? delivery : null,
    orderedTo: before.orderedTo,
    scheduledFor: null,
    probeAt: failing ? Math.max(now + probeDelayMs({ probes }, probeDelays), notBefore) : null,
  };
}

/** Lets a failing endpoint be probed now as well: if that fails, it does not count, and the next probe goes when it was to. */
export const extraProbe = (before: Trouble, now: number): Trouble => ({
  ...before,
  probeAt: now,
  scheduledFor: before.scheduledFor ?? before.probeAt,
});

/** Before the next probe, in milliseconds. */
export const probeDelayMs = ({ probes }: Pick<Trouble, "probes">, probeDelays: readonly number[]): number =>
  (probeDelays[Math.min(probes, probeDelays.length - 1)] ?? 0) * 1000;

export const afterSuccess = (before: Trouble): Trouble =>
  before.failures === 0 ? before : { ...NO_TROUBLE, round: before.round + 1, orderedTo: before.orderedTo };

/** Whether an endpoint has failed long enough to be disabled. */
export function isHopeless(
  { probes, since }: Trouble,
  after: DisableAfter,
  lastSuccessAt: number | null,
  now: number,
): boolean {
  if (after === null || probes < after.failures) return false;
  return now - (lastSuccessAt ?? since ?? now) >= after.seconds * 1000;
}
