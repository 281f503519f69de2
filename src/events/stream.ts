import { DurableObject } from "cloudflare:workers";
import { listSubscriptions, type Subscription } from "../config/endpoints.ts";
import { settingsOf } from "../config/settings.ts";
import { Alarm } from "../lib/alarm.ts";
import { giveWay } from "../lib/give-way.ts";
import { GroupCommit } from "../lib/group-commit.ts";
import { beforeFirstOf } from "../lib/ids.ts";
import { emptied, nameOf, streamNamed } from "../lib/objects.ts";
import { Meta, Sql } from "../lib/sql.ts";
import { eventsByDay } from "./by-day.ts";
import { commit, earlierIn, KEY_LIFETIME_MS, type PublishCall, totalAt } from "./commit.ts";
import type {
  Earlier,
  EventFilter,
  EventPage,
  EventUsage,
  NewEvent,
  PublishResult,
  Quota,
  StoredEvent,
} from "./contract.ts";
import * as eventLog from "./event-log.ts";
import { FanOut } from "./fan-out.ts";
import { SubscriptionIndex } from "./match.ts";
import { EventStore, type Mark } from "./store.ts";

/** After a crash, what was stored and not yet fanned out goes on this much later at the latest. */
const RESUME_AFTER_MS = 3000;
/** While rows were dealt out by subscriptions that are out of date, the present ones are asked for so often, in milliseconds. */
const READ_AGAIN_MS = 15_000;
const PRUNE_AT_ONCE = 500;
/** Rows let go of before it is looked whether that was enough. */
const FEW = 10;
/**
 * The last rows' cursor is known from the next row alone: an object that sleeps before hands them out once more. To so many
 * endpoints that is no dearer than a row.
 */
const REPEATED = 6;
/**
 * What waits for the next commit, in UTF-16 units, when no more is taken: an object has 128 MB, and where its storage stands
 * still for a moment, publishers do not. A single event takes about a kilobyte beside its payload while it waits.
 */
const MAX_WAITING_LENGTH = 16_000_000;
const WAITING_EVENT_LENGTH = 1000;
const DAY_MS = 24 * 3600 * 1000;

type Waiting = PublishCall & {
  resolve: (answer: PublishResult) => void;
  reject: (error: unknown) => void;
};

/** A workspace's events, or one of the streams that they are spread over: stored before anybody is told, then fanned out. */
export class EventStream extends DurableObject<Env> {
  /** Counts the rows that Cloudflare bills. */
  readonly sql: Sql;
  readonly #meta: Meta;
  readonly #alarm: Alarm;
  readonly #store: EventStore;
  readonly #commits: GroupCommit;
  readonly #fanOut: FanOut;
  #waiting: Waiting[] = [];
  #waitingLength = 0;
  #newest: Mark;
  /** What every row's number is greater than. */
  readonly #beforeFirst: number;

  /** @param subscriptions reads a workspace's from D1; the runtime gives none */
  constructor(ctx: DurableObjectState, env: Env, subscriptions = listSubscriptions) {
    super(ctx, env);
    this.sql = new Sql(ctx.storage);
    this.#meta = new Meta(this.sql);
    this.#alarm = new Alarm(ctx.storage, this.sql);
    this.#store = new EventStore(this.sql);
    const { workspaceId, stream } = streamNamed(nameOf(ctx));
    this.#beforeFirst = beforeFirstOf(stream);
    const newest = this.#store.newest();
    this.#newest = { ...newest, seq: Math.max(this.#beforeFirst, newest.seq) };
    this.#commits = new GroupCommit(() => this.#commit());
    // Objects from before rows carried it have a cursor of its own.
    const cursor = Math.max(this.#beforeFirst, this.#meta.read<number>("cursor") ?? 0, this.#store.cursor());
    this.#fanOut = new FanOut(this.#store, cursor, this.#newest.seq, {
      env,
      name: nameOf(ctx),
      load: async () =>
        new SubscriptionIndex<Subscription>(await this.#ofExisting(await subscriptions(env, workspaceId))),
      staleSince: {
        read: () => this.#meta.read<number>("stale"),
        write: (at) => this.#meta.write("stale", at),
        delete: () => this.#meta.delete("stale"),
      },
      wakeBy: (at) => this.#alarm.by(at),
      waitUntil: (work) => ctx.waitUntil(work),
    });
    // What was not handed on goes on by the alarm, or with the next event.
    void ctx.blockConcurrencyWhile(() => this.#alarm.load());
  }

  /**
   * Stores events, all or none. When it answers they are on disk, and will reach every endpoint that subscribes now.
   * @param events at most {@link MAX_EVENTS_PER_ROW}
   * @param quota the publisher's; left out for the service's own events, which are never refused for it, nor counted, nor
   *   for what waits before them
   */
  async publish(events: NewEvent[], quota?: Quota): Promise<PublishResult> {
    if (quota && this.#waitingLength >= MAX_WAITING_LENGTH) return { ok: false, reason: "overloaded" };
    this.#waitingLength += events.reduce((sum, { data }) => sum + data.length + WAITING_EVENT_LENGTH, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, quota, resolve, reject });
      this.#commits.request();
    });
  }

  async #commit(): Promise<void> {
    const calls = this.#waiting.splice(0);
    this.#waitingLength = 0;
    const now = Date.now();
    // Rows are as old as their numbers, also where the clock was set back.
    const at = Math.max(now, this.#newest.at);
    try {
      const { answers, rows, newest } = this.sql.transaction(() =>
        commit(this.#store, calls, this.#newest, this.#fanOut.cursor, at),
      );
      // The output gate holds these answers back until the rows are on disk.
      for (const [index, call] of calls.entries()) {
        const answer = answers[index];
        if (answer) call.resolve(answer);
      }
      if (rows.length === 0) return;
      this.#newest = newest;
      // However fast they come, it grows by no more than the endpoints have not taken.
      this.#makeRoom(this.#fanOut.cursor + 1);
      this.#alarm.by(now + RESUME_AFTER_MS);
      this.#fanOut.offer(rows);
      await this.ctx.storage.sync();
      // Who is waiting at the door comes in before the next row is closed, and what was published gets on.
      await giveWay();
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  /** The workspace's endpoints were changed: what is fanned out from now on follows the new subscriptions. */
  async subscriptionsChanged(): Promise<void> {
    this.#fanOut.forgetSubscriptions();
  }

  /**
   * Whoever does not know yet that the workspace is gone may still bring something to its emptied stream: that must not stay.
   * @throws Error if there is no such workspace and nothing in it was ever handed on
   */
  async #ofExisting(all: Subscription[] | null): Promise<Subscription[]> {
    if (all === null && this.#fanOut.cursor === this.#beforeFirst) {
      await this.destroy();
      throw new Error(`The workspace of stream ${nameOf(this.ctx)} is gone: the stream was emptied again`);
    }
    return all ?? [];
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    // It was emptied while an alarm rang, which the platform repeats.
    if (this.sql.isEmpty) return;
    try {
      this.#fanOut.goOn();
    } finally {
      this.#tidy();
    }
  }

  #tidy(): void {
    const now = Date.now();
    this.#fanOut.noteLagging();
    if (this.#fanOut.isStale) this.#alarm.by(now + READ_AGAIN_MS);
    if (this.#fanOut.pending) this.#alarm.by(now + RESUME_AFTER_MS);
    else if (this.#fanOut.dealtOut > REPEATED) {
      this.#fanOut.dealtOut = 0;
      this.#meta.write("cursor", this.#fanOut.cursor);
    }
    const cutoff = now - settingsOf(this.env).RETENTION_DAYS * DAY_MS;
    // What was not dealt out stays. An endpoint that is away does not keep anything for longer than the retention.
    const below = Math.min(this.#newest.seq, this.#fanOut.cursor + 1);
    const gone = this.#store.prune(below, cutoff, false, PRUNE_AT_ONCE) + this.#makeRoom(below);
    // The newest row's number must not come again: what is in it goes, the row stays.
    const { seq, at } = this.#newest;
    if (at < cutoff && seq <= this.#fanOut.cursor && this.#store.oldest()?.seq === seq) this.#store.empty(seq);
    const forgotten = this.#store.forgetKeys(now - KEY_LIFETIME_MS, PRUNE_AT_ONCE);
    if (gone >= PRUNE_AT_ONCE || forgotten === PRUNE_AT_ONCE) this.#alarm.by(now + 1000);
    const oldestKey = this.#store.oldestKeyAt();
    if (oldestKey !== undefined) this.#alarm.by(Math.max(oldestKey + KEY_LIFETIME_MS, now + 3600_000));
    if (this.#store.oldestAt() !== undefined) this.#alarm.by(now + DAY_MS);
  }

  /**
   * Lets go of the oldest rows while the object holds more than it may: what goes makes room at once, so no more goes than has to.
   * @returns how many
   */
  #makeRoom(below: number): number {
    const { RETENTION_BYTES } = settingsOf(this.env);
    let gone = 0;
    while (gone < PRUNE_AT_ONCE && this.sql.bytes > RETENTION_BYTES) {
      const some = this.#store.prune(below, 0, true, FEW);
      gone += some;
      if (some < FEW) break;
    }
    return gone;
  }

  /** What counts towards the quota of the UTC month of `now` (milliseconds since 1970). */
  async usage(now: number): Promise<EventUsage> {
    const oldest = this.#store.oldest();
    const isFirst = oldest === undefined || oldest.seq === this.#beforeFirst + 1;
    const lastBefore = (at: number) => this.#store.lastBefore(at);
    return { used: this.#usedAt(now), byDay: eventsByDay({ isWhole: isFirst, lastBefore }, now) };
  }

  #usedAt(now: number): number {
    return totalAt(this.#newest, now);
  }

  /** The part of {@link usage} that a publisher needs. */
  async used(now: number): Promise<number> {
    return this.#usedAt(now);
  }

  /** For each of some events what the stream knows of its idempotency key. Stores nothing. */
  async earlier(events: NewEvent[]): Promise<(Earlier | null)[]> {
    const now = Date.now();
    return events.map((event) => earlierIn(this.#store, event, now) ?? null);
  }

  /** The newest first. */
  async listEvents(filter: EventFilter): Promise<EventPage> {
    return eventLog.listEvents(this.#store, filter);
  }

  async getEvent(id: string): Promise<StoredEvent | null> {
    return eventLog.getEvent(this.#store, id);
  }

  /** Forgets everything. */
  async destroy(): Promise<void> {
    await emptied(this.ctx, "The workspace was deleted");
  }
}
