import { DurableObject } from "cloudflare:workers";
import { listSubscriptions, type Subscription } from "../config/endpoints.ts";
import { settingsOf } from "../config/settings.ts";
import { Alarm } from "../lib/alarm.ts";
import { Coalescer } from "../lib/coalesce.ts";
import { emptied } from "../lib/emptied.ts";
import { Meta, Sql } from "../lib/sql.ts";
import { eventsByDay } from "./by-day.ts";
import { commit, KEY_LIFETIME_MS, type PublishCall, totalAt } from "./commit.ts";
import type { EventFilter, EventPage, EventUsage, NewEvent, PublishResult, Quota, StoredEvent } from "./contract.ts";
import { FanOut } from "./fan-out.ts";
import { SubscriptionIndex } from "./match.ts";
import * as reading from "./reading.ts";
import { EventStore, type Mark } from "./store.ts";

/** Two commits are at least this far apart, in milliseconds: what arrives in between shares a row. */
const COALESCE_MS = 10;
/** After a crash, what was stored and not yet fanned out goes on this much later at the latest. */
const RESUME_AFTER_MS = 10_000;
const PRUNE_AT_ONCE = 500;
const DAY_MS = 24 * 3600 * 1000;

type Waiting = PublishCall & {
  resolve: (answer: PublishResult) => void;
  reject: (error: unknown) => void;
};

/** One workspace's events: stored before anybody is told that they are, then fanned out to the endpoints. */
export class EventStream extends DurableObject<Env> {
  /** Counts the rows that Cloudflare bills. */
  readonly sql: Sql;
  readonly #meta: Meta;
  readonly #alarm: Alarm;
  readonly #store: EventStore;
  readonly #commits: Coalescer;
  readonly #fanOut: FanOut;
  #waiting: Waiting[] = [];
  #newest: Mark;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = new Sql(ctx.storage);
    this.#meta = new Meta(this.sql);
    this.#alarm = new Alarm(ctx.storage, this.sql);
    this.#store = new EventStore(this.sql);
    this.#newest = this.#store.newest();
    this.#commits = new Coalescer(COALESCE_MS, () => this.#commit());
    const workspaceId = Number(ctx.id.name);
    const cursor = this.#meta.read<number>("cursor") ?? 0;
    this.#fanOut = new FanOut(env, this.#store, cursor, this.#newest.seq, async () => {
      return new SubscriptionIndex<Subscription>(await listSubscriptions(env, workspaceId));
    });
    void ctx.blockConcurrencyWhile(() => this.#alarm.load());
    if (this.#fanOut.pending) this.#goOn();
  }

  /**
   * Stores events, all or none. When it answers they are on disk, and will reach every endpoint that subscribes now.
   * @param events at most {@link MAX_EVENTS_PER_ROW}
   * @param quota the publisher's; left out for the service's own events, which are never refused for it, nor counted
   */
  publish(events: NewEvent[], quota?: Quota): Promise<PublishResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, quota, resolve, reject });
      this.#commits.request();
    });
  }

  #commit(): boolean {
    const calls = this.#waiting.splice(0);
    const now = Date.now();
    try {
      const { answers, rows, newest } = this.sql.transaction(() => commit(this.#store, calls, this.#newest, now));
      if (rows.length > 0) {
        this.#newest = newest;
        this.#alarm.by(now + RESUME_AFTER_MS);
        this.#fanOut.offer(rows);
        this.#goOn();
      }
      // The output gate holds these answers back until the rows are on disk.
      for (const [index, call] of calls.entries()) {
        const answer = answers[index];
        if (answer) call.resolve(answer);
      }
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
    return true;
  }

  #goOn(): void {
    this.ctx.waitUntil(
      this.#fanOut.run().catch((error: unknown) => {
        console.error(`Workspace ${this.ctx.id.name}: fan-out stopped, going on later:`, error);
        this.#alarm.by(Date.now() + 1000);
      }),
    );
  }

  /** The workspace's endpoints were changed: what is fanned out from now on follows the new subscriptions. */
  async subscriptionsChanged(): Promise<void> {
    this.#fanOut.forgetSubscriptions();
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    try {
      await this.#fanOut.run();
      await this.#fanOut.catchUp();
    } catch (error) {
      console.error(`Workspace ${this.ctx.id.name}: fan-out stopped, going on later:`, error);
    } finally {
      this.#tidy();
    }
  }

  #tidy(): void {
    if (this.#fanOut.cursor !== this.#meta.read<number>("cursor")) this.#meta.write("cursor", this.#fanOut.cursor);
    const now = Date.now();
    if (this.#fanOut.behind || this.#fanOut.pending) this.#alarm.by(now + 2000);
    const { RETENTION_DAYS, RETENTION_BYTES } = settingsOf(this.env);
    const cutoff = now - RETENTION_DAYS * DAY_MS;
    // What somebody still has to get stays, and so does the newest row: its number must not come again.
    const below = Math.min(this.#newest.seq, this.#fanOut.oldestNeeded);
    const gone = this.#store.prune(below, cutoff, this.sql.bytes > RETENTION_BYTES, PRUNE_AT_ONCE);
    const forgotten = this.#store.forgetKeys(now - KEY_LIFETIME_MS, PRUNE_AT_ONCE);
    if (gone === PRUNE_AT_ONCE || forgotten === PRUNE_AT_ONCE) this.#alarm.by(now + 1000);
    const oldestKey = this.#store.oldestKeyAt();
    if (oldestKey !== undefined) this.#alarm.by(Math.max(oldestKey + KEY_LIFETIME_MS, now + 3600_000));
    if (this.#store.oldestAt() !== undefined) this.#alarm.by(now + DAY_MS);
  }

  /** What counts towards the quota of the UTC month of `now` (milliseconds since 1970). */
  async usage(now: number): Promise<EventUsage> {
    const marks = { oldest: this.#store.oldest(), lastBefore: (at: number) => this.#store.lastBefore(at) };
    return { used: totalAt(this.#newest, now), byDay: eventsByDay(marks, now) };
  }

  /** The newest first. */
  async listEvents(filter: EventFilter): Promise<EventPage> {
    return reading.listEvents(this.#store, filter);
  }

  async getEvent(id: string): Promise<StoredEvent | null> {
    return reading.getEvent(this.#store, id);
  }

  /** Forgets everything. */
  async destroy(): Promise<void> {
    await emptied(this.ctx, "The workspace was deleted");
  }
}
