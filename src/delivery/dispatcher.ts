import type { EndpointState } from "../config/endpoints.ts";
import { dialectOf } from "../dialects/index.ts";
import type { Alarm } from "../lib/alarm.ts";
import type { Clock } from "../lib/coalesce.ts";
import { Backlog, type Head } from "./backlog.ts";
import { Claims } from "./claims.ts";
import type { Trigger } from "./contract.ts";
import { file } from "./filing.ts";
import { type Arrival, Intake, type Place } from "./intake.ts";
import type { Claimed, Message } from "./message.ts";
import type { Failure } from "./notice.ts";
import { familyOf, type Ledger, type Outcome, pick, record, type Sent, settle } from "./parcel.ts";
import { type Found, unpack } from "./reading.ts";
import { resend } from "./resend.ts";
import { MAX_RETRY_AFTER_MS } from "./schedule.ts";
import type { Parcel, Store } from "./store.ts";
import { afterFailure, afterSuccess, NO_STREAK, type Streak } from "./streak.ts";
import { afterRound, type Flow, newFlow, parcelSize } from "./window.ts";

/** Released this often without ever being settled: something about the parcel ends its consumers. */
const MAX_LOST = 5;
/** A parcel that comes back without a single attempt waits this long, in milliseconds. */
const GIVEN_BACK_MS = 1000;
/** So many held deliveries go out strictly one after another; a larger backlog goes on as fast as the window allows. */
const HELD_IN_ORDER = 1000;
/** RFC 9110, 15.5.11: what was there will not be back. */
const GONE = 410;
/** A receiver that asks for patience gets it for the whole endpoint, up to this; the delivery itself waits as asked. */
const MAX_COOLING_MS = 5 * 60_000;

/**
 * The life of an endpoint's parcels: accepted, released within the window, claimed, settled, released again when lost.
 * Synchronous: every method leaves rows and memory in step, and sends nothing itself.
 */
export class Dispatcher {
  readonly backlog = new Backlog();
  readonly claims: Claims;
  readonly #store: Store;
  readonly #alarm: Alarm;
  readonly #clock: Clock;
  readonly #rereleaseAfterMs: number;
  readonly intake: Intake;
  #heldUntilFamily = 0;
  #heldInOrder = 0;
  #coolUntil = 0;
  flow: Flow;
  streak: Streak = NO_STREAK;
  lastSuccessAt: number | null;
  /** Whether the receiver has said that it is gone for good; whoever judges it takes that back. */
  gone = false;
  /** Since the object woke up. */
  lastFailure: Failure | null = null;
  config: EndpointState | null = null;
  /** Is told, within the settlement, of deliveries of one parcel that failed for good. */
  onExhausted: (found: Found[]) => void = () => {};

  constructor(store: Store, alarm: Alarm, clock: Clock, rereleaseAfterMs: number) {
    this.#store = store;
    this.#alarm = alarm;
    this.#clock = clock;
    this.#rereleaseAfterMs = rereleaseAfterMs;
    this.claims = new Claims(clock);
    const now = clock.now();
    for (const head of store.heads()) this.backlog.add(head, now);
    this.intake = new Intake(store, this.backlog, clock);
    this.flow = newFlow(now);
    this.lastSuccessAt = store.lastDeliveredAt();
  }

  get active(): boolean {
    return this.config?.status === "active";
  }

  /** Takes new deliveries in: see {@link Intake.accept}. */
  accept(arrivals: readonly Arrival[], trigger?: Trigger): Place | undefined {
    return this.intake.accept(arrivals, trigger);
  }

  /** Writes what {@link accept} took in, and makes sure that the object wakes up for it. */
  save(): void {
    if (this.intake.save()) this.#alarm.by(this.#clock.now() + this.#rereleaseAfterMs);
  }

  /** Releases what is due and fits the window, the oldest first. The messages are to be sent after {@link save}. */
  release(): Message[] {
    const messages: Message[] = [];
    const now = this.#clock.now();
    if (!this.config || !this.active) return messages;
    if (now < this.#coolUntil) {
      this.#alarm.by(this.#coolUntil);
      return messages;
    }
    this.backlog.promote(now);
    for (;;) {
      const head = this.backlog.oldestWaiting();
      const room = this.flow.window - this.backlog.inFlight;
      if (!head || room < 1) break;
      const ordered = this.#inOrder(head);
      if (ordered && this.backlog.inFlight > 0) break;
      // Small remainders of the window are left to grow: else a long parcel would go out in crumbs, a row each.
      if (this.backlog.inFlight > 0 && room < Math.min(head.count, Math.ceil(this.flow.window / 2))) break;
      const size = Math.min(room, parcelSize(this.flow));
      if (size < head.count) this.intake.split(head, size);
      if (ordered) this.#heldInOrder -= head.count;
      head.ordered = ordered;
      messages.push(this.#markReleased(head, now, head.lost + 1));
    }
    if (messages.length > 0) this.#alarm.by(now + this.#rereleaseAfterMs);
    const next = this.backlog.nextDue();
    if (next !== undefined) this.#alarm.by(next);
    return messages;
  }

  /** Whether a parcel waits that nothing will join any more: coalescing would only delay it. */
  hasFullParcel(): boolean {
    const head = this.backlog.oldestWaiting();
    return head !== undefined && !this.intake.isTail(head);
  }

  #inOrder(head: Head): boolean {
    return this.#heldInOrder > 0 && familyOf(head.seq) <= this.#heldUntilFamily;
  }

  #markReleased(head: Head, now: number, lost: number): Message {
    const round = this.streak.round;
    this.backlog.update(head, { release: head.release + 1, releasedAt: now, lost, round }, now);
    if (!this.intake.isUnsaved(head)) this.#store.updateHead(head);
    if (this.intake.isTail(head)) this.intake.closeTail();
    return { endpoint: this.config?.id ?? "", seq: head.seq, release: head.release };
  }

  /** Takes back released parcels: their messages find nothing to claim any more. */
  #withdraw(heads: readonly Head[], dueAt: number): void {
    const now = this.#clock.now();
    for (const head of heads) {
      this.backlog.update(head, { releasedAt: null, lost: Math.max(0, head.lost - 1), dueAt }, now);
      this.#store.updateHead(head);
    }
  }

  /** For messages that could not be sent: their parcels wait `delayMs` and go out again. */
  unsent(messages: readonly Message[], delayMs: number): void {
    const dueAt = this.#clock.now() + delayMs;
    const heads = messages.flatMap(({ seq, release }) => {
      const head = this.backlog.get(seq);
      return head && head.release === release && head.releasedAt !== null ? [head] : [];
    });
    this.#withdraw(heads, dueAt);
    this.#alarm.by(dueAt);
  }

  /** Released parcels that nobody has claimed. */
  unclaimed(): Head[] {
    return [...this.backlog.released()].filter((head) => !this.claims.has(head.seq));
  }

  /** Releases unclaimed parcels anew, to be sent by another lane. */
  releaseAgain(heads: readonly Head[]): Message[] {
    const now = this.#clock.now();
    return heads.map((head) => this.#markReleased(head, now, head.lost));
  }

  claim(seq: number, release: number, claimant: string): Claimed {
    const head = this.backlog.get(seq);
    if (!head || !this.config || head.release !== release || head.releasedAt === null) return { state: "stale" };
    if (!this.active) {
      if (!this.claims.has(seq)) this.#withdraw([head], head.dueAt);
      return { state: "stale" };
    }
    if (!this.claims.claim(seq, claimant, this.#patienceMs())) return { state: "busy" };
    const parcel = this.#store.open(seq);
    if (!parcel) return { state: "stale" };
    return {
      state: "go",
      version: this.config.version,
      endpointNumber: this.config.number,
      family: familyOf(seq),
      ordered: head.ordered,
      indices: parcel.ledger.entries.map((entry) => entry.index),
      events: parcel.events,
    };
  }

  /** Whether the claimant may start further requests. */
  renew(seq: number, release: number, claimant: string): boolean {
    const head = this.backlog.get(seq);
    if (!this.active || !head || head.release !== release || head.releasedAt === null) return false;
    return this.claims.claim(seq, claimant, this.#patienceMs());
  }

  #patienceMs(): number {
    return (this.config?.timeoutMs ?? 0) + 15_000;
  }

  /** When a released parcel is taken for lost, in milliseconds since 1970. */
  #deadline(head: Head): number {
    const wait = this.#rereleaseAfterMs * 2 ** Math.max(0, head.lost - 1);
    const claimed = this.claims.since(head.seq);
    return Math.max((head.releasedAt ?? 0) + wait, claimed === undefined ? 0 : claimed + this.#patienceMs());
  }

  /** Takes back what was released and never settled; what was lost again and again has failed. */
  reclaimLost(): void {
    const now = this.#clock.now();
    const lost = [...this.backlog.released()].filter((head) => this.#deadline(head) <= now);
    for (const head of lost) {
      this.claims.release(head.seq);
      if (head.lost >= MAX_LOST) this.#failLost(head, now);
      else {
        this.backlog.update(head, { releasedAt: null }, now);
        this.#store.updateHead(head);
      }
    }
  }

  #failLost(head: Head, now: number): void {
    const outcomes = (this.#store.ledger(head.seq)?.entries ?? []).map(({ index }): Outcome => {
      return {
        index,
        at: now,
        status: null,
        durationMs: 0,
        error: "unknown",
        responseBody: "",
        signature: undefined,
        retryAfterMs: null,
      };
    });
    this.settle(head.seq, head.release, outcomes, undefined);
  }

  /** When this object next has something to do of its own accord; undefined if never. */
  nextWake(): number | undefined {
    const times = [...this.backlog.released()].map((head) => this.#deadline(head));
    const due = this.backlog.nextDue();
    if (this.active && due !== undefined) times.push(due);
    // While something is in flight, its settlement releases what waits.
    if (this.active && this.backlog.oldestWaiting() && this.backlog.inFlight === 0) {
      times.push(Math.max(this.#coolUntil, this.#clock.now() + 1));
    }
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Records how a parcel's attempts went and files its deliveries accordingly. Deliveries without an outcome wait on. */
  settle(seq: number, release: number, outcomes: readonly Outcome[], sent: Sent | undefined): void {
    const head = this.backlog.get(seq);
    const before = this.#store.ledger(seq);
    if (!head || !before || head.release !== release || head.releasedAt === null || !this.config) return;
    const now = this.#clock.now();
    this.claims.release(seq);
    // Given back untouched: whatever kept the consumer from it must not make the two of them spin.
    if (outcomes.length === 0) this.backlog.update(head, { dueAt: Math.max(head.dueAt, now + GIVEN_BACK_MS) }, now);
    this.#learn(head, outcomes, now);
    const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
    const ledger = record(before, byIndex, sent);
    const settlement = settle(before.entries, byIndex, head.attempt + 1, this.config.retryDelays, now, Math.random());
    if (settlement.exhausted.length > 0) this.onExhausted(this.#found(seq, ledger, settlement.exhausted));
    file(this.#store, this.backlog, head, before.trigger, ledger, settlement, now);
    const next = this.backlog.nextDue();
    if (next !== undefined) this.#alarm.by(next);
  }

  #found(seq: number, ledger: Ledger, positions: readonly number[]): Found[] {
    const parcel = this.#store.open(seq);
    return parcel ? pick(unpack({ ...parcel, ledger }), positions) : [];
  }

  /** What an endpoint's answers say about the endpoint. */
  #learn(head: Head, all: readonly Outcome[], now: number): void {
    const outcomes = all.filter(({ ours }) => !ours);
    const failures = outcomes.filter((outcome) => outcome.error !== null);
    const delivered = outcomes.length - failures.length;
    if (outcomes.length === 0) return;
    const timedOut = failures.some((outcome) => outcome.error === "timeout");
    this.flow = afterRound(
      this.flow,
      {
        delivered,
        failed: failures.length,
        timedOut,
        latencyMs: outcomes.reduce((sum, outcome) => sum + outcome.durationMs, 0) / outcomes.length,
        tripMs: now - (head.releasedAt ?? now),
      },
      now,
    );
    const asked = Math.max(0, ...failures.map((outcome) => outcome.retryAfterMs ?? 0));
    if (asked > 0) this.#coolUntil = now + Math.min(asked, MAX_RETRY_AFTER_MS, MAX_COOLING_MS);
    // What is still queued for an endpoint that hangs would only occupy a lane.
    if (timedOut) this.#withdraw(this.unclaimed(), now);
    if (delivered > 0) this.lastSuccessAt = now;
    if (this.#endsAtGone() && failures.some(({ status }) => status === GONE)) this.gone = true;
    const last = failures.at(-1);
    if (last) this.lastFailure = { at: now, status: last.status, error: last.error };
    this.streak = delivered > 0 ? afterSuccess(this.streak) : afterFailure(this.streak, head.round);
  }

  #endsAtGone(): boolean {
    const { config } = this;
    return config !== null && (config.disableOnGone ?? dialectOf(config.dialect).disablesOnGone);
  }

  /** Sends some of a parcel's deliveries again: see {@link resend}. */
  sendAgain(parcel: Parcel, positions: number[], trigger: Trigger): void {
    // Its ledger is about to say more than how many deliveries there are: nothing may join it.
    this.intake.closeTail();
    resend(this.#store, this.backlog, this.#clock.now(), parcel, positions, trigger);
  }

  /** After a pause or a repair: what is held goes out now, the oldest first, carefully at first. */
  resume(): void {
    this.streak = { failures: 0, round: this.streak.round + 1 };
    this.flow = { ...this.flow, window: 1 };
    this.#coolUntil = 0;
    this.#heldUntilFamily = this.intake.newestFamily;
    this.#heldInOrder = HELD_IN_ORDER;
    this.backlog.expedite();
  }
}
