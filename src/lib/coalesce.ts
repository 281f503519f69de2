/** What a {@link Coalescer} needs of the world. */
export type Clock = {
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

/**
 * Group commit: runs `flush` at once if the last run is at least `intervalMs` ago, else once when that time has passed,
 * however often it is asked for until then. Idle, nothing waits; busy, many requests share one run. A run in which there
 * was nothing to do (`flush` answers false) makes nobody wait.
 */
export class Coalescer {
  readonly #intervalMs: number;
  readonly #flush: () => boolean;
  readonly #clock: Clock;
  #lastRun = Number.NEGATIVE_INFINITY;
  #armed = false;

  constructor(intervalMs: number, flush: () => boolean, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#flush = flush;
    this.#clock = clock;
  }

  request(): void {
    if (this.#armed) return;
    const wait = this.#lastRun + this.#intervalMs - this.#clock.now();
    if (wait <= 0) {
      this.#run();
      return;
    }
    this.#armed = true;
    this.#clock.after(wait, () => {
      this.#armed = false;
      this.#run();
    });
  }

  #run(): void {
    if (this.#flush()) this.#lastRun = this.#clock.now();
  }
}
