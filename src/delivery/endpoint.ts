import { DurableObject } from "cloudflare:workers";
import { type EndpointState, markDisabled } from "../config/endpoints.ts";
import { settingsOf } from "../config/settings.ts";
import type { Accepted, Arrival } from "../events/contract.ts";
import { encodeEvent } from "../events/record.ts";
import { Alarm } from "../lib/alarm.ts";
import { systemClock } from "../lib/clock.ts";
import { type DeliveryId, type DeliveryPlace, type EventPlace, eventId } from "../lib/ids.ts";
import { emptied, nameOf } from "../lib/objects.ts";
import { Meta, Sql } from "../lib/sql.ts";
import type { Recipient } from "./attempt.ts";
import type {
  DeliveryDetail,
  DeliveryFilter,
  DeliveryPage,
  DeliveryState,
  EndpointApi,
  Health,
  Redelivery,
  ReplayRequest,
  Stats,
} from "./contract.ts";
import { idOf, OF_NO_STREAM } from "./delivery-id.ts";
import * as deliveryLog from "./delivery-log.ts";
import { Dispatcher, RESUME_AFTER_MS, STRAGGLE_MS } from "./dispatcher.ts";
import { CURSORY, figuresOver, recentHealth, THOROUGH } from "./health.ts";
import { EndpointLifecycle } from "./lifecycle.ts";
import { firstOf } from "./parcel.ts";
import { type PeriodName, periodOf } from "./period.ts";
import { RecentLog } from "./recent-log.ts";
import { replay } from "./resend.ts";
import { NOTHING_PRUNED, Retention } from "./retention.ts";
import { type Ended, Runner, type RunnerHost } from "./runner.ts";
import { endpointState } from "./sending-configs.ts";
import { sentRequest } from "./sent-request.ts";
import { Store } from "./store.ts";

/** What was taken in is on disk after this long at the latest, in milliseconds, even if it is still under way. */
const SAVE_AFTER_MS = 2000;
/** Of a receiver that has never answered, in milliseconds. */
const ASSUMED_LATENCY_MS = 100;
/** Between two chunks of what is let go of, in milliseconds. */
const NEXT_CHUNK_MS = 100;
/** An object that has grown too large tidies up this much later, in milliseconds. */
const TIDY_MS = 250;
const DAY_MS = 24 * 3600 * 1000;

/** Lets other calls have their turn. */
const turn = () => scheduler.wait(0);

/** What the object reaches beyond its rows: D1, and receivers. */
export type Reach = {
  stateOf(env: Env, name: string): Promise<EndpointState | null>;
  markDisabled: typeof markDisabled;
  runner(host: RunnerHost): Pick<Runner, "run" | "transitMs" | "couriersAreHeld">;
};

const DEPLOYED: Reach = { stateOf: endpointState, markDisabled, runner: (host) => new Runner(host) };

/**
 * One endpoint: its open parcels, its delivery log, its health; and whoever sends. A shell around {@link Dispatcher}: it
 * loads, lets decide, stores, and has the attempts made.
 */
export class Endpoint extends DurableObject<Env> implements EndpointApi {
  /** Counts the rows that Cloudflare bills. */
  readonly sql: Sql;
  readonly #meta: Meta;
  readonly #alarm: Alarm;
  readonly #store: Store;
  readonly #recent: RecentLog;
  readonly dispatcher: Dispatcher;
  readonly #lifecycle: EndpointLifecycle;
  readonly #reach: Reach;
  readonly #runner: ReturnType<Reach["runner"]>;
  readonly #retention: Retention;
  readonly name: string;
  #savesLater: ReturnType<typeof setTimeout> | undefined;
  #settlesLater: ReturnType<typeof setTimeout> | undefined;
  /** Who waits until everything that was taken in is stored. */
  #waiters: (() => void)[] = [];

  /** @param reach the runtime gives none */
  constructor(ctx: DurableObjectState, env: Env, reach: Reach = DEPLOYED) {
    super(ctx, env);
    this.#reach = reach;
    this.name = nameOf(ctx);
    this.sql = new Sql(ctx.storage);
    this.#meta = new Meta(this.sql);
    this.#alarm = new Alarm(ctx.storage, this.sql);
    this.#store = new Store(this.sql);
    this.#recent = new RecentLog(this.#store);
    this.dispatcher = new Dispatcher(this.#store, this.#alarm, systemClock, settingsOf(env).MAX_CONCURRENCY);
    this.#lifecycle = new EndpointLifecycle(this.#meta, this.#alarm, this.dispatcher, {
      env: () => this.env,
      waitUntil: (work) => ctx.waitUntil(work),
      markDisabled: reach.markDisabled,
      refresh: () => this.refresh(),
    });
    const { RETENTION_DAYS, RETENTION_BYTES } = settingsOf(env);
    const limits = { ageMs: RETENTION_DAYS * DAY_MS, bytes: RETENTION_BYTES };
    this.#retention = new Retention(this.sql, this.#store, this.dispatcher, limits);
    // A number, from before there could be several streams.
    this.dispatcher.batcher.startAfter([this.#meta.read<number | number[]>("position") ?? []].flat());
    this.#runner = reach.runner({
      env: () => this.env,
      recipient: () => this.#recipient(),
      gate: () => this.sql.confirmed(),
      mayStart: () => this.dispatcher.active,
      ended: (all) => this.#ended(all),
      waitUntil: (work) => ctx.waitUntil(work),
    });
    void ctx.blockConcurrencyWhile(async () => {
      await this.#alarm.load();
      // Whatever has woken it up: what waits goes on.
      setTimeout(() => this.#pump(), 0);
    });
  }

  #recipient(): Recipient | undefined {
    const { config } = this.dispatcher;
    return config ? { endpoint: config.id, number: config.number, version: config.version } : undefined;
  }

  /**
   * Takes in what the stream has for this endpoint; what it has seen before it ignores.
   * @param version of the subscription by which the stream chose the events
   * @param after position of the last event that whoever calls has handed over before; 0 if all that is on disk
   * @returns whether all of it is on disk: if not, {@link stored} says when it is, and until then whoever called keeps it
   * @throws Error if the endpoint's configuration is unknown and cannot be read
   */
  async accept(arrivals: Arrival[], version: number, after = 0): Promise<Accepted> {
    const { config } = this.dispatcher;
    if (!config || config.version < version) await this.#refreshIfPossible();
    if (!this.dispatcher.config) return { stored: true };
    // What an earlier life of this object has taken in and not stored has to come first.
    if (!this.dispatcher.batcher.has(after)) return { stored: false, behind: true };
    this.#save();
    this.#change(() => {
      this.dispatcher.accept(arrivals);
      // It may be there as rows at once.
      if (!this.dispatcher.batcher.hasUnsaved) this.#seeToRows();
    });
    // However fast it comes, the object grows by no more than one call brings.
    if (this.#retention.tooLarge) this.#prune();
    this.#pump();
    // Delivered within a moment it is written once, as delivered; more than is under way is not held in memory.
    if (this.dispatcher.holds || !this.dispatcher.idle) this.#save();
    else if (this.dispatcher.batcher.hasUnsaved) this.#saveLater();
    return { stored: !this.dispatcher.batcher.hasUnsaved };
  }

  /**
   * Resolves when everything that was taken in is on disk.
   * @param upTo position of the last event that whoever calls has handed over
   * @returns false if an object that has ended since has taken that with it
   */
  async stored(upTo: number): Promise<boolean> {
    if (!this.dispatcher.batcher.has(upTo)) return false;
    if (this.dispatcher.batcher.hasUnsaved) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return true;
  }

  #saveLater(): void {
    this.#savesLater ??= setTimeout(() => this.#save(), SAVE_AFTER_MS);
  }

  #save(): void {
    if (this.dispatcher.batcher.hasUnsaved) {
      this.#change(() => {
        this.dispatcher.save();
        this.#seeToRows();
      });
    }
    this.#tellStored();
  }

  /** New rows need what they are sent by on disk beside them; and what nothing else wakes the object up for must go in its time. */
  #seeToRows(): void {
    this.#lifecycle.write();
    this.#alarm.by(Date.now() + (this.#retention.tooLarge ? TIDY_MS : DAY_MS));
  }

  #tellStored(): void {
    if (this.dispatcher.batcher.hasUnsaved) return;
    // A timer that is left keeps the object awake, which is billed.
    clearTimeout(this.#savesLater);
    this.#savesLater = undefined;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Changes rows and memory together. */
  #change<T>(work: () => T): T {
    return this.#anew(() => this.sql.transaction(work));
  }

  /** After a failure memory may say other than the rows: the next call finds an object that has read them anew. */
  #anew<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.ctx.abort(`Starting anew after: ${error}`);
      throw error;
    }
  }

  /** Begins what may begin. */
  #pump(): void {
    this.dispatcher.transitMs = this.#runner.transitMs;
    const starts = this.#anew(() => this.dispatcher.next());
    this.#runner.run(starts, this.dispatcher.limit.latencyMs ?? ASSUMED_LATENCY_MS);
  }

  #ended(all: readonly Ended[]): void {
    const told = this.#anew(() => all.filter(({ start, attempted }) => this.dispatcher.ended(start, attempted)));
    if (told.length > 0) {
      this.#change(() => {
        this.dispatcher.settleEnded();
        this.#lifecycle.evaluate();
        this.#lifecycle.write();
        if (!this.dispatcher.active) this.dispatcher.putBack();
      });
      this.#tellStored();
    }
    this.#pump();
    if (!this.dispatcher.straggling) {
      clearTimeout(this.#settlesLater);
      this.#settlesLater = undefined;
    } else if (this.#settlesLater === undefined) this.#settleLater();
  }

  #settleLater(): void {
    this.#settlesLater = setTimeout(() => {
      this.#settlesLater = undefined;
      this.#change(() => {
        this.dispatcher.settleStragglers();
        this.#lifecycle.write();
      });
      this.#tellStored();
      if (this.dispatcher.straggling) this.#settleLater();
    }, STRAGGLE_MS);
  }

  async sendTest(type: string, data: string, channels: string[]): Promise<DeliveryId> {
    if (!this.dispatcher.config) await this.refresh();
    const config = this.dispatcher.config;
    if (!config) throw new Error("The endpoint does not exist");
    const at = Date.now();
    const id = eventId({ at, ...OF_NO_STREAM });
    const text = encodeEvent(id, { type, data, occurredAt: null, channels });
    this.#save();
    const place = this.#change(() => {
      const taken = this.dispatcher.accept([{ position: 0, text }], "test");
      this.dispatcher.save();
      this.#lifecycle.write();
      return taken;
    });
    this.#pump();
    return idOf(config.number, firstOf(place?.family ?? 0), { id });
  }

  async refresh(): Promise<void> {
    const state = await this.#reach.stateOf(this.env, this.name);
    const before = this.dispatcher.config;
    // Two refreshes may overtake each other: the older reading yields.
    if (state && before && state.version < before.version) return;
    this.#save();
    this.#change(() => {
      this.#lifecycle.take(state);
      // A status that was changed must hold for an object that wakes up with something to send.
      if (before) this.#lifecycle.write();
      if (!this.dispatcher.active) this.dispatcher.putBack();
    });
    if (this.dispatcher.active) this.#pump();
    else await this.#runner.couriersAreHeld();
  }

  /** Events do not wait for a database that is away: what was known of the endpoint serves. */
  async #refreshIfPossible(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (!this.dispatcher.config) throw error;
      console.error(`${this.name}: its configuration could not be read again, going on with what was known:`, error);
    }
  }

  /** Lets a failing endpoint be probed at once. @returns false if it is not failing, or nothing is sent to it at all */
  async probe(): Promise<boolean> {
    if (!this.dispatcher.config) await this.refresh();
    const failing = this.dispatcher.probeNow();
    if (failing) this.#pump();
    return failing;
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    try {
      this.#change(() => this.#lifecycle.evaluate());
      this.#pump();
      // Not waited for: whom it tells may be away for longer than an alarm may last.
      this.ctx.waitUntil(this.#lifecycle.alerts.tell());
      this.#prune();
    } finally {
      this.#rearm();
    }
  }

  #rearm(): void {
    for (const next of [this.dispatcher.nextWake(), this.#lifecycle.alerts.nextWake()]) {
      if (next !== undefined) this.#alarm.by(next);
    }
    const expires = this.#retention.nextDue();
    if (expires === undefined) return;
    const now = Date.now();
    this.#alarm.by(Math.min(Math.max(expires, now + 60_000), now + DAY_MS));
  }

  /** Lets go of what was kept long enough, in small chunks: more of it at the next alarm. */
  #prune(): void {
    const now = Date.now();
    const due = this.#retention.nextDue();
    // The position that is written must cover nothing that is in memory alone.
    this.#save();
    const nothing = due === undefined || (due > now && !this.#retention.tooLarge);
    const more = this.#change(() => {
      // The newest row tells the stream position after a restart; it may be among those that go.
      if (!nothing) this.#meta.write("position", this.dispatcher.batcher.positions);
      const pruned = nothing ? NOTHING_PRUNED : this.#retention.pruneChunk(now);
      this.#lifecycle.expired(pruned.expired, now);
      return pruned.more;
    });
    if (more) this.#alarm.by(now + NEXT_CHUNK_MS);
  }

  async health(): Promise<Health> {
    if (!this.dispatcher.config) await this.refresh();
    const { config, trouble, window, underWay, lastSuccessAt, lastFailure } = this.dispatcher;
    const recent = await recentHealth(this.#store, this.#recent, Date.now(), turn);
    return {
      status: config?.status ?? "active",
      disabledReason: config?.disabledReason ?? null,
      streak: trouble.failures,
      failingSince: trouble.since,
      probeAt: trouble.probeAt,
      failedProbes: trouble.probes,
      window,
      waiting: this.#waiting(),
      inFlight: underWay,
      lastSuccessAt,
      // What an object that was idle has forgotten, its rows still know.
      lastFailureAt: lastFailure?.at ?? recent.lastFailureAt,
      successRate24h: recent.successRate,
      p50Ms24h: recent.p50Ms,
      p95Ms24h: recent.p95Ms,
    };
  }

  async stats(name: PeriodName, thorough: boolean): Promise<Stats> {
    this.#save();
    const now = Date.now();
    const period = periodOf(name, now);
    const figures = await figuresOver(this.#store, this.#recent, period, thorough ? THOROUGH : CURSORY, turn);
    const kept = now - settingsOf(this.env).RETENTION_DAYS * DAY_MS;
    return {
      ...figures,
      since: period.since,
      stepMs: period.stepMs,
      waiting: this.#waiting(),
      probeAt: this.dispatcher.trouble.probeAt,
      failedProbes: this.dispatcher.trouble.probes,
      completeSince: kept > period.since ? Math.max(kept, figures.completeSince ?? 0) : figures.completeSince,
      lastSuccessAt: this.dispatcher.lastSuccessAt,
    };
  }

  /** Deliveries that are open and not under way. */
  #waiting(): number {
    this.#save();
    return Math.max(0, this.#store.waiting() - this.dispatcher.underWay);
  }

  get #number(): number {
    return this.dispatcher.config?.number ?? 0;
  }

  readonly #nextAttempt: deliveryLog.NextAttempt = (seq) => this.dispatcher.nextAttempt(seq);

  async listDeliveries(filter: DeliveryFilter): Promise<DeliveryPage> {
    if (!this.dispatcher.config) await this.refresh();
    this.#save();
    return deliveryLog.list(this.#store, this.#number, filter, this.#nextAttempt);
  }

  async getDelivery(place: DeliveryPlace): Promise<DeliveryDetail | null> {
    this.#save();
    const found = deliveryLog.findByPlace(this.#store, place);
    if (!found) return null;
    return {
      ...deliveryLog.summary(place.endpoint, found, this.#nextAttempt),
      history: [...found.entry.attempts],
      request: await sentRequest(this.env, this.dispatcher.config?.workspaceId ?? 0, place.endpoint, found),
    };
  }

  async findDelivery(event: EventPlace, id: string): Promise<DeliveryState | null> {
    if (!this.dispatcher.config) await this.refresh();
    this.#save();
    const found = deliveryLog.findByEvent(this.#store, event, id);
    if (!found) return null;
    const summary = deliveryLog.summary(this.#number, found, this.#nextAttempt);
    return { id: summary.id, status: summary.status, waitsForProbe: summary.waitsForProbe };
  }

  async redeliver(place: DeliveryPlace): Promise<Redelivery> {
    this.#save();
    const found = deliveryLog.findByPlace(this.#store, place);
    if (!found) return "missing";
    if (found.parcel.state === "expired") return "expired";
    this.#change(() => this.dispatcher.sendAgain(found.parcel, [found.position], "manual"));
    this.#wakeFor();
    return "sent";
  }

  async replay(request: ReplayRequest): Promise<number> {
    this.#save();
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
    this.#alarm.by(Date.now() + RESUME_AFTER_MS);
    this.#pump();
  }

  async destroy(): Promise<void> {
    // Nothing more is started; what is under way has nowhere to be told.
    this.#lifecycle.take(null);
    await this.#runner.couriersAreHeld();
    await emptied(this.ctx, "The endpoint was deleted");
  }
}
