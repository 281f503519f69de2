import type { Subscription } from "../config/endpoints.ts";
import { settingsOf } from "../config/settings.ts";
import { afterAttempt, newLimit, OBJECTS, window } from "../lib/limit.ts";
import { callWithRetry } from "../lib/objects.ts";
import { Turns } from "../lib/turns.ts";
import { BUSY_MS, CALLS_AT_ONCE, LENGTH_UNDER_WAY, SLOW_MS } from "./calls.ts";
import type { Accepted } from "./contract.ts";
import { type Convoy, divided, type Member, type Sizes, sizes } from "./convoy.ts";
import { decodeRow, type Row } from "./record.ts";
import { type Heard, Relays } from "./relays.ts";
import { lengthOf, shareOf, sharesOf } from "./shares.ts";
import type { EventStore } from "./store.ts";
import { type Index, type SubscriptionChange, Subscriptions, type SubscriptionsHost } from "./subscriptions.ts";
import { fits, type Load, put, Way } from "./way.ts";

/** Rows taken from storage at a time, when memory does not have them. */
const ROWS_AT_ONCE = 20;
/** Events for one endpoint in one call, and their UTF-16 units: a call may carry 32 MiB. */
const ARRIVALS_AT_ONCE = 1000;
const LENGTH_AT_ONCE = 2_000_000;
/** Calls to endpoints that are slow under way at once, at most: they count apart. */
const SLOW_CALLS_AT_ONCE = 100;
/** Of rows that are kept in memory until they are dealt out, in UTF-16 units. */
const MAX_FRESH_LENGTH = 4_000_000;
/** Before an endpoint that could not be reached is tried again: the first time, and at most; in milliseconds. */
const RETRY_MS = 250;
const MAX_RETRY_MS = 60_000;
/** Longer waits than this are left to the alarm: a timer keeps the object awake, which is billed. */
const MAX_TIMER_MS = 2000;

/** What fan-out needs of the object that it runs in. */
export type FanOutHost = SubscriptionsHost & {
  env: Env;
  /** The object's name. */
  name: string;
  /** Makes sure that {@link FanOut.goOn} is called at that time, in milliseconds since 1970. */
  wakeBy(at: number): void;
};

/**
 * Hands every stored event to the endpoints that subscribe to it. Each has a way of its own: one call at a time, with all
 * that has come meanwhile, whatever the others do. Where very many wait for the same, relays make the calls ({@link Relays}).
 * Repeats safely, because endpoints ignore what they have seen.
 */
export class FanOut {
  readonly #host: FanOutHost;
  readonly #store: EventStore;
  readonly #subscriptions: Subscriptions;
  /** Every row up to this one was dealt out to the ways. */
  #dealt: number;
  #newest: number;
  /** Rows just committed, so that they need not be read back. */
  #fresh: Row[] = [];
  #freshLength = 0;
  #dealing = false;
  /** Of endpoints that have not stored everything. */
  readonly #ways = new Map<string, Way>();
  /** By the row that they wait with; those that no relay is for, by its negative. */
  readonly #turns = new Turns<number, Way>();
  readonly #relays: Relays;
  readonly #sizes: Sizes;
  /** Those that are being called, or are busy with what they were handed just now: the limit is on these. */
  readonly #busy = new Set<Way>();
  /** Those that are being called and are slow. */
  readonly #slow = new Set<Way>();
  /** Those that wait for the alarm. */
  readonly #parked = new Set<Way>();
  /** Noted in an earlier life of the object, and not taken up yet. */
  readonly #lagging: Map<string, number>;
  /** Objects that are far take their time, however many are called; where the time rises with the number, it is too many. */
  #limit = newLimit();
  #length = 0;
  #watching: ReturnType<typeof setTimeout> | undefined;
  /** How many endpoints rows were dealt out to, over all rows, since somebody took note of it. */
  dealtOut = 0;
  /** What was read from storage last: endpoints that catch up read the same rows. */
  #lastRead: { after: number; newest: number; rows: Row[] } | undefined;

  /**
   * @param cursor every row up to this one is on its endpoints' disks, the lagging ones excepted
   * @param newest the newest row there is
   */
  constructor(store: EventStore, cursor: number, newest: number, host: FanOutHost) {
    this.#host = host;
    this.#store = store;
    this.#dealt = cursor;
    this.#newest = newest;
    this.#lagging = store.lagging();
    this.#sizes = sizes(settingsOf(host.env).RELAYS_FROM);
    this.#relays = new Relays(host.env, host.name);
    this.#subscriptions = new Subscriptions(host, store.newest().at, (change) => this.#catchUp(change));
  }

  /** Every row up to this one is on its endpoints' disks, the lagging ones excepted. */
  get cursor(): number {
    let least = this.#dealt;
    for (const way of this.#ways.values()) if (!way.noted) least = Math.min(least, way.stored);
    return least;
  }

  /** Whether there is anything left to do. */
  get pending(): boolean {
    return this.#dealt < this.#newest || this.#ways.size > 0 || this.#lagging.size > 0;
  }

  /** Whether rows were dealt out by subscriptions that are out of date: whoever is new among those of now has missed them. */
  get isStale(): boolean {
    return this.#subscriptions.isStale;
  }

  /** Rows that are stored now and follow what was offered before. */
  offer(rows: readonly Row[]): void {
    for (const row of rows) {
      this.#fresh.push(row);
      this.#freshLength += lengthOf(row.entries);
    }
    // While nothing can be dealt out they lie in storage, from where they are read when it can.
    if (this.#freshLength > MAX_FRESH_LENGTH) this.#dropFresh();
    this.#newest = rows.at(-1)?.seq ?? this.#newest;
    this.goOn();
  }

  forgetSubscriptions(): void {
    this.#subscriptions.forget();
  }

  /** Does what there is to do. Called again meanwhile, it changes nothing. */
  goOn(): void {
    if (!this.#dealing && (this.#dealt < this.#newest || this.#lagging.size > 0)) this.#host.waitUntil(this.#deal());
    else if (this.isStale) this.#host.waitUntil(this.#subscriptions.readAgain());
    this.#unpark();
    this.#callWaiting();
  }

  /** Notes the endpoints that are behind because they are slow or away, so that the cursor need not wait for them. */
  noteLagging(): void {
    const now = Date.now();
    for (const [id, way] of this.#ways) {
      const { callingSince, relayed } = way;
      // What waits in a relay for its turn is not away: to note all of those would be very many rows.
      const isSlow = relayed ? way.slow : callingSince !== undefined && now - callingSince > SLOW_MS;
      const away = way.failures > 0 || isSlow;
      if (way.noted || !away) continue;
      way.noted = true;
      this.#store.lag(id, way.stored);
    }
  }

  async #deal(): Promise<void> {
    this.#dealing = true;
    try {
      await this.#takeUpLagging();
      this.#callWaiting();
      while (this.#dealt < this.#newest) {
        const index = this.#subscriptions.known() ?? (await this.#subscriptions.index());
        this.#subscriptions.noteStale();
        const rows = this.#nextRows();
        for (const row of rows) this.#dealRow(row, index);
        this.#dealt = rows.at(-1)?.seq ?? this.#newest;
        this.#callWaiting();
        // Answers to publishers and other calls have their turn between two chunks.
        if (this.#dealt < this.#newest) await scheduler.wait(0);
      }
    } catch (error) {
      console.error("Fan-out stopped, going on later:", error);
      this.#host.wakeBy(Date.now() + 1000);
    } finally {
      this.#dealing = false;
    }
  }

  async #takeUpLagging(): Promise<void> {
    if (this.#lagging.size === 0) return;
    const { all } = await this.#subscriptions.index();
    for (const [id, seq] of this.#lagging) {
      const subscription = all.find((each) => each.id === id);
      if (subscription) {
        const way = new Way(subscription, seq, true);
        this.#ways.set(id, way);
        this.#queue(way);
      } else this.#store.caughtUp(id);
    }
    this.#lagging.clear();
  }

  #nextRows(): Row[] {
    if (this.#fresh[0]?.seq === this.#dealt + 1) {
      const rows = this.#fresh.splice(0, ROWS_AT_ONCE);
      for (const { entries } of rows) this.#freshLength -= lengthOf(entries);
      return rows;
    }
    // What is in memory follows something that is not.
    this.#dropFresh();
    return this.#read(this.#dealt);
  }

  #dropFresh(): void {
    this.#fresh = [];
    this.#freshLength = 0;
  }

  #read(after: number): Row[] {
    const last = this.#lastRead;
    // What was not a full page has grown since, if there is anything newer.
    if (last?.after === after && (last.rows.length === ROWS_AT_ONCE || last.newest === this.#newest)) return last.rows;
    const rows = this.#store.after(after, ROWS_AT_ONCE).map((row) => decodeRow(row.seq, row.at, row.body));
    this.#lastRead = { after, newest: this.#newest, rows };
    return rows;
  }

  #dealRow(row: Row, index: Index): void {
    for (const [subscription, arrivals] of sharesOf(row, index)) {
      let way = this.#ways.get(subscription.id);
      if (!way) {
        way = new Way(subscription, row.seq - 1, false);
        this.#ways.set(subscription.id, way);
      }
      way.subscription = subscription;
      way.add(row.seq, arrivals, lengthOf(arrivals));
      this.dealtOut++;
      this.#queue(way);
    }
  }

  #queue(way: Way): void {
    if (way.queued || way.resting || way.callingSince !== undefined) return;
    if (!way.pending && !way.fromStorage) return;
    way.queued = true;
    // Who has been slow or away is called by itself, and does not cost a relay its time.
    const alone = way.slow || way.failures > 0;
    this.#turns.add(alone ? -way.next : way.next, way);
  }

  #callWaiting(): void {
    while (this.#turns.size > 0 && this.#length + this.#relays.length < LENGTH_UNDER_WAY) {
      const hasPlace = this.#busy.size < window(this.#limit, CALLS_AT_ONCE);
      let crowd = 0;
      const [way, ...others] = this.#turns.takeSome((waiting, row) => {
        crowd = row > 0 && waiting >= this.#sizes.crowd ? waiting : 0;
        // Those of whom there are very many wait for a relay, and leave the places here to others.
        if (crowd > 0) return this.#relays.haveRoom ? this.#sizes.most : 0;
        return hasPlace ? 1 : undefined;
      });
      if (!way) return;
      if (crowd > 0) {
        this.#sendOff([way, ...others], crowd);
        continue;
      }
      way.queued = false;
      if (way.slow && this.#slow.size >= SLOW_CALLS_AT_ONCE) this.#tryLater(way, Date.now() + MAX_TIMER_MS);
      else if (way.retryAt > Date.now()) this.#tryLater(way, way.retryAt);
      else this.#host.waitUntil(this.#call(way));
    }
  }

  #tryLater(way: Way, at: number): void {
    const wait = at - Date.now();
    way.resting = true;
    if (wait > MAX_TIMER_MS) {
      this.#host.wakeBy(at);
      this.#parked.add(way);
    } else setTimeout(() => this.#resume(way), Math.max(1, wait));
  }

  #resume(way: Way): void {
    way.resting = false;
    this.#queue(way);
    this.#callWaiting();
  }

  /** Those whose time has come wait for their turn again. */
  #unpark(): void {
    const now = Date.now();
    for (const way of this.#parked) {
      if (way.retryAt > now) this.#host.wakeBy(way.retryAt);
      else {
        this.#parked.delete(way);
        way.resting = false;
        this.#queue(way);
      }
    }
  }

  /** @param waiting how many wait with them, they included */
  #sendOff(ways: readonly Way[], waiting: number): void {
    const all = ways.map((way) => ({ way, load: this.#loadOf(way) }));
    const { convoys, alone } = divided(all, waiting, this.#sizes);
    for (const way of alone) this.#turns.add(-way.next, way);
    for (const convoy of convoys) {
      if (!this.#relays.haveRoom) {
        for (const { way } of convoy.members) this.#turns.add(way.next, way);
        continue;
      }
      const now = Date.now();
      for (const { way, load } of convoy.members) {
        way.takes(load);
        way.queued = false;
        way.callingSince = now;
        way.relayed = true;
      }
      this.#host.waitUntil(this.#relays.send(convoy, this.#limit, (words) => this.#heard(convoy, words)));
    }
  }

  #heard({ members }: Convoy, words: readonly Heard[]): void {
    for (const { place, how } of words) {
      const member = members[place];
      if (member) this.#hear(member, how);
    }
    this.#callWaiting();
  }

  #hear({ way, load }: Member, how: Heard["how"]): void {
    try {
      if (how === "confirmed") this.#isStored(way, load.upTo);
      else if (how === "lost") this.#isLost(way);
      // As before: it is asked from here.
      else if (how === "silent") this.#isStored(way, way.stored);
      else if (how === "slow") way.slow = true;
      else this.#relayed(way, load, how);
    } catch (error) {
      console.error(
        `${way.subscription.id}: what a relay has said of it could not be noted, handing over again:`,
        error,
      );
      this.#failed(way);
    }
  }

  /** A relay has called it, and asks it when it has stored what it keeps. */
  #relayed(way: Way, load: Load, how: "stored" | "kept" | "behind" | "failed"): void {
    way.callingSince = undefined;
    way.relayed = false;
    way.calledAt = Date.now();
    if (how === "failed") {
      this.#failed(way);
      return;
    }
    way.failures = 0;
    const isKept = this.#accepted(way, load, { stored: how === "stored", behind: how === "behind" });
    if (isKept) way.confirming = true;
  }

  async #call(way: Way): Promise<void> {
    const load = this.#loadOf(way);
    way.takes(load);
    if (load.arrivals.length === 0) {
      // Rows that are not for it are many, maybe: others have their turn in between. After the last one it is done at once, or
      // very many would never catch up with somebody who publishes meanwhile.
      const more = load.upTo < this.#dealt;
      if (more) {
        way.callingSince = Date.now();
        await scheduler.wait(0);
        way.callingSince = undefined;
      }
      if (this.#handed(way, load.upTo, way.stored === way.handed ? load.upTo : way.stored)) this.#confirm(way);
      // Who has not waited is still called in a loop, which goes on by itself.
      if (more) this.#callWaiting();
      return;
    }
    const { id, version } = way.subscription;
    const began = Date.now();
    way.callingSince = began;
    (way.slow ? this.#slow : this.#busy).add(way);
    this.#length += load.length;
    this.#watch();
    try {
      const accepted = await callWithRetry(this.#host.env.ENDPOINT, id, (endpoint) =>
        endpoint.accept(load.arrivals, version, way.unconfirmed),
      );
      way.failures = 0;
      this.#called(way, began);
      if (this.#accepted(way, load, accepted)) this.#confirm(way);
      if (accepted.stored && !accepted.behind) this.#ready(way, began);
    } catch (error) {
      console.error(`${id}: cannot be reached, trying again:`, error);
      this.#called(way, began);
      this.#busy.delete(way);
      this.#failed(way);
    } finally {
      this.#length -= load.length;
      this.#callWaiting();
    }
  }

  /** @returns whether it is to be asked when it has stored what it has been handed: it keeps that, and no other call will tell */
  #accepted(way: Way, load: Load, { stored, behind }: Accepted): boolean {
    if (behind) {
      this.#again(way);
      return false;
    }
    way.position = load.arrivals.at(-1)?.position ?? way.position;
    // What was handed over before this call is on disk since it began.
    return this.#handed(way, load.upTo, stored ? load.upTo : way.handed);
  }

  #called(way: Way, began: number): void {
    way.callingSince = undefined;
    way.calledAt = Date.now();
    this.#slow.delete(way);
    way.slow = Date.now() - began >= SLOW_MS;
  }

  /** It has done what it was handed; what that has taken says whether more of them can do so at once. */
  #ready(way: Way, began: number): void {
    const now = Date.now();
    const sample = { at: began, durationMs: now - began, how: "delivered" as const, underWay: this.#busy.size };
    if (this.#busy.delete(way)) this.#limit = afterAttempt(this.#limit, sample, now, OBJECTS);
    if (this.#busy.size > 0) return;
    // A timer that is left keeps the object awake, which is billed.
    clearTimeout(this.#watching);
    this.#watching = undefined;
  }

  #failed(way: Way): void {
    const delay = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** Math.min(10, way.failures++));
    way.retryAt = Date.now() + delay;
    way.startAgain();
    this.#tryLater(way, way.retryAt);
  }

  /** The endpoint's object is a new one, which knows no more than what is on its disk. */
  #again(way: Way): void {
    way.startAgain();
    this.#queue(way);
    this.#callWaiting();
  }

  /** Those that take long are in the way of the others no more. */
  #watch(): void {
    this.#watching ??= setTimeout(() => {
      this.#watching = undefined;
      const now = Date.now();
      for (const way of this.#busy) {
        if (way.callingSince === undefined) {
          if (now - way.calledAt > BUSY_MS) this.#busy.delete(way);
        } else if (now - way.callingSince > SLOW_MS) {
          way.slow = true;
          this.#busy.delete(way);
          this.#slow.add(way);
        }
      }
      this.#callWaiting();
      if (this.#busy.size > 0) this.#watch();
    }, BUSY_MS);
  }

  #loadOf(way: Way): Load {
    if (!way.fromStorage) return way.peek(ARRIVALS_AT_ONCE, LENGTH_AT_ONCE);
    const load: Load = { arrivals: [], upTo: way.handed, length: 0 };
    for (const row of this.#read(way.handed)) {
      if (row.seq > this.#dealt) break;
      const arrivals = shareOf(row, way.subscription);
      const share = { seq: row.seq, arrivals, length: lengthOf(arrivals) };
      if (!fits(load, share, ARRIVALS_AT_ONCE, LENGTH_AT_ONCE)) break;
      put(load, share);
    }
    // Rows that are gone are handed to nobody.
    if (load.upTo === way.handed) load.upTo = Math.max(way.handed, this.#dealt);
    return load;
  }

  /** @returns whether it is to be asked when it has stored what it has been handed */
  #handed(way: Way, upTo: number, storedUpTo: number): boolean {
    way.stored = storedUpTo;
    way.handed = upTo;
    if (way.fromStorage && way.handed >= this.#dealt) way.upToDate();
    if (way.pending || way.fromStorage) this.#queue(way);
    else if (way.stored < way.handed) return true;
    else this.#done(way);
    return false;
  }

  #done(way: Way): void {
    const { id } = way.subscription;
    if (this.#ways.get(id) !== way || way.queued || way.callingSince !== undefined) return;
    // It waits for another try, or for the alarm.
    if (way.pending || way.fromStorage) return;
    this.#ways.delete(id);
    if (way.noted) this.#store.caughtUp(id);
  }

  #confirm(way: Way): void {
    if (way.confirming) return;
    way.confirming = true;
    this.#host.waitUntil(this.#confirmed(way, way.handed, way.position));
  }

  async #confirmed(way: Way, handed: number, position: number): Promise<void> {
    const began = Date.now();
    try {
      const stored = await this.#host.env.ENDPOINT.getByName(way.subscription.id).stored(position);
      if (stored) {
        if (way.callingSince === undefined) this.#ready(way, began);
        this.#isStored(way, handed);
      } else this.#isLost(way);
      this.#callWaiting();
    } catch (error) {
      console.error(`${way.subscription.id}: ended before it had stored what it was handed:`, error);
      this.#isLost(way);
    }
  }

  /** What it kept up to this row is on its disk. */
  #isStored(way: Way, upTo: number): void {
    way.confirming = false;
    way.stored = Math.max(way.stored, upTo);
    if (way.stored >= way.handed) this.#done(way);
    else if (way.callingSince === undefined && !way.queued) this.#confirm(way);
  }

  /** It has ended before it had stored what it kept. */
  #isLost(way: Way): void {
    way.confirming = false;
    // The call that is under way, if there is one, finds out as well.
    if (way.callingSince === undefined) this.#again(way);
  }

  /** Endpoints that were made while rows were dealt out by older subscriptions get what was published since. */
  #catchUp({ index, before, from }: SubscriptionChange): void {
    const known = new Set(before?.all.map(({ id }) => id));
    for (const subscription of index.all) {
      const { id, createdAt } = subscription;
      const behind = this.#ways.get(id);
      // What it reads from storage goes by what it has subscribed to now, though nothing new is dealt out to it.
      if (behind) behind.subscription = subscription;
      if (createdAt < from || known.has(id) || behind || this.#lagging.has(id)) continue;
      const upTo = this.#store.lastBefore(createdAt + 1)?.seq ?? 0;
      if (upTo >= this.#dealt || !this.#mayHaveMissed(subscription, upTo)) continue;
      const way = new Way(subscription, upTo, true);
      // The cursor is beyond that.
      this.#store.lag(id, upTo);
      this.#ways.set(id, way);
      this.#queue(way);
    }
    this.#callWaiting();
  }

  /** Where only a few rows have come since, they tell; else it is taken to have. To note that it lags would be two rows. */
  #mayHaveMissed(subscription: Subscription, upTo: number): boolean {
    const rows = this.#read(upTo);
    return rows.length === ROWS_AT_ONCE || rows.some((row) => shareOf(row, subscription).length > 0);
  }
}
