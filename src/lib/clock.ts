/** The time, and what is to happen later: so that a decision can be tested without waiting. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once, `ms` later. */
  after(ms: number, callback: () => void): void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    setTimeout(callback, ms);
  },
};
