/** What Cloudflare would bill: what `GET /__model` calls the counters. */

/** Of all objects of one class. */
export interface ClassCounters {
  /** How many times an object came into being, or back into memory. */
  instances: number;
  calls: number;
  alarms: number;
  /** Alarms set included. */
  rowsWritten: number;
  /** Milliseconds in which an object had something running or pending, each object for itself. */
  activeMs: number;
}

/** Of the whole Worker. */
interface Counters {
  /** Invocations of the Worker's handlers. */
  requests: number;
  d1: { queries: number; rowsRead: number; rowsWritten: number };
  objects: Record<string, ClassCounters>;
}

const none = (): Counters => ({ requests: 0, d1: { queries: 0, rowsRead: 0, rowsWritten: 0 }, objects: {} });

export let counters = none();

/** @returns the counters of a class, to be counted up */
export function ofClass(name: string): ClassCounters {
  counters.objects[name] ??= { instances: 0, calls: 0, alarms: 0, rowsWritten: 0, activeMs: 0 };
  return counters.objects[name];
}

/** Time in which at least one of several things is going on: the union, not the sum. */
export class Activity {
  static readonly #going = new Set<Activity>();
  readonly #class: string;
  #things = 0;
  #since = 0;

  readonly #now: () => number;

  /** @param now a clock, in milliseconds */
  constructor(className: string, now: () => number = Date.now) {
    this.#class = className;
    this.#now = now;
  }

  /** @returns what is to be called when it is over; a second time does nothing */
  begin(): () => void {
    if (this.#things++ === 0) {
      this.#since = this.#now();
      Activity.#going.add(this);
    }
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--this.#things === 0) this.#stop();
    };
  }

  /** Whatever was going on is over. */
  end(): void {
    if (this.#things > 0) this.#stop();
    this.#things = Number.NEGATIVE_INFINITY;
  }

  #stop(): void {
    this.#countSoFar();
    Activity.#going.delete(this);
  }

  #countSoFar(): void {
    const now = this.#now();
    ofClass(this.#class).activeMs += now - this.#since;
    this.#since = now;
  }

  /** Counts what is still going on, up to now. */
  static countAll(): void {
    for (const activity of Activity.#going) activity.#countSoFar();
  }
}

/** Starts again at 0, now. */
export function resetCounters(): void {
  Activity.countAll();
  counters = none();
}
