import type { EndpointState } from "../config/endpoints.ts";
import type { Arrival } from "../events/contract.ts";
import type { Alarm } from "../lib/alarm.ts";
import type { Clock } from "../lib/clock.ts";
import { afterAttempt, carefully, type Limit, newLimit, type Sample, window } from "../lib/limit.ts";
import { dialectOf } from "../systems/index.ts";
import type { Failure } from "./alerts/alert.ts";
import { type Attempted, SIDE_BY_SIDE } from "./attempt.ts";
import { Backlog, type Head } from "./backlog.ts";
import { Batcher, type Place } from "./batcher.ts";
import type { Trigger } from "./contract.ts";
import { type LoggedDelivery, unpack } from "./delivery-log.ts";
import { impossible } from "./outcome.ts";
import {
  type AttemptHistory,
  familyOf,
  fitting,
  type Outcome,
  pick,
  record,
  type Sent,
  type Settlement,
  settle,
} from "./parcel.ts";
import { afterFailure, afterSuccess, extraProbe, NO_TROUBLE, probeDelayMs, type Trouble } from "./probing.ts";
import { resend } from "./resend.ts";
import { JITTER, MAX_RETRY_AFTER_MS } from "./schedule.ts";
import { applySettlement, scatter } from "./settlement.ts";
import type { Parcel, Store } from "./store.ts";
import { type Start, Work } from "./work.ts";

/** The object has ended this often while it was at work on a parcel: something in it ends the object, maybe. */
const MAX_LOST = 5;
/** What was given back without an attempt waits this long, in milliseconds. */
const GIVEN_BACK_MS = 1000;
/** So many held deliveries go out strictly one after another; a larger backlog goes on as fast as the window allows. */
const HELD_IN_ORDER = 1000;
/** RFC 9110, 15.5.11: what was there will not be back. */
const GONE = 410;
/** A receiver that asks for patience gets it for the whole endpoint, up to this; the delivery itself waits as asked. */
const MAX_COOLING_MS = 5 * 60_000;
/**
 * While there is something to send an alarm is never further away than this, in milliseconds: an object that ended in the
 * middle wakes up by it and goes on.
 */
export const RESUME_AFTER_MS = 3000;
/** Events in memory at once, in UTF-16 units: a wide window of large ones would not fit an isolate of 128 MB. */
const MAX_AT_WORK_LENGTH = 8_000_000;
/** Outcomes are on disk after this long, in milliseconds, even if others of their parcel are still to come. */
export const STRAGGLE_MS = 1000;
/** As a part of those that couriers have. */
const MAX_IN_TRANSIT = 0.25;
/** So many probes are of the oldest delivery; after that it may be the delivery that is at fault, and others have their turn. */
const PROBES_OF_OLDEST = 2;

const DAY_MS = 24 * 3600 * 1000;

/** Why an attempt says that nobody was there. */
const UNREACHED: ReadonlySet<Outcome["error"]> = new Set([
  "timeout",
  "dns",
  "tls",
  "connection_refused",
  "connection_reset",
]);

/**
 * The life of an endpoint's parcels: accepted, begun within the window, settled by how their attempts went. Synchronous:
 * every method leaves rows and memory in step, and sends nothing itself.
 */
export class Dispatcher {
  readonly backlog: Backlog;
  readonly batcher: Batcher;
  readonly #store: Store;
  readonly #alarm: Alarm;
  readonly #clock: Clock;
  readonly #mostUnderWay: number;
  readonly #works = new Map<number, Work>();
  /** Of which some deliveries were begun and not attempted: they are begun again. */
  readonly #again = new Set<Work>();
  /** Of which nothing is under way any more. */
  readonly #ended = new Set<Work>();
  /** Of which deliveries may still be started. */
  #current: Work | undefined;
  #underWay = 0;
  #length = 0;
  /** What was due when the object woke up may have been what ended it. */
  readonly #wokeAt: number;
  #heldInOrder = HELD_IN_ORDER;
  #coolUntil = 0;
  /** When what was given back may be begun again, in milliseconds since 1970. */
  #backAt = 0;
  /** A probe of a delivery that is due so much later is the retry that it waits for: its delay is the probe's, with jitter on top. */
  #probeSlackMs = 0;
  /** Probed since the endpoint began to fail. */
  readonly #probed = new Set<number>();
  limit: Limit = newLimit();
  trouble: Trouble = NO_TROUBLE;
  #lastSuccessAt: number | null | undefined;
  /** Whether the receiver has said that it is gone for good; whoever evaluates it takes that back. */
  gone = false;
  /** Since the object woke up. */
  lastFailure: Failure | null = null;
  config: EndpointState | null = null;
  /** What handing over to a courier takes, there and back, in milliseconds. */
  transitMs = 0;
  /** Is told, within the settlement, of deliveries of one parcel that failed for good. */
  onExhausted: (found: LoggedDelivery[]) => void = () => {};

  /** @param mostUnderWay deliveries under way at once where the webhook says nothing */
  constructor(store: Store, alarm: Alarm, clock: Clock, mostUnderWay: number) {
    this.#store = store;
    this.#alarm = alarm;
    this.#clock = clock;
    this.#mostUnderWay = mostUnderWay;
    this.#wokeAt = clock.now();
    this.backlog = new Backlog((after, limit) => store.heads(after, limit));
    this.batcher = new Batcher(store, this.backlog, clock);
  }

  get active(): boolean {
    return this.config?.status === "active";
  }

  /** In milliseconds since 1970; null without any that the log still shows. */
  get lastSuccessAt(): number | null {
    if (this.#lastSuccessAt === undefined) this.#lastSuccessAt = this.#store.lastDeliveredAt();
    return this.#lastSuccessAt;
  }

  /** Whether what comes waits, whatever else is under way. */
  get holds(): boolean {
    return !this.active || this.#failing;
  }

  /** Deliveries under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Deliveries that may be under way at once. */
  get window(): number {
    return this.#failing ? 1 : window(this.limit, this.config?.maxConcurrency ?? this.#mostUnderWay);
  }

  /**
   * Those that are on their way to a courier, or back, are not open at the receiver: where nobody has said how many may be,
   * some more may be under way.
   */
  get #room(): number {
    const { window } = this;
    if (typeof this.config?.maxConcurrency === "number") return window;
    const inTransit = Math.min(
      MAX_IN_TRANSIT,
      this.transitMs / Math.max(1, this.limit.latencyMs ?? Number.POSITIVE_INFINITY),
    );
    return window + Math.floor(Math.max(0, window - SIDE_BY_SIDE) * inTransit);
  }

  get #failing(): boolean {
    return this.trouble.probeAt !== null;
  }

  /**
   * When the next attempt of an open parcel is due, in milliseconds since 1970; null if it is under way or held. While the
   * endpoint is failing that is when the next probe goes out, whichever delivery that takes.
   */
  nextAttempt(seq: number): { at: number | null; waitsForProbe: boolean } {
    if (!this.active || this.#works.has(seq)) return { at: null, waitsForProbe: false };
    if (this.trouble.probeAt !== null) {
      return { at: Math.max(this.trouble.probeAt, this.#coolUntil), waitsForProbe: true };
    }
    this.backlog.readTo(seq, this.#clock.now());
    const dueAt = this.backlog.get(seq)?.dueAt ?? null;
    return { at: dueAt === null ? null : Math.max(dueAt, this.#coolUntil), waitsForProbe: false };
  }

  isAtWork(seq: number): boolean {
    return this.#works.has(seq);
  }

  /** A parcel that is open no more, whose row somebody else takes care of. */
  forget(seq: number): void {
    this.batcher.close(seq);
    const head = this.backlog.get(seq);
    if (head) this.backlog.remove(head);
  }

  /** Takes new deliveries in: see {@link Batcher.accept}. */
  accept(arrivals: readonly Arrival[], trigger?: Trigger): Place | undefined {
    const place = this.batcher.accept(arrivals, trigger);
    if (this.batcher.hasHidden) this.save();
    return place;
  }

  /** Writes what {@link accept} took in, and makes sure that the object wakes up for it. */
  save(): void {
    if (this.batcher.save() && this.active) this.#wakeBy(this.#clock.now() + RESUME_AFTER_MS);
  }

  /** Not for what waits for a probe: that has an alarm of its own. What is under way is gone on with, whichever it is. */
  #wakeBy(at: number): void {
    this.#alarm.by(this.#underWay > 0 ? at : Math.max(at, this.trouble.probeAt ?? 0));
  }

  /** Whether everything that was taken in is under way. */
  get idle(): boolean {
    const begun = [this.#current, ...this.#again];
    return !begun.some((work) => work?.hasMore) && this.backlog.oldestWaiting(this.#clock.now()) === undefined;
  }

  /** Begins what is due and fits the window, the oldest first. The attempts are to be made, and to be told by {@link ended}. */
  next(): Start[] {
    const now = this.#clock.now();
    if (!this.config || !this.active) return [];
    const notBefore = Math.max(this.#coolUntil, this.trouble.probeAt ?? 0);
    if (now < notBefore && !(now >= this.#coolUntil && this.#unsuspected(now))) {
      if (this.#failing || !this.idle) this.#alarm.by(notBefore);
      else this.#wakeForNext(now, notBefore);
      return [];
    }
    const starts = this.#failing ? this.#probe(now) : this.#fill(now);
    if (starts.length > 0 && !this.batcher.hasUnsaved) this.#alarm.by(now + RESUME_AFTER_MS);
    if (!this.#failing && this.backlog.oldestWaiting(now) === undefined) this.#wakeForNext(now, now);
    return starts;
  }

  #wakeForNext(now: number, notBefore: number): void {
    const next = this.backlog.nextDue(now);
    if (next !== undefined) this.#alarm.by(Math.max(next, notBefore));
  }

  #fill(now: number): Start[] {
    const starts: Start[] = [];
    while (this.#underWay < this.#room) {
      const work = this.#toGoOn(now) ?? this.#beginNext(now);
      if (!work) break;
      const ordered = this.#inOrder(work.head);
      if (ordered && this.#underWay > 0) break;
      if (ordered) this.#heldInOrder--;
      this.#start(work, starts);
    }
    return starts;
  }

  /** The oldest parcel that is at work and of which another delivery may be started. */
  #toGoOn(now: number): Work | undefined {
    let oldest = this.#current?.mayGoOn(now) ? this.#current : undefined;
    for (const work of this.#again) {
      if (!work.hasMore) this.#again.delete(work);
      else if (work.mayGoOn(now) && !(oldest && oldest.head.seq < work.head.seq)) oldest = work;
    }
    return oldest;
  }

  #probe(now: number): Start[] {
    const starts: Start[] = [];
    if (this.#underWay > 0) return starts;
    const extra = now < (this.trouble.scheduledFor ?? 0);
    const unsuspected = this.#unsuspected(now);
    const others = this.trouble.probes >= PROBES_OF_OLDEST;
    for (;;) {
      const head =
        (now < (this.trouble.probeAt ?? 0) ? unsuspected : undefined) ??
        (others ? this.backlog.oldest(now, ({ seq }) => !this.#probed.has(seq)) : undefined) ??
        this.backlog.oldest(now, () => true);
      if (!head) return starts;
      const work = this.#begin(head, now, true);
      if (!work) continue;
      this.#probed.add(head.seq);
      this.#start(work, starts, extra);
      return starts;
    }
  }

  /** What was never attempted, while nothing is known against the endpoint but the failures of a single other delivery. */
  #unsuspected(now: number): Head | undefined {
    if (this.trouble.sole === null || this.#underWay > 0) return undefined;
    return this.backlog.oldestDue(now, ({ attempt }) => attempt === 0);
  }

  #start(work: Work, starts: Start[], extra = false): void {
    const start = work.start(this.trouble.round, this.#clock.now(), extra);
    if (!start) return;
    this.#underWay++;
    starts.push(start);
  }

  #beginNext(now: number): Work | undefined {
    this.#current = undefined;
    for (;;) {
      const head = this.backlog.oldestWaiting(now);
      if (!head || (this.#length > MAX_AT_WORK_LENGTH && this.#works.size > 0)) return undefined;
      this.#current = this.#begin(head, now, false);
      if (this.#current) return this.#current;
    }
  }

  #begin(head: Head, now: number, probe: boolean): Work | undefined {
    if (head.lost >= MAX_LOST) {
      // None is to fail for another one: each is tried by itself before that.
      if (head.count > 1) this.#scatter(head, now);
      else this.#failLost(head, now);
      return undefined;
    }
    this.batcher.close(head.seq);
    const parcel = this.batcher.unsaved(head.seq) ?? this.#store.open(head.seq);
    if (!parcel) {
      this.backlog.remove(head);
      return undefined;
    }
    this.backlog.begin(head);
    const work = new Work(head, parcel.history, parcel.events, probe, probe && head.dueAt > now + this.#probeSlackMs);
    if (head.dueAt <= this.#wokeAt && !this.batcher.unsaved(head.seq)) {
      head.lost++;
      this.#store.updateHead(head);
    }
    this.#works.set(head.seq, work);
    this.#length += work.length;
    return work;
  }

  #scatter(head: Head, now: number): void {
    this.batcher.close(head.seq);
    scatter(this.#store, this.backlog, head, now);
  }

  #failLost(head: Head, now: number): void {
    const history = this.#store.history(head.seq);
    if (!history) return;
    const outcomes = new Map(history.entries.map(({ index }) => [index, { ...impossible(index), at: now }]));
    this.#applyOutcomes(head, history, outcomes, undefined, now);
  }

  #inOrder(head: Head): boolean {
    return this.#heldInOrder > 0 && familyOf(head.seq) <= this.trouble.orderedTo;
  }

  /**
   * Takes in how an attempt went; what was not attempted waits on, and nothing is used up.
   * @returns whether there is something to be settled now, by {@link settleEnded}
   */
  ended(start: Start, attempted: Attempted): boolean {
    const now = this.#clock.now();
    const { outcome } = attempted;
    const work = this.#works.get(start.seq);
    if (!work || !this.config) return false;
    const { trouble } = this;
    if (outcome && !outcome.ours) this.#learn(start, outcome, work, now);
    if (start.probe && this.#failing && (!outcome || outcome.ours)) {
      // It said nothing of the endpoint: another one has to.
      const waitMs = outcome ? probeDelayMs(this.trouble, this.#probeDelays()) : GIVEN_BACK_MS;
      this.trouble = { ...this.trouble, probeAt: now + waitMs };
    }
    this.#underWay--;
    this.#giveBack(work, start, attempted, now);
    if (work.underWay === 0 && (!work.hasMore || !this.active || this.#failing)) this.#ended.add(work);
    // What has begun and may not go on, now that the endpoint is failing, waits like everything else.
    if (this.#failing && trouble.probeAt === null) {
      for (const each of this.#works.values()) if (each.underWay === 0) this.#ended.add(each);
    }
    return this.#ended.size > 0 || this.gone || trouble !== this.trouble;
  }

  #giveBack(work: Work, start: Start, attempted: Attempted, now: number): void {
    const again = now + GIVEN_BACK_MS;
    // Something about it ends whoever attempts it: that counts as an attempt, so that it comes to an end.
    const before = work.head.count === 1 ? work.lostBefore : 0;
    const hopeless = attempted.lost && before + work.lostOf(start.index) >= MAX_LOST - 1;
    const outcome = hopeless ? { ...impossible(start.index), at: now } : attempted.outcome;
    work.ended(start.index, { ...attempted, outcome }, now, again);
    if (outcome || !work.hasMore) return;
    this.#again.add(work);
    this.#backAt = again;
    // Whatever kept it back would keep back the others, too, and what is older goes first.
    this.#coolUntil = Math.max(this.#coolUntil, again);
    this.#alarm.by(again);
  }

  /** Files the parcels of which all is told. */
  settleEnded(): void {
    const now = this.#clock.now();
    for (const work of this.#ended) this.#settle(work, now);
    this.#ended.clear();
  }

  /** Puts back what has begun and cannot go on: to be called when the endpoint was paused or disabled. */
  putBack(): void {
    const now = this.#clock.now();
    for (const work of [...this.#works.values()]) {
      work.stop();
      if (work.underWay === 0) this.#settle(work, now);
    }
  }

  /** Whether outcomes wait for others of their parcel. */
  get straggling(): boolean {
    return [...this.#works.values()].some(({ outcomeSince }) => outcomeSince !== undefined);
  }

  /** Files outcomes that have waited too long for the others of their parcel. */
  settleStragglers(): void {
    const now = this.#clock.now();
    for (const work of [...this.#works.values()]) {
      if (work.outcomeSince !== undefined && now - work.outcomeSince >= STRAGGLE_MS) this.#settleSome(work, now);
    }
  }

  /** Ends a parcel's work: what has an outcome is settled by it, the others wait on. */
  #settle(work: Work, now: number): void {
    const { head, history, outcomes, sent } = work;
    this.#works.delete(head.seq);
    this.#length -= work.length;
    if (this.#current === work) this.#current = undefined;
    this.#again.delete(work);
    // The object is still there: it has outlived the parcel.
    head.lost = work.lostBefore + work.lost;
    this.#applyOutcomes(head, history, outcomes, sent, now, work.early);
  }

  /** Files what is told of a parcel that is still at work, if its row can take it so. */
  #settleSome(work: Work, now: number): void {
    work.outcomeSince = undefined;
    const { head, history, outcomes, sent } = work;
    const rest = history.entries.filter(({ index }) => !outcomes.has(index));
    if (rest.length === 0) return;
    this.#applyOutcomes(head, history, outcomes, sent, now);
    outcomes.clear();
    const waits = this.backlog.get(head.seq);
    const left = this.#store.history(head.seq);
    if (!waits || !left) return;
    this.backlog.begin(waits);
    work.shrink(waits, left);
  }

  #applyOutcomes(
    head: Head,
    before: AttemptHistory,
    outcomes: ReadonlyMap<number, Outcome>,
    sent: Sent | undefined,
    now: number,
    early = false,
  ): void {
    const history = record(before, outcomes, sent);
    const delays = this.config?.retryDelays ?? [];
    // What failed before its time waits on as it did.
    const counted = early ? new Map([...outcomes].filter(([, { error }]) => error === null)) : outcomes;
    const settlement = settle(before.entries, counted, head.attempt + 1, delays, now, Math.random());
    // Its row says that what came before it was taken in, too: that must not be in memory alone.
    if (this.batcher.isOldestUnsaved(head.seq) && this.#isWhole(history, settlement)) {
      const parcel = this.batcher.takeUnsaved(head.seq);
      this.backlog.remove(head);
      if (parcel) this.#store.insertLog(head.seq, now, "delivered", parcel.place, history, parcel.events);
      // For the retention: nothing else sets one where nothing ever waits.
      this.#alarm.by(now + DAY_MS);
      return;
    }
    // What parts ways, or is to be tried again, must be a row first.
    this.save();
    if (settlement.exhausted.length > 0) this.onExhausted(this.#found(head.seq, history, settlement.exhausted));
    const atWork = this.#works.has(head.seq);
    applySettlement(this.#store, this.backlog, head, before.trigger, history, settlement, now, atWork);
    if (!this.#failing && settlement.retries.length > 0) {
      this.#alarm.by(Math.min(...settlement.retries.map(({ dueAt }) => dueAt)));
    }
  }

  /** Whether all of a parcel was delivered, and one row can tell of it. */
  #isWhole(history: AttemptHistory, { delivered }: Settlement): boolean {
    return delivered.length === history.entries.length && fitting(history, delivered).length === 1;
  }

  #found(seq: number, history: AttemptHistory, positions: readonly number[]): LoggedDelivery[] {
    const parcel = this.#store.open(seq);
    return parcel ? pick(unpack({ ...parcel, history }), positions) : [];
  }

  /** What an attempt says about the endpoint. */
  #learn(start: Start, outcome: Outcome, work: Work, now: number): void {
    const { at, durationMs, error, status } = outcome;
    const how: Sample["how"] = error === null ? "delivered" : UNREACHED.has(error) ? "unreached" : "failed";
    this.limit = afterAttempt(this.limit, { at, durationMs, how, underWay: this.#underWay }, now);
    if (error === null) {
      this.#lastSuccessAt = now;
      if (this.#failing) this.#recover();
      else this.trouble = afterSuccess(this.trouble);
      return;
    }
    const asked = Math.min(outcome.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS, MAX_COOLING_MS);
    if (asked > 0) this.#coolUntil = Math.max(this.#coolUntil, now + asked);
    if (status === GONE && this.#endsAtGone()) this.gone = true;
    this.lastFailure = { at: now, status, error };
    // Between its failures the endpoint has answered others well: it says something of the event.
    if (!start.probe && work.hasFailedBy(start.index, this.lastSuccessAt ?? 0)) return;
    const before = this.trouble;
    this.trouble = afterFailure(before, start, this.#probeDelays(), now, this.#coolUntil);
    // One of an earlier round does not move the probe, which may be overdue.
    if (this.trouble.probeAt === null || this.trouble === before) return;
    this.#alarm.by(this.trouble.probeAt);
    this.#probeSlackMs = (this.trouble.probeAt - now) * JITTER;
  }

  /** In seconds. An endpoint whose deliveries are not retried is probed by its dialect's delays. */
  #probeDelays(): readonly number[] {
    const { config } = this;
    if (!config) return [];
    return config.retryDelays.length > 0 ? config.retryDelays : dialectOf(config.dialect).retryDelays;
  }

  #endsAtGone(): boolean {
    const { config } = this;
    return config !== null && (config.disableOnGone ?? dialectOf(config.dialect).disablesOnGone);
  }

  /** Lets a failing endpoint be probed now. @returns false if it is not failing, or nothing is sent to it at all */
  probeNow(): boolean {
    if (!this.active || !this.#failing) return false;
    this.#coolUntil = 0;
    // It counts, also where a change of the webhook has let one go out that does not.
    this.trouble = { ...this.trouble, probeAt: this.#clock.now(), scheduledFor: null };
    return true;
  }

  /** What kept it from answering may be what was changed: a failing endpoint is probed now, and a failure makes nothing worse. */
  changed(): void {
    if (!this.#failing) return;
    this.#coolUntil = 0;
    this.trouble = extraProbe(this.trouble, this.#clock.now());
  }

  /** Sends some of a parcel's deliveries again: see {@link resend}. */
  sendAgain(parcel: Parcel, positions: number[], trigger: Trigger): void {
    // Its history is about to say more than how many deliveries there are: nothing may join it.
    this.batcher.closeTail();
    this.backlog.readTo(parcel.seq, this.#clock.now());
    resend(this.#store, this.backlog, this.#clock.now(), parcel, positions, trigger);
  }

  /** After a pause or a repair: what is held goes out now, the oldest first, carefully at first. */
  resume(): void {
    this.#recover();
    this.#coolUntil = 0;
    this.#backAt = 0;
    // What has been under way since before a pause has no alarm any more.
    if (this.#works.size > 0) this.#alarm.by(this.#clock.now() + RESUME_AFTER_MS);
  }

  #recover(): void {
    this.trouble = { ...NO_TROUBLE, round: this.trouble.round + 1, orderedTo: this.batcher.newestFamily };
    this.#probed.clear();
    this.limit = carefully(this.limit);
    this.#heldInOrder = HELD_IN_ORDER;
    this.#bringForward();
  }

  #bringForward(): void {
    const now = this.#clock.now();
    this.#store.bringForward(now);
    this.backlog.bringForward(now);
  }

  /** It is reached elsewhere from now on: what another receiver has asked for says nothing of this one. */
  moved(): void {
    // What could not be attempted waits on, and what is younger behind it.
    this.#coolUntil = this.#backAt;
    this.#bringForward();
    this.changed();
  }

  /** When this object next has something to do of its own accord, in milliseconds since 1970; undefined if never. */
  nextWake(): number | undefined {
    if (!this.active) return undefined;
    const now = this.#clock.now();
    if (this.#works.size > 0) {
      const resumeAt = now + RESUME_AFTER_MS;
      if (this.#failing) return Math.max(resumeAt, this.#underWay === 0 ? this.#coolUntil : 0);
      // What is under way does not put off what becomes due beside it; what could begin already waits for a place.
      const next = Math.max(this.idle ? (this.backlog.nextDue(now) ?? resumeAt) : now, this.#coolUntil);
      if (next <= now) return resumeAt;
      return this.#underWay === 0 ? next : Math.min(next, resumeAt);
    }
    if (this.trouble.probeAt !== null) {
      return this.backlog.oldest(now, () => true) && Math.max(this.trouble.probeAt, this.#coolUntil, now + 1);
    }
    if (this.backlog.oldestWaiting(now)) return Math.max(this.#coolUntil, now + 1);
    return this.backlog.nextDue(now);
  }
}
