import type { Subscription } from "../config/endpoints.ts";
import type { Arrival } from "../delivery/intake.ts";
import { mapAtMost } from "../lib/at-most.ts";
import { ask, endpointObject } from "../lib/objects.ts";
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
 * Hands every stored event to the endpoints that subscribe to it. Reads on from a cursor; each round takes all rows that
 * have come in the meantime, so rounds grow with the load and calls do not. Repeats safely, because endpoints ignore what
 * they have seen. One that cannot be reached is noted as lagging: the cursor moves on without it.
 */
export class FanOut {
  readonly #env: Env;
  readonly #store: EventStore;
  readonly #load: () => Promise<Index>;
  #cursor: number;
  /** The last row of the round under way: an endpoint that lags must catch up to here before it takes part again. */
  #reach: number;
  /** The newest row there is. */
  #newest: number;
  #running: Promise<void> | undefined;
  /** Rows just committed, so that they need not be read back. */
  #fresh: Row[] = [];
  #subscriptions: { index: Index; loadedAt: number } | undefined;
  /** Changes whenever subscriptions are dropped: what was being loaded meanwhile is out of date. */
  #epoch = 0;
  readonly #lagging: Map<string, number>;

  constructor(env: Env, store: EventStore, cursor: number, newest: number, load: () => Promise<Index>) {
    this.#env = env;
    this.#store = store;
    this.#cursor = cursor;
    this.#reach = cursor;
    this.#newest = newest;
    this.#load = load;
    this.#lagging = store.lagging();
  }

  /** Every row up to this one has reached its endpoints, the lagging ones excepted. */
  get cursor(): number {
    return this.#cursor;
  }

  get behind(): boolean {
    return this.#lagging.size > 0;
  }

  /** Rows from this one on are still to be handed to somebody. */
  get oldestNeeded(): number {
    return Math.min(this.#cursor, ...this.#lagging.values()) + 1;
  }

  /** Rows that are stored now and follow what was offered before. */
  offer(rows: readonly Row[]): void {
    this.#fresh.push(...rows);
    this.#newest = rows.at(-1)?.seq ?? this.#newest;
  }

  forgetSubscriptions(): void {
    this.#subscriptions = undefined;
    this.#epoch++;
  }

  /** Works until the cursor has reached the newest row. Called again meanwhile, it is the same run. */
  run(): Promise<void> {
    this.#running ??= this.#rounds();
    return this.#running;
  }

  async #rounds(): Promise<void> {
    // The run must be known as under way before it can end.
    await undefined;
    try {
      for (;;) {
        const rows = this.#nextRows();
        const last = rows.at(-1);
        if (!last) return;
        const index = await this.#index();
        this.#reach = last.seq;
        await this.#handOver(rows, index);
        this.#cursor = last.seq;
      }
    } finally {
      // In the same step in which nothing was found: rows that come a moment later begin a run of their own.
      this.#running = undefined;
    }
  }

  #nextRows(): Row[] {
    const [first] = this.#fresh;
    if (first?.seq === this.#cursor + 1) return this.#fresh.splice(0);
    if (this.#cursor >= this.#newest) return [];
    // A round that failed has lost its rows from memory; storage has them all.
    this.#fresh = [];
    return this.#read(this.#cursor);
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

  async #handOver(rows: readonly Row[], index: Index): Promise<void> {
    const reachable = [...arrivalsFor(rows, index)].filter(([subscription]) => !this.#lagging.has(subscription.id));
    await mapAtMost(reachable, CALLS_AT_ONCE, async ([subscription, arrivals]) => {
      try {
        await withPatience(this.#accept(subscription, arrivals));
      } catch (error) {
        console.error(`${subscription.id}: cannot be reached, left behind:`, error);
        this.#lagging.set(subscription.id, this.#cursor);
        this.#store.lag(subscription.id, this.#cursor);
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
