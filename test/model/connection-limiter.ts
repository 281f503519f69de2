/** How many of all have a place, and how many wait for one. */
export interface Gauge {
  open: number;
  waiting: number;
}

/** A few places at a time, in order of arrival. */
export class ConnectionLimiter {
  #free: number;
  readonly #gauge: Gauge;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, gauge: Gauge) {
    this.#free = count;
    this.#gauge = gauge;
  }

  /**
   * Does the work once there is a place for it.
   * @throws the signal's reason, if that comes first
   */
  async use<T>(work: () => Promise<T>, signal?: AbortSignal | null): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#place(signal);
    this.#gauge.open++;
    try {
      return await work();
    } finally {
      this.#gauge.open--;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #place(signal: AbortSignal | null | undefined): Promise<void> {
    this.#gauge.waiting++;
    let giveUp = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        giveUp = () => {
          const at = this.#waiting.indexOf(resolve);
          if (at >= 0) this.#waiting.splice(at, 1);
          reject(signal?.reason);
        };
        if (signal?.aborted) giveUp();
        signal?.addEventListener("abort", giveUp);
      });
    } finally {
      signal?.removeEventListener("abort", giveUp);
      this.#gauge.waiting--;
    }
  }
}
