import { MAX_PARCEL, settle } from "../../src/delivery/parcel.ts";
import { afterFailure, afterSuccess, isHopeless, NO_TROUBLE, type Trouble } from "../../src/delivery/probing.ts";
import { afterAttempt, carefully, type Limit, newLimit, window } from "../../src/lib/limit.ts";
import { standard } from "../../src/systems/standard/dialect.ts";
import type { SimulatedClock } from "./clock.ts";
import { Awake, type Counted, drawn, THREAD, Thread } from "./costs.ts";

/** An endpoint as the product has it: its window, its probes, its schedule and its parcels are the product's own functions. */

/** How a receiver is. */
export interface Receiver {
  kind: "healthy" | "slow" | "dead";
  /** What an answer takes, in milliseconds; of one that is dead, until it is given up. */
  answerMs(): number;
}

/** One event on its way to an endpoint. Times in milliseconds from the beginning. */
export interface Delivery {
  publishedAt: number;
}

type Ended = { failed: boolean; at: number; durationMs: number };

interface Parcel {
  deliveries: Delivery[];
  attempt: number;
  /** Whether it is a row already. */
  stored: boolean;
  /** Deliveries whose attempts have begun. */
  begun: number;
  outcomes: Map<number, Ended>;
}

const parcelOf = (deliveries: Delivery[], attempt: number, stored = false): Parcel => {
  return { deliveries, attempt, stored, begun: 0, outcomes: new Map() };
};

/** As the settings have it, unless told. */
const MAX_CONCURRENCY = 100;
/** Attempts that an object makes itself, and each of its couriers. */
const SIDE_BY_SIDE = 5;

export class SimulatedEndpoint {
  readonly #clock: SimulatedClock;
  readonly #counted: Counted;
  readonly #random: () => number;
  readonly #awake: Awake;
  readonly #thread: Thread;
  readonly receiver: Receiver;
  readonly #arrived: (delivery: Delivery, at: number) => void;
  readonly #due: Parcel[] = [];
  #limit: Limit = newLimit();
  #trouble: Trouble = NO_TROUBLE;
  #lastSuccessAt: number | null = null;
  #probing = false;
  #disabled = false;
  #underWay = 0;
  /** At the same time, at the most. */
  couriers = 0;
  /** Accepted and neither delivered nor given up. */
  waiting = 0;

  constructor(
    clock: SimulatedClock,
    counted: Counted,
    random: () => number,
    receiver: Receiver,
    arrived: (delivery: Delivery, at: number) => void,
  ) {
    this.#clock = clock;
    this.#counted = counted;
    this.#random = random;
    this.#awake = new Awake(clock, counted);
    this.#thread = new Thread(clock);
    this.receiver = receiver;
    this.#arrived = arrived;
  }

  get #failing(): boolean {
    return this.#trouble.probeAt !== null;
  }

  /** A call that hands events over. @param taken when they are in the endpoint's hands */
  accept(deliveries: Delivery[], taken: () => void): void {
    this.#counted.calls++;
    this.#awake.begin();
    this.#thread.use(THREAD.accept, () => {
      this.waiting += deliveries.length;
      for (let from = 0; from < deliveries.length; from += MAX_PARCEL) {
        const parcel = parcelOf(deliveries.slice(from, from + MAX_PARCEL), 0);
        if (this.#failing || this.#disabled || this.#due.length > 0) this.#store(parcel);
        this.#due.push(parcel);
      }
      this.#work();
      taken();
      this.#awake.end();
    });
  }

  #store(parcel: Parcel): void {
    if (!parcel.stored) this.#counted.rows++;
    parcel.stored = true;
  }

  #work(): void {
    if (this.#disabled) return;
    if (this.#failing) {
      this.#probe();
      return;
    }
    const room = window(this.#limit, MAX_CONCURRENCY) - this.#underWay;
    const begun: { parcel: Parcel; index: number }[] = [];
    for (let parcel = this.#due[0]; parcel && begun.length < room; parcel = this.#due[0]) {
      begun.push({ parcel, index: parcel.begun++ });
      if (parcel.begun === parcel.deliveries.length) this.#due.shift();
    }
    this.#begin(begun);
  }

  #probe(): void {
    const { probeAt } = this.#trouble;
    this.#part();
    const [oldest] = this.#due;
    if (this.#probing || probeAt === null || !oldest) return;
    this.#probing = true;
    this.#counted.alarms++;
    this.#counted.rows++;
    this.#clock.after(probeAt - this.#clock.now, () => {
      this.#probing = false;
      if (this.#disabled || this.#underWay > 0) return;
      const probe = parcelOf(oldest.deliveries.slice(0, 1), oldest.attempt, oldest.stored);
      oldest.deliveries = oldest.deliveries.slice(1);
      if (oldest.deliveries.length === 0) this.#due.shift();
      this.#begin([{ parcel: probe, index: probe.begun++ }], true);
    });
  }

  /** What is under way of the oldest parcel is filed without what has not begun. */
  #part(): void {
    const [oldest] = this.#due;
    if (!oldest || oldest.begun === 0) return;
    this.#due[0] = parcelOf(oldest.deliveries.splice(oldest.begun), oldest.attempt, oldest.stored);
    if (oldest.outcomes.size === oldest.deliveries.length) this.#file(oldest, false);
  }

  #begin(all: readonly { parcel: Parcel; index: number }[], probe = false): void {
    const { round } = this.#trouble;
    const elsewhere = Math.min(all.length, Math.max(0, this.#underWay + all.length - SIDE_BY_SIDE));
    this.#counted.calls += Math.ceil(elsewhere / SIDE_BY_SIDE);
    this.#underWay += all.length;
    this.couriers = Math.max(this.couriers, Math.ceil((this.#underWay - SIDE_BY_SIDE) / SIDE_BY_SIDE));
    for (const [place, { parcel, index }] of all.entries()) {
      const travels = all.length - place <= elsewhere ? drawn("object", this.#random) : 0;
      this.#awake.begin();
      this.#thread.use(THREAD.attempt, () => {
        this.#clock.after(travels / 2, () => this.#attempt(parcel, index, travels, round, probe));
      });
    }
  }

  #attempt(parcel: Parcel, index: number, travels: number, round: number, probe: boolean): void {
    const at = this.#clock.now;
    const failed = this.receiver.kind === "dead";
    const delivery = parcel.deliveries[index];
    if (!failed && delivery) this.#arrived(delivery, at);
    const durationMs = this.receiver.answerMs();
    // Who makes it is awake for as long.
    if (travels > 0) this.#counted.activeMs += durationMs / SIDE_BY_SIDE;
    this.#clock.after(durationMs + travels / 2, () => {
      parcel.outcomes.set(index, { failed, at, durationMs });
      this.#learn(failed, at, durationMs, round, probe);
      this.#underWay--;
      if (parcel.outcomes.size === parcel.deliveries.length) this.#file(parcel, probe);
      this.#awake.end();
      this.#work();
    });
  }

  #learn(failed: boolean, at: number, durationMs: number, round: number, probe: boolean): void {
    const { now } = this.#clock;
    const how = failed ? "unreached" : "delivered";
    this.#limit = afterAttempt(this.#limit, { at, durationMs, how, underWay: this.#underWay }, now);
    if (!failed) {
      if (this.#failing) this.#limit = carefully(this.#limit);
      this.#lastSuccessAt = now;
      this.#trouble = afterSuccess(this.#trouble);
      return;
    }
    const before = this.#trouble;
    this.#trouble = afterFailure(before, { round, delivery: String(at), probe }, standard.retryDelays, now);
    if (this.#trouble.failures !== before.failures) this.#counted.rows++;
    this.#disabled ||= isHopeless(this.#trouble, standard.disableAfter, this.#lastSuccessAt, now);
  }

  #file(parcel: Parcel, probe: boolean): void {
    const entries = parcel.deliveries.map((_, index) => ({ index, attempts: [] }));
    const said = new Map(
      [...parcel.outcomes].map(([index, { failed, at, durationMs }]) => {
        const error = failed ? ("timeout" as const) : null;
        const rest = { responseBody: "", signature: undefined, retryAfterMs: null };
        return [index, { index, at, durationMs, status: failed ? null : 200, error, ...rest }] as const;
      }),
    );
    // A probe uses nothing of the schedule up.
    const attempt = parcel.attempt + (probe ? 0 : 1);
    const { now } = this.#clock;
    const settled = settle(entries, said, Math.max(1, attempt), standard.retryDelays, now, this.#random());
    const done = settled.delivered.length + settled.exhausted.length;
    this.waiting -= done;
    if (done > 0) this.#counted.rows += parcel.stored ? 2 : 1;
    for (const { dueAt, positions } of settled.retries) {
      const again = parcelOf(
        positions.flatMap((each) => parcel.deliveries[each] ?? []),
        attempt,
      );
      this.#store(again);
      if (this.#failing) this.#due.unshift(again);
      else {
        this.#clock.after(dueAt - now, () => {
          this.#due.push(again);
          this.#work();
        });
      }
    }
    this.#awake.begin();
    this.#thread.use(THREAD.file, () => this.#awake.end());
    if (this.#failing) this.#probe();
  }
}
