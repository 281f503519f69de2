/**
 * How many of an endpoint's deliveries may be under way at once: a concurrency limit that learns what the receiver can
 * take. It doubles every round while requests succeed and their latency does not rise, and then follows the gradient of
 * the latency, after Gradient2 of Netflix's concurrency-limits (https://github.com/Netflix/concurrency-limits). That one
 * compares with an average over 600 samples, which at a thousand a second rises with the queue that it should notice; here
 * the comparison is with the best of late, which ages. Failures that come at random narrow the limit by their share; those
 * that say that nobody is there halve it.
 */
export type Limit = {
  /** Requests under way at once, before failures are reckoned in. */
  readonly width: number;
  /** Growing by one for each success, which doubles it every round, until something speaks against it. */
  readonly slowStart: boolean;
  /** Latency of late, smoothed, and the lowest that this has been, which ages; in milliseconds, null before the first. */
  readonly latencyMs: number | null;
  readonly bestMs: number | null;
  /** When the last sample came, in milliseconds since 1970. */
  readonly sampledAt: number;
  /** Share of the late attempts that failed, 0 to 1. */
  readonly failing: number;
  /** When it was cut last, in milliseconds since 1970: what was under way then must not cut it again. */
  readonly cutAt: number;
};

/** RFC 6928 gives a new connection 10 segments, for the same reason: it is enough for most, and too much for nobody. */
export const INITIAL_WIDTH = 10;
/** Whatever a receiver can take: its answers, and what was sent, are in the memory of one object. */
export const MAX_WIDTH = 1000;
/** Weight of a sample in the late latency, and in the share of failures. */
const SAMPLE_WEIGHT = 0.2;
/**
 * Failures narrow the limit by this part of their share. A receiver that refuses because it has too much to do says so by its
 * latency, too, or by `Retry-After`; one that fails by chance is to have as much as before.
 */
const FAILURE_WEIGHT = 0.2;
/**
 * By so much the best latency is taken to have grown in a second, or in the time of five requests if that is longer: one that
 * is slow tells of itself more seldom, and would else be taken for a better one before it has said otherwise.
 */
const AGING = 0.05;
const AGING_MS = 1000;
const AGING_REQUESTS = 5;
/** Latency may be this many times the best before it speaks against the width. */
const TOLERANCE = 1.5;
/** Latencies below this say nothing: the clock has whole milliseconds, and an isolate other work. */
const NOISE_MS = 5;
/** Requests that whoever is called may queue: what lets the limit grow. */
const QUEUE = 4;
const SMOOTHING = 0.2;

export const newLimit = (): Limit => ({
  width: INITIAL_WIDTH,
  slowStart: true,
  latencyMs: null,
  bestMs: null,
  sampledAt: 0,
  failing: 0,
  cutAt: 0,
});

/** After a pause or an outage: one request, then twice as many every round. */
export const carefully = (limit: Limit): Limit => ({ ...limit, width: 1, slowStart: true, failing: 0 });

/** What one attempt says. */
export type Sample = {
  /** When it began, in milliseconds since 1970. */
  at: number;
  durationMs: number;
  /** `unreached`: nobody answered, or not in time. */
  how: "delivered" | "failed" | "unreached";
  /** Requests that were under way, this one included. */
  underWay: number;
};

/** @param now in milliseconds since 1970 */
export function afterAttempt(before: Limit, { at, durationMs, how, underWay }: Sample, now: number): Limit {
  const failed = how === "delivered" ? 0 : 1;
  const failing = before.failing + (failed - before.failing) * SAMPLE_WEIGHT;
  if (how === "unreached") {
    // What began in the millisecond of the cut may have been under way.
    if (at <= before.cutAt) return { ...before, failing };
    return { ...before, failing, width: Math.max(1, before.width / 2), slowStart: false, cutAt: now };
  }
  // How soon a receiver fails says nothing of how long its work takes.
  if (how === "failed") return { ...before, failing };
  const latencyMs = before.latencyMs === null ? durationMs : average(before.latencyMs, durationMs);
  // From what counts: a latency of no measurable length would stay the best for ever.
  const age = Math.max(0, now - before.sampledAt) / Math.max(AGING_MS, AGING_REQUESTS * latencyMs);
  const aged = Math.max(NOISE_MS, before.bestMs ?? latencyMs) * (1 + AGING * age);
  const bestMs = Math.min(latencyMs, before.sampledAt === 0 ? latencyMs : aged);
  const measured = { ...before, failing, latencyMs, bestMs, sampledAt: now };
  // What was not used says nothing about what more would do.
  if (underWay < window(before, MAX_WIDTH) / 2) return measured;
  const gradient = Math.min(1, Math.max(0.5, (TOLERANCE * Math.max(NOISE_MS, bestMs)) / Math.max(NOISE_MS, latencyMs)));
  if (before.slowStart && gradient === 1) return { ...measured, width: Math.min(MAX_WIDTH, before.width + 1) };
  const width = before.width * (1 - SMOOTHING) + (before.width * gradient + QUEUE) * SMOOTHING;
  return { ...measured, slowStart: false, width: Math.min(MAX_WIDTH, Math.max(1, width)) };
}

const average = (before: number, sample: number): number => before + (sample - before) * SAMPLE_WEIGHT;

/**
 * Deliveries that may be under way.
 * @param most what the webhook, or the deployment, allows
 */
export function window(limit: Limit, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(limit.width * (1 - FAILURE_WEIGHT * limit.failing))));
}
