import { TIMES } from "../../test/model/figures.ts";
import { DOLLARS } from "../../test/support/prices.ts";
import type { SimulatedClock } from "./clock.ts";

/** What is counted of a simulated deployment, and what things take in it. */

/** Distances are those of the platform's model, times this: 1 is within a region, 2 is `far` (docs/model.md). */
export const DISTANCE = 1;

/** What an object's one thread is busy for, in milliseconds. Assumed: the benchmark's CPU time of an event, divided up. */
export const THREAD = { publish: 0.5, accept: 0.5, attempt: 0.4, file: 0.3 } as const;

export class Counted {
  requests = 0;
  calls = 0;
  alarms = 0;
  rows = 0;
  /** Objects' time, in milliseconds. */
  activeMs = 0;

  /** Of all that was counted, and of what the retention will delete, in dollars. */
  get dollars(): number {
    return (
      this.requests * DOLLARS.request +
      (this.calls + this.alarms) * DOLLARS.call +
      2 * this.rows * DOLLARS.row +
      (this.activeMs / 1000) * DOLLARS.activeSecond
    );
  }
}

/** How long an object cannot sleep: the union of what goes on in it. */
export class Awake {
  readonly #clock: SimulatedClock;
  readonly #counted: Counted;
  #things = 0;
  #since = 0;

  constructor(clock: SimulatedClock, counted: Counted) {
    this.#clock = clock;
    this.#counted = counted;
  }

  get isAwake(): boolean {
    return this.#things > 0;
  }

  begin(): void {
    if (this.#things++ === 0) this.#since = this.#clock.now;
  }

  end(): void {
    if (--this.#things === 0) this.#counted.activeMs += this.#clock.now - this.#since;
  }
}

/** An object's one thread: what comes while it is busy waits. */
export class Thread {
  readonly #clock: SimulatedClock;
  #freeAt = 0;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  /** @param ms for how long it is busy with it */
  use(ms: number, then: () => void): void {
    const begins = Math.max(this.#freeAt, this.#clock.now);
    this.#freeAt = begins + ms;
    this.#clock.after(this.#freeAt - this.#clock.now, then);
  }
}

const P99_DEVIATIONS = 2.326;

/** Lognormal, by the median and what 99 in 100 stay below, in milliseconds. */
export function lognormal(p50: number, p99: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50 * Math.exp((normal * Math.log(p99 / p50)) / P99_DEVIATIONS);
}

/** What a call of an object takes, there and back, or a commit; in milliseconds. */
export const drawn = (kind: "object" | "commit", random: () => number): number =>
  DISTANCE * lognormal(TIMES[kind].p50, TIMES[kind].p99, random);
