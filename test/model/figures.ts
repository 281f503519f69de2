/** The figures of the platform that the model goes by. "assumed" is nobody's word but a guess on the slow side. */

/** How long something takes, in milliseconds: half of all are faster than `p50`, 99 in 100 faster than `p99`. */
export interface Time {
  p50: number;
  p99: number;
  source: string;
}

/** What takes time on the way to somewhere else. */
export type Kind = "object" | "commit" | "d1";

/** The times of a Worker whose objects and databases are in its own part of the world. */
export const TIMES: Record<Kind, Time> = {
  object: { p50: 30, p99: 120, source: "assumed: there and back between two data centres of one region" },
  commit: {
    p50: 12,
    p99: 50,
    source:
      "p50: somebody's measurement of one deployed Worker, 10 to 13 ms in one version of the text and 5 to 10 ms in another, " +
      "https://lumenize.com/blog/what-i-got-wrong-about-do-throughput; p99 assumed",
  },
  d1: {
    p50: 15,
    p99: 60,
    source: "assumed: the way and a query of 1 ms, https://developers.cloudflare.com/d1/platform/limits/",
  },
};

/** What {@link TIMES} are multiplied with. */
export const PROFILES = { local: 0, near: 1, far: 2 } as const;

export type Profile = keyof typeof PROFILES;

export const isProfile = (name: string): name is Profile => Object.hasOwn(PROFILES, name);

/**
 * What the emulation lets pass and the platform does not. It knows by itself: 32 MiB for the arguments and the answer of a
 * call to an object, 100 bound parameters a statement.
 */
export const LIMITS = {
  /** Requests that wait for headers at once, of an invocation or an object. https://developers.cloudflare.com/workers/platform/limits/ */
  connections: 6,
  /** https://developers.cloudflare.com/d1/platform/limits/ */
  d1Connections: 6,
  /** Of an invocation; an object's calls are one each. https://developers.cloudflare.com/d1/platform/limits/ */
  d1Queries: 1000,
  /** Bytes of a value or a row. https://developers.cloudflare.com/durable-objects/platform/limits/ */
  rowBytes: 2_000_000,
  /** Milliseconds of wall time. https://developers.cloudflare.com/workers/platform/limits/ */
  alarmMs: 15 * 60_000,
} as const;
