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
  /** Latencies taken in, up to {@link FIRST_SAMPLES}. */
  readonly samples: number;
  /** Latency of late, a geometric mean, and the lowest that this has been, which ages; in milliseconds, null before the first. */
  readonly latencyMs: number | null;
  readonly bestMs: number | null;
  /** The last one, in milliseconds, and how far they scatter: the variance of their logarithms. */
  readonly lastMs: number;
  readonly scatter: number;
  /** When the last sample came, in milliseconds since 1970. */
  readonly sampledAt: number;
  /** How latency is narrowing the width; null while it does not. */
  readonly narrowing: Narrowing | null;
  /** Share of the late attempts that failed, 0 to 1. */
  readonly failing: number;
  /** When it was cut last, in milliseconds since 1970: what was under way then must not cut it again. */
  readonly cutAt: number;
};

/** Where it began, and how far it has come. */
type Narrowing = {
  readonly width: number;
  readonly latencyMs: number;
  /** When the width had become {@link NARROWED} of that, in milliseconds since 1970; null before. */
  readonly reachedAt: number | null;
  /** Latencies since of requests that began later: those before them were of the width that was. */
  readonly samples: number;
};

/** RFC 6928 gives a new connection 10 segments, for the same reason: it is enough for most, and too much for nobody. */
export const INITIAL_WIDTH = 10;
/** Whatever a receiver can take: its answers, and what was sent, are in the memory of one object. */
export const MAX_WIDTH = 1000;
/** Weight of a sample in the late latency, and in the share of failures. */
const LATENCY_WEIGHT = 0.1;
const FAILURES_WEIGHT = 0.2;
/**
 * Failures narrow the limit by this part of their share. A receiver that refuses because it has too much to do says so by its
 * latency, too, or by `Retry-After`; one that fails by chance is to have as much as before.
 */
const FAILURE_WEIGHT = 0.2;
/**
 * Of these the mean is the first best that is known: the luckiest one would be a standard that nothing meets. No more, as the
 * later ones of a first round may have queued at a receiver that takes one or two at a time.
 */
const FIRST_SAMPLES = 3;
/**
 * By so much the best latency is taken to have grown in a second, or in the time of five requests if that is longer: one that
 * is slow tells of itself more seldom, and would else be taken for a better one before it has said otherwise.
 */
const AGING = 0.05;
const AGING_MS = 1000;
const AGING_REQUESTS = 5;
/**
 * Latency may be this many times the best before it speaks against the width, where all take as long as one another. Where
 * they scatter, so does their mean, and the best is the luckiest of many: so many of the mean's standard deviations more.
 */
const TOLERANCE = 1.2;
const DEVIATIONS = 4;
const MAX_TOLERANCE = 3;

/**
 * Where latency has narrowed the width to the first share of what it was, and has not itself fallen to the second, it is the
 * receiver's own, and no queue: a queue would have shrunk with the width. Then the best was luck, as the first answers to come
 * are those that took the least, and what the latency is now takes its place.
 */
const NARROWED = 0.7;
const FALLEN = 0.9;
/** So many are looked at before it is judged. */
const NARROWED_SAMPLES = 5;

/** What suits whoever is called. */
export type Tuning = {
  /** Requests that may wait there, which lets the limit grow, by the best latency in milliseconds. */
  readonly queue: (bestMs: number) => number;
  /** Latencies below this say nothing, in milliseconds. */
  readonly noiseMs: number;
  /** Latency narrows the width to this, and no further. */
  readonly least: number;
};

/**
 * The clock has whole milliseconds, and an isolate other work. No more wait than are worked off in two seconds: where a request
 * takes seconds, four that wait would bring those behind them near the deadline.
 */
export const RECEIVERS: Tuning = {
  queue: (bestMs) => Math.min(4, Math.max(1, 2000 / bestMs)),
  noiseMs: 5,
  least: 1,
};

/**
 * Objects. Those next door share a thread with whoever calls, where those that wait for their turn hold up everything else, so
 * few more may wait there than where a call takes long anyhow. Those that are merely cold must not narrow it to nothing.
 */
export const OBJECTS: Tuning = { queue: (bestMs) => Math.min(4, bestMs / 20), noiseMs: 1, least: 8 };

const SMOOTHING = 0.2;

export const newLimit = (): Limit => ({
  width: INITIAL_WIDTH,
  slowStart: true,
  samples: 0,
  latencyMs: null,
  bestMs: null,
  lastMs: 0,
  scatter: 0,
  sampledAt: 0,
  narrowing: null,
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
export function afterAttempt(
  before: Limit,
  { at, durationMs, how, underWay }: Sample,
  now: number,
  { queue, noiseMs, least }: Tuning = RECEIVERS,
): Limit {
  const failed = how === "delivered" ? 0 : 1;
  const failing = before.failing + (failed - before.failing) * FAILURES_WEIGHT;
  if (how === "unreached") {
    // What began in the millisecond of the cut may have been under way.
    if (at <= before.cutAt) return { ...before, failing };
    return { ...before, failing, width: Math.max(1, before.width / 2), slowStart: false, cutAt: now };
  }
  // How soon a receiver fails says nothing of how long its work takes.
  if (how === "failed") return { ...before, failing };
  const measured = { ...measure(before, durationMs, now, noiseMs), failing };
  const { latencyMs, bestMs, scatter } = measured;
  // What was not used says nothing about what more would do.
  if (underWay < window(before, MAX_WIDTH) / 2) return measured;
  const tolerated = Math.max(noiseMs, bestMs) * tolerance(scatter);
  const gradient = Math.min(1, Math.max(0.5, tolerated / Math.max(noiseMs, latencyMs)));
  if (before.slowStart && gradient === 1) return { ...measured, width: Math.min(MAX_WIDTH, before.width + 1) };
  const smoothed = before.width * (1 - SMOOTHING) + (before.width * gradient + queue(bestMs)) * SMOOTHING;
  const width = Math.min(MAX_WIDTH, Math.max(least, smoothed));
  return { ...measured, slowStart: false, width, ...narrowed(before, width, measured, gradient, at, now) };
}

/** What narrowing the width has shown so far. */
function narrowed(
  before: Limit,
  width: number,
  { latencyMs, bestMs, scatter }: { latencyMs: number; bestMs: number; scatter: number },
  gradient: number,
  at: number,
  now: number,
): Pick<Limit, "narrowing" | "bestMs"> {
  if (gradient === 1) return { narrowing: null, bestMs };
  const from = before.narrowing ?? { width: before.width, latencyMs, reachedAt: null, samples: 0 };
  const reachedAt = from.reachedAt ?? (width <= from.width * NARROWED ? now : null);
  const samples = from.samples + (reachedAt !== null && at >= reachedAt ? 1 : 0);
  if (samples < NARROWED_SAMPLES) return { narrowing: { ...from, reachedAt, samples }, bestMs };
  const inVain = latencyMs > from.latencyMs * FALLEN;
  return {
    narrowing: { width, latencyMs, reachedAt: null, samples: 0 },
    bestMs: inVain ? Math.max(bestMs, latencyMs / tolerance(scatter)) : bestMs,
  };
}

/** Durations are whole milliseconds: 0 stands for less than one, and has no logarithm. */
const LEAST_MS = 0.5;

function measure(before: Limit, durationMs: number, now: number, noiseMs: number) {
  const lastMs = Math.max(LEAST_MS, durationMs);
  const samples = Math.min(FIRST_SAMPLES, before.samples + 1);
  if (before.latencyMs === null || before.bestMs === null) {
    return { ...before, samples, latencyMs: lastMs, bestMs: lastMs, lastMs, scatter: 0, sampledAt: now };
  }
  // The first ones weigh alike.
  const weight = before.samples < FIRST_SAMPLES ? 1 / samples : LATENCY_WEIGHT;
  const latencyMs = before.latencyMs * (lastMs / before.latencyMs) ** weight;
  // From one to the next, as von Neumann has it: what rises and falls slowly is a queue, and no scatter.
  const scatter = before.scatter + (Math.log(lastMs / before.lastMs) ** 2 / 2 - before.scatter) * weight;
  // From what counts: a latency of no measurable length would stay the best for ever.
  const age = Math.max(0, now - before.sampledAt) / Math.max(AGING_MS, AGING_REQUESTS * latencyMs);
  const aged = Math.max(noiseMs, before.bestMs) * (1 + AGING * age);
  const bestMs = before.samples < FIRST_SAMPLES ? latencyMs : Math.min(latencyMs, aged);
  return { ...before, samples, latencyMs, bestMs, lastMs, scatter, sampledAt: now };
}

/** @param scatter variance of the logarithms; that of a mean with these weights is weight / (2 - weight) of it */
function tolerance(scatter: number): number {
  const deviation = Math.sqrt((scatter * LATENCY_WEIGHT) / (2 - LATENCY_WEIGHT));
  return Math.min(MAX_TOLERANCE, TOLERANCE * Math.exp(DEVIATIONS * deviation));
}

/**
 * Deliveries that may be under way.
 * @param most what the webhook, or the deployment, allows
 */
export function window(limit: Limit, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(limit.width * (1 - FAILURE_WEIGHT * limit.failing))));
}
