import type { SimulatedClock } from "./clock.ts";
import { Awake, type Counted, drawn, THREAD, Thread } from "./costs.ts";
import type { Delivery, SimulatedEndpoint } from "./endpoint.ts";

/** A workspace's stream: what comes while a commit is under way is one row with what comes next; one call an endpoint at a time. */

type Way = { endpoint: SimulatedEndpoint; pending: Delivery[]; calling: boolean };

/** Deliveries that one call hands over, at the most (src/events/fan-out.ts). */
const MOST_HANDED = 1000;
/** An alarm looks after what was published, at most so often, in milliseconds. */
const ALARM_EVERY_MS = 3000;

export class SimulatedStream {
  readonly #clock: SimulatedClock;
  readonly #counted: Counted;
  readonly #random: () => number;
  readonly #awake: Awake;
  readonly #thread: Thread;
  readonly #ways: Way[];
  #group: { delivery: Delivery; to: number }[] = [];
  #committing = false;
  #alarmAt = Number.NEGATIVE_INFINITY;
  /** From the publish to the 202, in milliseconds. */
  readonly #answered: (ms: number) => void;

  constructor(
    clock: SimulatedClock,
    counted: Counted,
    random: () => number,
    endpoints: readonly SimulatedEndpoint[],
    answered: (ms: number) => void,
  ) {
    this.#clock = clock;
    this.#counted = counted;
    this.#random = random;
    this.#awake = new Awake(clock, counted);
    this.#thread = new Thread(clock);
    this.#ways = endpoints.map((endpoint) => ({ endpoint, pending: [], calling: false }));
    this.#answered = answered;
  }

  /** @param to the number of the endpoint that has subscribed to it */
  publish(to: number): void {
    const delivery = { publishedAt: this.#clock.now };
    this.#counted.requests++;
    this.#counted.calls++;
    this.#clock.after(drawn("object", this.#random) / 2, () => {
      this.#awake.begin();
      this.#thread.use(THREAD.publish, () => {
        this.#group.push({ delivery, to });
        this.#commit();
      });
    });
  }

  #commit(): void {
    if (this.#committing || this.#group.length === 0) return;
    this.#committing = true;
    const group = this.#group;
    this.#group = [];
    this.#counted.rows++;
    if (this.#clock.now - this.#alarmAt > ALARM_EVERY_MS) {
      this.#alarmAt = this.#clock.now;
      this.#counted.rows++;
      this.#counted.alarms++;
    }
    this.#clock.after(drawn("commit", this.#random), () => {
      this.#committing = false;
      this.#commit();
      for (const { delivery, to } of group) {
        this.#answered(this.#clock.now - delivery.publishedAt + drawn("object", this.#random) / 2);
        const way = this.#ways[to];
        if (!way) continue;
        way.pending.push(delivery);
        this.#handOver(way);
      }
      for (const _ of group) this.#awake.end();
    });
  }

  #handOver(way: Way): void {
    if (way.calling || way.pending.length === 0) return;
    way.calling = true;
    this.#awake.begin();
    const deliveries = way.pending.splice(0, MOST_HANDED);
    const half = drawn("object", this.#random) / 2;
    this.#clock.after(half, () => {
      way.endpoint.accept(deliveries, () => {
        this.#clock.after(half, () => {
          way.calling = false;
          this.#awake.end();
          this.#handOver(way);
          // Whether it has stored what it was handed is asked once for all of a busy time.
          if (!way.calling) this.#counted.calls++;
        });
      });
    });
  }
}
