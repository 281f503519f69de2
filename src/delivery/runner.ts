import { callWithRetry, courierName } from "../lib/objects.ts";
import { type Attempted, attempt, type Recipient, SIDE_BY_SIDE } from "./attempt.ts";
import type { EndedPlace } from "./courier.ts";
import type { Start } from "./work.ts";

/** A courier that has not sent a request by then does not send it, in milliseconds. A pause waits for that. */
const START_WITHIN_MS = 1000;

/** What a call of a courier takes where it is not next door, in milliseconds (docs/delivery.md). */
const CALL_MS = 30;

/** Weight of a call in what calls are taken to cost; one that takes longer is an exception. */
const TRANSIT_WEIGHT = 0.1;
const MAX_TRANSIT_MS = 500;

/** How an attempt has ended. */
export type Ended = { start: Start; attempted: Attempted };

/** What the runner works for. */
export type RunnerHost = {
  env(): Env;
  /** Undefined once the endpoint is gone. */
  recipient(): Recipient | undefined;
  /** Opens when what the object has written is confirmed: until then no request leaves it. */
  gate(): Promise<void> | undefined;
  /** Whether requests may go out now. */
  mayStart(): boolean;
  ended(all: readonly Ended[]): void;
  /** The object stays awake meanwhile. */
  waitUntil(work: Promise<unknown>): void;
};

/**
 * Makes an endpoint's attempts: five at once here, and what would have to wait for long by its couriers, five by each. A
 * courier is called with as many as it can take, as each call is billed.
 */
export class Runner {
  readonly #host: RunnerHost;
  /** Those that wait for one of the places here. */
  readonly #queue: Start[] = [];
  #here = 0;
  /** Requests that each courier has, by its number. */
  readonly #couriers: number[] = [];
  /** What a call of a courier takes beyond the attempts that it makes, smoothed, in milliseconds. */
  transitMs = 0;
  /** Until when couriers may start what they were given, in milliseconds since 1970. */
  #couriersMayStartUntil = 0;

  constructor(host: RunnerHost) {
    this.#host = host;
  }

  /** @param latencyMs what a request is expected to take */
  run(starts: readonly Start[], latencyMs: number): void {
    if (starts.length === 0) return;
    // Handing over takes a call, too: what has its turn sooner than that waits here.
    const turns = Math.max(1, Math.floor(CALL_MS / Math.max(1, latencyMs)));
    const room = Math.max(0, SIDE_BY_SIDE * turns - this.#here - this.#queue.length);
    const here = starts.slice(0, room);
    this.#queue.push(...here);
    this.#work();
    for (let from = here.length; from < starts.length; ) {
      const { number, room } = this.#emptiest();
      const some = starts.slice(from, from + room);
      this.#host.waitUntil(this.#hand(number, some));
      from += some.length;
    }
  }

  #work(): void {
    while (this.#here < SIDE_BY_SIDE) {
      const start = this.#queue.shift();
      if (!start) return;
      this.#host.waitUntil(this.#attempt(start));
    }
  }

  async #attempt(start: Start): Promise<void> {
    this.#here++;
    const recipient = this.#host.recipient();
    const host = this.#host;
    const mayStart = () => host.mayStart();
    const gate = () => host.gate();
    const attempted = recipient && mayStart() && (await attempt(host.env(), recipient, start, mayStart, gate));
    this.#here--;
    this.#work();
    this.#host.ended([{ start, attempted: attempted || NOT_MADE }]);
  }

  #emptiest(): { number: number; room: number } {
    let number = this.#couriers.length;
    let least = 0;
    for (const [each, busy] of this.#couriers.entries()) {
      if (busy === 0) return { number: each, room: SIDE_BY_SIDE };
      if (busy < SIDE_BY_SIDE && (least === 0 || busy < least)) {
        least = busy;
        number = each;
      }
    }
    return { number, room: SIDE_BY_SIDE - least };
  }

  async #hand(number: number, starts: readonly Start[]): Promise<void> {
    this.#couriers[number] = (this.#couriers[number] ?? 0) + starts.length;
    const left = new Map(starts.entries());
    const ended = (all: readonly EndedPlace[]) => {
      const told = all.flatMap(({ place, attempted }) => {
        const start = left.get(place);
        return start && left.delete(place) ? [{ start, attempted }] : [];
      });
      this.#couriers[number] = (this.#couriers[number] ?? 0) - told.length;
      if (told.length > 0) this.#host.ended(told);
    };
    const recipient = this.#host.recipient();
    const rest = recipient ? await this.#byCourier(recipient, number, starts, ended) : NOT_MADE;
    ended([...left.keys()].map((place) => ({ place, attempted: rest })));
  }

  /** @returns what is to be said of those that the courier has said nothing of */
  async #byCourier(
    recipient: Recipient,
    number: number,
    starts: readonly Start[],
    ended: (all: readonly EndedPlace[]) => void,
  ): Promise<Attempted> {
    const deliveries = starts.map(({ seq, index, event }) => ({ seq, index, event }));
    const began = Date.now();
    const startBy = began + START_WITHIN_MS;
    this.#couriersMayStartUntil = Math.max(this.#couriersMayStartUntil, startBy);
    const onEnded = (all: readonly EndedPlace[]) => {
      const took = Date.now() - began;
      for (const { attempted } of all) this.#learn(took - (attempted.outcome?.durationMs ?? 0));
      ended(all);
    };
    let last: EndedPlace[];
    try {
      last = await callWithRetry(this.#host.env().COURIER, courierName(recipient.endpoint, number), (courier) =>
        courier.attempt(recipient, deliveries, startBy, onEnded),
      );
    } catch (error) {
      // Whether its requests went out nobody knows: they go out again, as after any crash.
      console.error(`${recipient.endpoint}: courier ${number} did not come back:`, error);
      return LOST;
    }
    onEnded(last);
    return NOT_MADE;
  }

  #learn(transitMs: number): void {
    const bounded = Math.min(MAX_TRANSIT_MS, Math.max(0, transitMs));
    this.transitMs += (bounded - this.transitMs) * TRANSIT_WEIGHT;
  }

  /** Resolves when no courier may start a request any more. */
  async couriersAreHeld(): Promise<void> {
    const wait = this.#couriersMayStartUntil - Date.now();
    if (wait > 0) await scheduler.wait(wait);
  }
}

const NOT_MADE: Attempted = { outcome: null, sent: undefined };
const LOST: Attempted = { ...NOT_MADE, lost: true };
