/** Which queue carries a parcel. Endpoints that could make others wait travel apart from those that will not. */

/** An endpoint's health, as far as it decides the lane. */
export type LaneHealth = {
  /** Milliseconds since 1970; null if it never succeeded. */
  lastSuccessAt: number | null;
  /** Consecutive failures. */
  failures: number;
  latencyMs: number | null;
};

const LANES = {
  proven: ["LANE_0", "LANE_1", "LANE_2", "LANE_3"],
  trial: ["LANE_TRIAL_0", "LANE_TRIAL_1"],
  slow: ["LANE_SLOW_0", "LANE_SLOW_1"],
} as const;

export type LaneClass = keyof typeof LANES;
/** A queue's binding in wrangler.toml. */
export type Lane = (typeof LANES)[LaneClass][number];

/** A success this recent vouches for an endpoint. */
const RECENT_MS = 3600 * 1000;
/** Requests that take longer than this belong among their like. */
const SLOW_MS = 1000;

export function laneClass({ lastSuccessAt, failures, latencyMs }: LaneHealth, now: number): LaneClass {
  if (failures > 0 || (latencyMs ?? 0) > SLOW_MS) return "slow";
  return lastSuccessAt !== null && now - lastSuccessAt <= RECENT_MS ? "proven" : "trial";
}

/**
 * @param endpoint the endpoint's number, which spreads endpoints over the lanes of a class
 * @param hops how often the endpoint left a lane that nobody served
 */
export function laneOf(health: LaneHealth, now: number, endpoint: number, hops: number): Lane {
  const lanes = LANES[laneClass(health, now)];
  return lanes[(endpoint + hops) % lanes.length] ?? lanes[0];
}
