/**
 * Flow control for one endpoint: how many of its deliveries may be on their way at once. It grows while the endpoint
 * answers 2xx and falls to one while it fails (additive increase, multiplicative decrease, RFC 5681), and stays near
 * what the endpoint needs, twice its rate times the shortest round trip (the idea of BBR,
 * draft-ietf-ccwg-bbr), so that an endpoint which turns bad has little in flight.
 */
export type Flow = {
  /** Deliveries that may be in flight. */
  readonly window: number;
  /** Smoothed time of one request, in milliseconds; null before the first. */
  readonly latencyMs: number | null;
  /** Shortest time from release to settlement since `shortestSince`, in milliseconds. */
  readonly shortestTripMs: number;
  readonly shortestSince: number;
  /** Deliveries a second, over the last sample and the one before. */
  readonly rates: readonly [number, number];
  readonly sampleSince: number;
  readonly sampled: number;
};

export const MIN_WINDOW = 1;
/** Local queues keep one timer per message and refuse the 10 001st; the bound stays well below for all lanes together. */
export const MAX_WINDOW = 1000;
/** A new endpoint's window (RFC 6928 gives a new connection 10 segments; half of that, for an endpoint may be dead). */
const INITIAL_WINDOW = 5;
/** A healthy endpoint's window does not shrink below this, however little it is used. */
const FLOOR_WHEN_HEALTHY = 10;
const SAMPLE_MS = 100;
/** A parcel may wait this long before its release, to be joined by others: part of the way there and back. */
export const COALESCE_MS = 10;
const SHORTEST_TRIP_LIFETIME_MS = 10_000;

export const newFlow = (now: number): Flow => ({
  window: INITIAL_WINDOW,
  latencyMs: null,
  shortestTripMs: Number.POSITIVE_INFINITY,
  shortestSince: now,
  rates: [0, 0],
  sampleSince: now,
  sampled: 0,
});

/** How the deliveries of one parcel went, as far as they were attempted. */
export type Round = {
  delivered: number;
  failed: number;
  /** Whether any of the failures was a timeout. */
  timedOut: boolean;
  /** Mean time of the requests, in milliseconds. */
  latencyMs: number;
  /** From the parcel's release to its settlement, in milliseconds. */
  tripMs: number;
};

function measured(flow: Flow, round: Round, now: number): Flow {
  const latencyMs = flow.latencyMs === null ? round.latencyMs : flow.latencyMs * 0.8 + round.latencyMs * 0.2;
  const renew = round.tripMs <= flow.shortestTripMs || now - flow.shortestSince > SHORTEST_TRIP_LIFETIME_MS;
  const sampled = flow.sampled + round.delivered;
  const elapsed = now - flow.sampleSince;
  const full = elapsed >= SAMPLE_MS;
  return {
    ...flow,
    latencyMs,
    shortestTripMs: renew ? round.tripMs : flow.shortestTripMs,
    shortestSince: renew ? now : flow.shortestSince,
    rates: full ? [flow.rates[1], (sampled * 1000) / elapsed] : flow.rates,
    sampleSince: full ? now : flow.sampleSince,
    sampled: full ? 0 : sampled,
  };
}

/** The window after a parcel's settlement. A timeout, or a parcel in which nothing succeeded, narrows it. */
export function afterRound(before: Flow, round: Round, now: number): Flow {
  if (round.delivered + round.failed === 0) return before;
  const flow = measured(before, round, now);
  if (round.timedOut) return { ...flow, window: MIN_WINDOW };
  if (round.delivered <= round.failed) return { ...flow, window: Math.max(MIN_WINDOW, Math.floor(flow.window / 2)) };
  const need = Math.ceil((2 * Math.max(...flow.rates) * (flow.shortestTripMs + COALESCE_MS)) / 1000);
  const bound = Math.min(MAX_WINDOW, Math.max(FLOOR_WHEN_HEALTHY, need));
  return { ...flow, window: Math.max(MIN_WINDOW, Math.min(flow.window + round.delivered - round.failed, bound)) };
}

/** At most this many deliveries travel together. */
export const MAX_PARCEL = 100;
const PARCEL_WORK_MS = 1000;
/** Requests of one parcel that run side by side while other endpoints wait (slots.ts). */
const SIDE_BY_SIDE = 2;
const ASSUMED_LATENCY_MS = 100;

/** How many deliveries make about a second of work. */
export function parcelSize(flow: Flow): number {
  const latency = Math.max(1, flow.latencyMs ?? ASSUMED_LATENCY_MS);
  return Math.min(MAX_PARCEL, Math.max(1, Math.floor((PARCEL_WORK_MS * SIDE_BY_SIDE) / latency)));
}
