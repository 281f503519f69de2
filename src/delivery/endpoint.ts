import { DurableObject } from "cloudflare:workers";
import { loadEndpointState } from "../config/endpoints.ts";
import { settingsOf } from "../config/settings.ts";
import { encodeEvent } from "../events/record.ts";
import { Alarm } from "../lib/alarm.ts";
import { Coalescer, systemClock } from "../lib/coalesce.ts";
import { emptied } from "../lib/emptied.ts";
import { type DeliveryId, type DeliveryPlace, deliveryId, type EventPlace, eventId } from "../lib/ids.ts";
import { Meta, Sql } from "../lib/sql.ts";
import type {
  DeliveryDetail,
  DeliveryFilter,
  DeliveryPage,
  DeliveryStatus,
  EndpointApi,
  Health,
  ReplayRequest,
  Stats,
  Trigger,
} from "./contract.ts";
import { Dispatcher } from "./dispatcher.ts";
import { CURSORY, figuresOver, recentHealth, THOROUGH } from "./health.ts";
import { HopWatch } from "./hop-watch.ts";
import type { Arrival, Place } from "./intake.ts";
import { laneOf } from "./lanes.ts";
import type { Claimed, Message } from "./message.ts";
import type { Outcome, Sent } from "./parcel.ts";
import { type PeriodName, periodOf } from "./period.ts";
import * as reading from "./reading.ts";
import { replay } from "./resend.ts";
import { sentRequest } from "./sent-request.ts";
import { Standing } from "./standing.ts";
import { Store } from "./store.ts";
import { COALESCE_MS } from "./window.ts";

/** The platform takes this many messages in one call. */
const SEND_AT_ONCE = 100;
/** After a queue refused messages, in milliseconds. */
const RETRY_MS = 5000;
/** Log rows let go of in one alarm. */
const PRUNE_AT_ONCE = 500;
const DAY_MS = 24 * 3600 * 1000;

/** Lets other calls have their turn. */
const turn = () => scheduler.wait(0);

/**
 * One endpoint: its open parcels, its delivery log, its health. A shell around {@link Dispatcher}: it loads, lets decide,
 * stores, sends. It never speaks to the customer's server itself; consumers do, and a consumer that waits for a slow one
 * does not keep this object from working.
 */
export class Endpoint extends DurableObject<Env> implements EndpointApi {
  /** Counts the rows that Cloudflare bills. */
  readonly sql: Sql;
  readonly #meta: Meta;
  readonly #alarm: Alarm;
  readonly #store: Store;
  readonly dispatcher: Dispatcher;
  readonly #standing: Standing;
  readonly #releases: Coalescer;
  readonly #hops: HopWatch;
  readonly name: string;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.name = ctx.id.name ?? "";
    this.sql = new Sql(ctx.storage);
    this.#meta = new Meta(this.sql);
    this.#alarm = new Alarm(ctx.storage, this.sql);
    this.#store = new Store(this.sql);
    this.dispatcher = new Dispatcher(this.#store, this.#alarm, systemClock, settingsOf(env).RERELEASE_AFTER_MS);
    this.#standing = new Standing(this.#meta, this.#alarm, this.dispatcher, {
      env: () => this.env,
      waitUntil: (work) => ctx.waitUntil(work),
    });
    this.dispatcher.intake.startAfter(this.#meta.read<number>("position") ?? 0);
    this.#releases = new Coalescer(COALESCE_MS, () => this.#release());
    this.#hops = new HopWatch(this.dispatcher, systemClock, (messages) => this.#send(messages));
    void ctx.blockConcurrencyWhile(() => this.#alarm.load());
  }

  /**
   * Takes in what the stream has for this endpoint; what it has seen before it ignores. When it answers, the events are
   * stored.
   * @param version of the subscription by which the stream chose the events
   * @returns false if the endpoint does not exist any more
   */
  async accept(arrivals: Arrival[], version: number): Promise<boolean> {
    const config = this.dispatcher.config;
    if (!config || config.version < version) await this.refresh();
    if (!this.dispatcher.config) return false;
    this.#take(arrivals);
    return true;
  }

  #take(arrivals: readonly Arrival[], trigger?: Trigger): Place | undefined {
    const place = this.#change(() => this.dispatcher.accept(arrivals, trigger));
    // If this releases them at once, they are written once.
    this.#releases.request();
    this.#change(() => this.dispatcher.save());
    return place;
  }

  /** Changes rows and memory together. */
  #change<T>(work: () => T): T {
    try {
      return this.sql.transaction(work);
    } catch (error) {
      // The rows were rolled back and memory was not: the next call finds an object that has read them anew.
      this.ctx.abort(`Starting anew after: ${error}`);
      throw error;
    }
  }

  async sendTest(type: string, data: string, channels: string[]): Promise<DeliveryId> {
    if (!this.dispatcher.config) await this.refresh();
    const config = this.dispatcher.config;
    if (!config) throw new Error("The endpoint does not exist");
    const at = Date.now();
    // Row 0 of the stream does not exist: a test is an event of no stream.
    const id = eventId({ at, seq: 0, index: 0 });
    const text = encodeEvent(id, { type, data, occurredAt: null, channels });
    const place = this.#take([{ position: 0, text }], "test");
    return deliveryId({ at, endpoint: config.number, family: place?.family ?? 0, index: place?.index ?? 0 });
  }

  async refresh(): Promise<void> {
    const state = await loadEndpointState(this.env, this.name);
    const before = this.dispatcher.config;
    // Two refreshes may overtake each other: the older reading yields.
    if (state && before && state.version < before.version) return;
    this.#standing.take(state);
    if (this.dispatcher.active) this.#releases.request();
    else await this.dispatcher.claims.leasesEnded();
  }

  /** A consumer's request for a parcel's deliveries: see {@link Dispatcher.claim}. */
  claim(seq: number, release: number, claimant: string): Claimed {
    const claimed = this.dispatcher.claim(seq, release, claimant);
    this.#hops.claimed();
    return claimed;
  }

  renew(seq: number, release: number, claimant: string): boolean {
    return this.dispatcher.renew(seq, release, claimant);
  }

  settle(seq: number, release: number, outcomes: Outcome[], sent: Sent | undefined): void {
    this.#change(() => {
      this.dispatcher.settle(seq, release, outcomes, sent);
      this.#standing.judge();
    });
    if (this.dispatcher.hasFullParcel()) this.#release();
    else this.#releases.request();
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    try {
      this.#change(() => {
        this.dispatcher.reclaimLost();
        this.#standing.judge();
      });
      this.#release();
      await this.#standing.notices.tell();
      this.#prune();
    } finally {
      this.#rearm();
    }
  }

  #rearm(): void {
    for (const next of [this.dispatcher.nextWake(), this.#standing.notices.nextWake()]) {
      if (next !== undefined) this.#alarm.by(next);
    }
    const oldest = this.#store.oldestLogAt();
    if (oldest === undefined) return;
    const expires = oldest + settingsOf(this.env).RETENTION_DAYS * DAY_MS;
    this.#alarm.by(Math.min(Math.max(expires, Date.now() + 60_000), Date.now() + DAY_MS));
  }

  /** Lets the oldest log rows go, in small bites: more of them at the next alarm. */
  #prune(): void {
    const { RETENTION_DAYS, RETENTION_BYTES } = settingsOf(this.env);
    const cutoff = Date.now() - RETENTION_DAYS * DAY_MS;
    const tooLarge = this.sql.bytes > RETENTION_BYTES;
    const oldest = this.#store.oldestLogAt();
    if (oldest === undefined || (oldest >= cutoff && !tooLarge)) return;
    // The newest row tells the stream position after a restart; it may be among those that go.
    this.#meta.write("position", this.dispatcher.intake.position);
    const gone = this.#store.prune(cutoff, tooLarge, PRUNE_AT_ONCE);
    if (gone === PRUNE_AT_ONCE) this.#alarm.by(Date.now() + 1000);
  }

  /** @returns whether anything went out */
  #release(): boolean {
    const messages = this.#change(() => {
      const released = this.dispatcher.release();
      this.dispatcher.save();
      return released;
    });
    this.#send(messages);
    return messages.length > 0;
  }

  #send(messages: Message[]): void {
    if (messages.length === 0) return;
    const { flow, streak, lastSuccessAt, config } = this.dispatcher;
    const health = { lastSuccessAt, failures: streak.failures, latencyMs: flow.latencyMs };
    const queue = this.env[laneOf(health, Date.now(), config?.number ?? 0, this.#hops.count)];
    for (let from = 0; from < messages.length; from += SEND_AT_ONCE) {
      const some = messages.slice(from, from + SEND_AT_ONCE);
      const batch = some.map((body) => ({ body, contentType: "json" as const }));
      const sending = queue.sendBatch(batch).catch((error: unknown) => {
        console.error(`${this.name}: the queue took no messages, trying again:`, error);
        this.dispatcher.unsent(some, RETRY_MS);
      });
      this.ctx.waitUntil(sending);
    }
    this.#hops.released();
  }

  async health(): Promise<Health> {
    if (!this.dispatcher.config) await this.refresh();
    const { config, streak, flow, backlog, lastSuccessAt, lastFailure } = this.dispatcher;
    const recent = await recentHealth(this.#store, Date.now(), turn);
    return {
      status: config?.status ?? "active",
      disabledReason: config?.disabledReason ?? null,
      streak: streak.failures,
      window: flow.window,
      waiting: backlog.waitingDeliveries,
      inFlight: backlog.inFlight,
      lastSuccessAt,
      // What an object that was idle has forgotten, its rows still know.
      lastFailureAt: lastFailure?.at ?? recent.lastFailureAt,
      successRate24h: recent.successRate,
      p50Ms24h: recent.p50Ms,
      p95Ms24h: recent.p95Ms,
    };
  }

  async stats(name: PeriodName, thorough: boolean): Promise<Stats> {
    const now = Date.now();
    const period = periodOf(name, now);
    const figures = await figuresOver(this.#store, period, thorough ? THOROUGH : CURSORY, turn);
    const kept = now - settingsOf(this.env).RETENTION_DAYS * DAY_MS;
    return {
      ...figures,
      since: period.since,
      stepMs: period.stepMs,
      waiting: this.dispatcher.backlog.waitingDeliveries,
      completeSince: kept > period.since ? Math.max(kept, figures.completeSince ?? 0) : figures.completeSince,
      lastSuccessAt: this.dispatcher.lastSuccessAt,
    };
  }

  get #number(): number {
    return this.dispatcher.config?.number ?? 0;
  }

  readonly #nextAttempt: reading.NextAttempt = (seq) => {
    const head = this.dispatcher.backlog.get(seq);
    return head && head.releasedAt === null && this.dispatcher.active ? head.dueAt : null;
  };

  async listDeliveries(filter: DeliveryFilter): Promise<DeliveryPage> {
    if (!this.dispatcher.config) await this.refresh();
    return reading.list(this.#store, this.#number, filter, this.#nextAttempt);
  }

  async getDelivery(place: DeliveryPlace): Promise<DeliveryDetail | null> {
    const found = reading.findByPlace(this.#store, place);
    if (!found) return null;
    return {
      ...reading.summary(place.endpoint, found, this.#nextAttempt),
      history: [...found.entry.attempts],
      request: await sentRequest(this.env, this.dispatcher.config?.workspaceId ?? 0, place.endpoint, found),
    };
  }

  async findDelivery(event: EventPlace, id: string): Promise<{ id: DeliveryId; status: DeliveryStatus } | null> {
    if (!this.dispatcher.config) await this.refresh();
    const found = reading.findByEvent(this.#store, event, id);
    if (!found) return null;
    return { id: reading.idOf(this.#number, found.parcel, found.entry, found.event), status: found.parcel.state };
  }

  async redeliver(place: DeliveryPlace): Promise<boolean> {
    const found = reading.findByPlace(this.#store, place);
    if (!found) return false;
    this.#change(() => this.dispatcher.sendAgain(found.parcel, [found.position], "manual"));
    this.#wakeFor();
    return true;
  }

  async replay(request: ReplayRequest): Promise<number> {
    const count = await replay(this.#store, request, {
      sendAgain: (parcel, positions) => this.dispatcher.sendAgain(parcel, positions, "replay"),
      transaction: (work) => this.#change(work),
      pause: async () => {
        this.#wakeFor();
        await turn();
      },
    });
    this.#wakeFor();
    return count;
  }

  /** Something has become due. */
  #wakeFor(): void {
    this.#alarm.by(Date.now() + RETRY_MS);
    this.#releases.request();
  }

  async destroy(): Promise<void> {
    await this.refresh();
    await emptied(this.ctx, "The endpoint was deleted");
  }
}
