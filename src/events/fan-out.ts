import type { Subscription } from "../config/endpoints.ts";
import type { Arrival } from "../delivery/intake.ts";
import { mapAtMost } from "../lib/at-most.ts";
import { ask, endpointObject } from "../lib/objects.ts";
import { Outbox } from "../lib/outbox.ts";
import type { SubscriptionIndex } from "./match.ts";
import { decodeRow, type Row } from "./record.ts";
import type { EventStore } from "./store.ts";

/** Rows taken from storage at a time, when memory does not have them. */
const ROWS_AT_ONCE = 20;
/** Events for one endpoint in one call. */
const ARRIVALS_AT_ONCE = 1000;
/** Calls to endpoints under way at once. */
const CALLS_AT_ONCE = 100;
/** An endpoint that does not answer this long is left behind, in milliseconds. */
const PATIENCE_MS = 5000;
/** Subscriptions are read again this often even if nobody said that they changed, in milliseconds. */
const SUBSCRIPTIONS_LIVE_MS = 60_000;
/**
 * After a crash rows may be fanned out again, and an endpoint younger than they are must not get them. Clocks of two
 * machines differ, though, and losing an event is worse than sending one from just before: milliseconds.
 */
const CLOCK_DIFFERENCE_MS = 10_000;

type Index = SubscriptionIndex<Subscription>;

/**
 * Hands every stored event to the endpoints that subscribe to it. Repeats safely, because endpoints ignore what they have
 * seen. One that cannot be reached is noted as lagging: the outbox goes on without it.
 */
export class FanOut {
  readonly #env: Env;
  readonly #store: EventStore;
  readonly #load: () => Promise<Index>;
  readonly #outbox: Outbox<Row>;
  /** The last row of the round under way: an endpoint that lags must catch up to here before it takes part again. */
  #reach: number;
  #subscriptions: { index: Index; loadedAt: number } | undefined;
  /** Changes whenever subscriptions are dropped: what was being loaded meanwhile is out of date. */
  #epoch = 0;
  readonly #lagging: Map<string, number>;

  constructor(env: Env, store: EventStore, cursor: number, newest: number, load: () => Promise<Index>) {
    this.#env = env;
    this.#store = store;
    this.#reach = cursor;
    this.#load = load;
    this.#outbox = new Outbox<Row>(cursor, newest, {
      read: (after) => this.#read(after),
      handOver: (rows) => this.#handOver(rows),
    });
    this.#lagging = store.lagging();
  }

  /** Every row up to this one has reached its endpoints, the lagging ones excepted. */
  get cursor(): number {
    return this.#outbox.cursor;
  }

  /** Whether there are rows that were not handed on. */
  get pending(): boolean {
    return this.#outbox.pending;
  }

  get behind(): boolean {
    return this.#lagging.size > 0;
  }

  /** Rows from this one on are still to be handed to somebody. */
  get oldestNeeded(): number {
    return Math.min(this.cursor, ...this.#lagging.values()) + 1;
  }

  /** See {@link Outbox.offer}. */
  offer(rows: readonly Row[]): void {
    this.#outbox.offer(rows);
  }

  forgetSubscriptions(): void {
    this.#subscriptions = undefined;
    this.#epoch++;
  }

  /** See {@link Outbox.run}. */
  run(): Promise<void> {
    return this.#outbox.run();
  }

  #read(after: number): Row[] {
    return this.#store.after(after, ROWS_AT_ONCE).map((row) => decodeRow(row.seq, row.at, row.body));
  }

  async #index(): Promise<Index> {
    const now = Date.now();
    const known = this.#subscriptions;
    if (known && now - known.loadedAt < SUBSCRIPTIONS_LIVE_MS) return known.index;
    for (;;) {
      const epoch = this.#epoch;
      const index = await this.#load().catch((error: unknown) => {
        // Nobody said that they changed: what was read a minute ago serves while D1 is away.
        if (!known || epoch !== this.#epoch) throw error;
        console.error("Subscriptions could not be read again, going on with those of a minute ago:", error);
        return known.index;
      });
      if (epoch !== this.#epoch) continue;
      this.#subscriptions = { index, loadedAt: now };
      return index;
    }
  }

  async #handOver(rows: readonly Row[]): Promise<void> {
    const index = await this.#index();
    this.#reach = rows.at(-1)?.seq ?? this.#reach;
    const reachable = [...arrivalsFor(rows, index)].filter(([subscription]) => !this.#lagging.has(subscription.id));
    await mapAtMost(reachable, CALLS_AT_ONCE, async ([subscription, arrivals]) => {
      try {
        await withPatience(this.#accept(subscription, arrivals));
      } catch (error) {
        console.error(`${subscription.id}: cannot be reached, left behind:`, error);
        this.#lagging.set(subscription.id, this.cursor);
        this.#store.lag(subscription.id, this.cursor);
      }
    });
  }

  async #accept(subscription: Subscription, arrivals: readonly Arrival[]): Promise<void> {
    for (let from = 0; from < arrivals.length; from += ARRIVALS_AT_ONCE) {
      const some = arrivals.slice(from, from + ARRIVALS_AT_ONCE);
      await ask(
        () => endpointObject(this.#env, subscription.id),
        (endpoint) => endpoint.accept(some, subscription.version),
      );
    }
  }

  /** Gives lagging endpoints what they have missed. Those that still cannot be reached stay lagging. */
  async catchUp(): Promise<void> {
    if (this.#lagging.size === 0) return;
    const index = await this.#index();
    await mapAtMost([...this.#lagging], CALLS_AT_ONCE, async ([id, from]) => {
      const subscription = index.all.find((each) => each.id === id);
      try {
        if (subscription) await this.#catchUpOne(subscription, index, from);
        this.#lagging.delete(id);
        this.#store.caughtUp(id);
      } catch (error) {
        console.error(`${id}: still cannot be reached:`, error);
      }
    });
  }

  async #catchUpOne(subscription: Subscription, index: Index, from: number): Promise<void> {
    for (let seq = from; ; ) {
      const rows = this.#read(seq).filter((row) => row.seq <= this.#reach);
      const last = rows.at(-1);
      if (!last) return;
      const arrivals = arrivalsFor(rows, index).get(subscription);
      if (arrivals) await withPatience(this.#accept(subscription, arrivals));
      seq = last.seq;
    }
  }
}

/** What each subscription gets of these rows. */
function arrivalsFor(rows: readonly Row[], index: Index): Map<Subscription, Arrival[]> {
  const bySubscription = new Map<Subscription, Arrival[]>();
  for (const row of rows) {
    for (const { position, type, channels, text } of row.entries) {
      for (const subscription of index.match(type, channels)) {
        if (row.at < subscription.createdAt - CLOCK_DIFFERENCE_MS) continue;
        const arrivals = bySubscription.get(subscription);
        if (arrivals) arrivals.push({ position, text });
        else bySubscription.set(subscription, [{ position, text }]);
      }
    }
  }
  return bySubscription;
}

async function withPatience<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
