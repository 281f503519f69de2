/**
 * How many of a stream's relays may be at work at once. It grows by one for each that is done while about as many as may be are at work, as long as
 * endpoints take no longer for it. Where relays share a thread with those they call, as locally, a second one makes all of it take
 * twice as long: then one is enough.
 */
export type RelayLimit = {
  readonly width: number;
  /** What endpoints take at best, on average over those of one relay, in milliseconds; null before the first. It ages. */
  readonly bestMs: number | null;
  /** When that was told last, and when the limit was cut last, in milliseconds since 1970. */
  readonly toldAt: number;
  readonly cutAt: number;
};

/** One relay that has called all of its endpoints. */
export type Sample = {
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** Relays that were at work then, this one included. */
  underWay: number;
  /** What an endpoint took on average, in milliseconds; null where none was reached. */
  meanMs: number | null;
};

/** Relays at once, at most. */
const MOST = 100;
/** So many times the best is still as good: twice would be as if the second relay did nothing. */
const TOLERANCE = 1.5;
/** By so much the best is taken to have grown in a second. */
const AGING = 0.05;
/** After a cut it does not grow for so long, in milliseconds: to try what was too much is to hold up everybody else. */
const CONTENT_MS = 10_000;

export const newRelayLimit = (): RelayLimit => ({ width: 1, bestMs: null, toldAt: 0, cutAt: 0 });

/** @param now in milliseconds since 1970 */
export function afterRelay(before: RelayLimit, { at, underWay, meanMs }: Sample, now: number): RelayLimit {
  if (meanMs === null) return { ...before, width: 1, cutAt: now };
  const aged = (before.bestMs ?? meanMs) * (1 + AGING * Math.max(0, (now - before.toldAt) / 1000));
  const bestMs = before.bestMs === null ? meanMs : Math.min(meanMs, aged);
  const told = { ...before, bestMs, toldAt: now };
  // The clock has whole milliseconds.
  if (meanMs > Math.max(1, bestMs) * TOLERANCE) {
    // What was at work when it was cut must not cut it again.
    return underWay > 1 && at > before.cutAt ? { ...told, width: Math.max(1, before.width / 2), cutAt: now } : told;
  }
  const grows = underWay > before.width / 2 && now - before.cutAt > CONTENT_MS;
  return grows ? { ...told, width: Math.min(MOST, before.width + 1) } : told;
}
