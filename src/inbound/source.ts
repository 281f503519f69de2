import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../config/settings.ts";
import { sourceExists } from "../config/sources.ts";
import type { NewEvent } from "../events/contract.ts";
import { ownKey } from "../events/own-key.ts";
import { publish } from "../events/publish.ts";
import { streamsOf } from "../events/streams.ts";
import { Alarm } from "../lib/alarm.ts";
import { parseReceiptId, receiptId } from "../lib/ids.ts";
import { emptied, nameOf } from "../lib/objects.ts";
import { Outbox } from "../lib/outbox.ts";
import { Meta, Sql } from "../lib/sql.ts";
import type {
  Accepted,
  Callback,
  ListedReceipt,
  ReceiptDetail,
  ReceiptPage,
  ReceiptSummary,
  ReceiptVerdict,
  RejectedBatch,
  RejectionReport,
} from "./contract.ts";
import type { InboundEvent } from "./events.ts";
import { type About, recordCallback, recordKey, replayKey, typesOf } from "./record-callback.ts";
import { Rejections } from "./rejections.ts";
import { type ReceiptRow, SourceStore } from "./store.ts";
import { LENGTH_AT_ONCE, ToStream } from "./to-stream.ts";

/** After a crash, what was stored and not yet published goes on this much later at the latest, in milliseconds. */
const RESUME_AFTER_MS = 10_000;
/** Receipts read at a time. */
const ROWS_AT_ONCE = 20;
/** Characters that a page of receipts has at most, before it ends with fewer than were asked for. */
const LENGTH_PER_PAGE = 4_000_000;
const PRUNE_AT_ONCE = 500;
const DAY_MS = 24 * 3600 * 1000;
/** Which ticket a mail belongs to is known for so long: replies may take their time. */
const THREADS_MS = 180 * DAY_MS;
/** For objects that have never had a callback. */
const USUAL_KEEP_MS = 7 * DAY_MS;

/** A row of the outbox: a receipt's events, and the workspace that they go to. */
type Outgoing = { seq: number; at: number; events: InboundEvent[] };

/**
 * One source: its receipts, stored before the provider is answered, and what they become, published to the workspace's
 * stream by the mechanism that the stream itself hands events on with.
 */
export class Source extends DurableObject<Env> {
  /** Counts the rows that Cloudflare bills. */
  readonly sql: Sql;
  readonly #meta: Meta;
  readonly #alarm: Alarm;
  readonly #store: SourceStore;
  readonly #outbox: Outbox<Outgoing>;
  readonly #rejections: Rejections;
  readonly #toStream: ToStream;
  #lastSeq: number;
  /** Whether D1 has said so. */
  #exists = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = new Sql(ctx.storage);
    this.#meta = new Meta(this.sql);
    this.#alarm = new Alarm(ctx.storage, this.sql);
    this.#store = new SourceStore(this.sql);
    this.#toStream = new ToStream(env, this.#store);
    const cursor = this.#meta.read<number>("cursor") ?? 0;
    // What was published and has left is not there to be counted from.
    this.#lastSeq = Math.max(this.#store.lastSeq(), cursor);
    this.#rejections = new Rejections(this.#meta);
    this.#outbox = new Outbox<Outgoing>(cursor, this.#lastSeq, {
      read: (after) => this.#waiting(after),
      handOver: (rows) => this.#publish(rows),
    });
    void ctx.blockConcurrencyWhile(() => this.#alarm.load());
    if (this.#outbox.pending) this.#goOn();
  }

  /** @throws Error, as {@link nameOf} does */
  get #name(): string {
    return nameOf(this.ctx);
  }

  /** @throws Error where nothing has come in yet that could be published, or told of */
  get #workspaceId(): number {
    const id = this.#meta.read<number>("workspace");
    if (id === undefined) throw new Error(`${this.#name}: it is not known which workspace it belongs to`);
    return id;
  }

  /** Stores a callback unless it came before. When it answers, it is on disk, and what it says will be published. */
  accept(callback: Callback): Accepted {
    const seq = this.#lastSeq + 1;
    const accepted = this.sql.transaction(() => recordCallback(this.#store, this.#name, seq, callback));
    if (accepted.receipt === null) return accepted;
    this.#lastSeq = seq;
    if (this.#meta.read<number>("workspace") !== callback.workspaceId) {
      this.#meta.write("workspace", callback.workspaceId);
    }
    if (this.#meta.read<number>("keep") !== callback.keepMs) this.#meta.write("keep", callback.keepMs);
    const row = this.#store.receipt(seq);
    if (row) this.#outbox.offer([this.#outgoing(row)]);
    this.#alarm.by(Date.now() + RESUME_AFTER_MS);
    this.#goOn();
    return accepted;
  }

  seen(key: string): boolean {
    return this.#store.wasSeen(replayKey(key));
  }

  /** Receipts after a row that are still to be published: some of them, by number and by length. */
  #waiting(after: number): Outgoing[] {
    const rows: Outgoing[] = [];
    for (let length = 0; rows.length < ROWS_AT_ONCE && length < LENGTH_AT_ONCE; ) {
      const [row] = this.#store.after(rows.at(-1)?.seq ?? after, 1);
      if (!row) break;
      const outgoing = this.#outgoing(row);
      rows.push(outgoing);
      length += lengthOf(outgoing.events);
    }
    return rows;
  }

  #outgoing({ seq, at, events }: ReceiptRow): Outgoing {
    const parts = [events, ...this.#store.moreEvents(seq)];
    return { seq, at, events: parts.flatMap((part) => JSON.parse(part) as InboundEvent[]) };
  }

  /** Whether the news of a control record was taken before. */
  heard(key: string): boolean {
    return this.#store.wasSeen(recordKey("control", key));
  }

  #goOn(): void {
    this.ctx.waitUntil(
      this.#outbox.run().catch((error: unknown) => {
        console.error(`${this.#name}: publishing stopped, going on later:`, error);
        this.#alarm.by(Date.now() + 1000);
      }),
    );
  }

  /**
   * Whoever does not know yet that the source is gone may still bring something to its emptied object: that must not stay.
   * @throws Error if there is no such source and nothing of it was ever published
   */
  async #mustExist(): Promise<void> {
    if (this.#exists || this.#outbox.cursor > 0) return;
    this.#exists = await sourceExists(this.env, this.#name);
    if (this.#exists) return;
    await this.destroy();
    throw new Error(`There is no source ${this.#name} any more: it was emptied again`);
  }

  async #publish(rows: readonly Outgoing[]): Promise<void> {
    await this.#mustExist();
    const leaving = rows.flatMap(({ seq, at, events }) =>
      events.map((event, place) => ({ seq, at, place, event: this.#newEvent(seq, place, event) })),
    );
    const published = await this.#toStream.publish(this.#name, this.#workspaceId, leaving);
    const ids = new Map<number, (string | null)[]>();
    for (const [index, { seq }] of leaving.entries()) {
      const known = ids.get(seq) ?? [];
      known.push(published[index] ?? null);
      ids.set(seq, known);
    }
    for (const [seq, all] of ids) this.#store.published(seq, all);
  }

  /** Repeated, it is published once: it bears the name of its receipt, and its place in it. */
  #newEvent(seq: number, index: number, { type, data, occurredAt }: InboundEvent): NewEvent {
    return { type, data, occurredAt, channels: [], idempotencyKey: ownKey(this.#name, `${seq}`, `${index}`) };
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    this.#toStream.count();
    // It was emptied while an alarm rang, which the platform repeats.
    if (this.sql.isEmpty) return;
    try {
      await this.#outbox.run();
      await this.#reportRejections();
    } catch (error) {
      console.error(`${this.#name}: publishing stopped, going on later:`, error);
    } finally {
      this.#tidy();
    }
  }

  #tidy(): void {
    const now = Date.now();
    if (this.#outbox.cursor !== this.#meta.read<number>("cursor")) this.#meta.write("cursor", this.#outbox.cursor);
    if (this.#outbox.pending) this.#alarm.by(now + 2000);
    this.#rejections.save();
    if (this.#rejections.untold) this.#alarm.by(now + 5000);
    const { RETENTION_DAYS, RETENTION_BYTES } = settingsOf(this.env);
    // What is still to be published stays.
    const below = this.#outbox.cursor + 1;
    const tooLarge = this.sql.bytes > RETENTION_BYTES;
    const gone = this.#store.prune(below, now - RETENTION_DAYS * DAY_MS, tooLarge, PRUNE_AT_ONCE);
    const keep = this.#meta.read<number>("keep") ?? USUAL_KEEP_MS;
    const more = this.#store.forget({ seen: now - keep, threads: now - THREADS_MS }, PRUNE_AT_ONCE);
    if (gone === PRUNE_AT_ONCE || more) this.#alarm.by(now + 1000);
    if (this.#store.oldestAt() !== undefined || this.#store.remembers()) this.#alarm.by(now + DAY_MS);
  }

  /** Takes note of callbacks that were not believed; an event tells of them at most once an hour. */
  async rejected(workspaceId: number, provider: string, batch: RejectedBatch): Promise<void> {
    const name = this.#name;
    if (this.#meta.read<number>("workspace") !== workspaceId) this.#meta.write("workspace", workspaceId);
    this.#rejections.take(provider, batch, Date.now());
    this.#alarm.by(Date.now() + 60_000);
    await this.#reportRejections().catch((error: unknown) => {
      console.error(`${name}: rejections could not be reported, trying again:`, error);
      this.#alarm.by(Date.now() + 5000);
    });
  }

  async #reportRejections(): Promise<void> {
    const report = this.#rejections.due(Date.now());
    if (!report) return;
    await this.#mustExist();
    const data = { source_id: this.#name, ...report.data };
    const workspaceId = this.#workspaceId;
    const event = {
      type: "source.verification_failed",
      data: JSON.stringify(data),
      occurredAt: report.at,
      channels: [],
    };
    const idempotencyKey = ownKey(event.type, this.#name, `${report.at}`);
    const streams = await streamsOf(this.env, workspaceId);
    const published = await publish(this.env, workspaceId, streams, [{ ...event, idempotencyKey }]);
    if (!published.ok) console.error(`${this.#name}: the stream refused ${event.type}: ${published.reason}`);
    this.#rejections.told(report.at);
  }

  rejections(): RejectionReport {
    return this.#rejections.report();
  }

  #summary(row: ReceiptRow): ReceiptSummary {
    const ids = row.published === null ? null : (JSON.parse(row.published) as (string | null)[]);
    const setAside = ids?.includes(null) ? this.#store.aside(row.seq) : [];
    const eventTypes = aboutOf(row).types ?? typesOf(this.#outgoing(row).events);
    const events = ids?.filter((id) => id !== null) ?? (eventTypes.length === 0 ? [] : null);
    return { ...summaryOf(row), events, setAside, eventTypes };
  }

  /** From below the row `before`. */
  listReceipts(limit: number, before: number | undefined): ReceiptPage {
    const rows: ListedReceipt[] = [];
    let below = before ?? Number.MAX_SAFE_INTEGER;
    let length = 0;
    for (;;) {
      const [row] = this.#store.before(below, 1);
      if (!row) return { rows, more: false };
      if (rows.length === limit || length >= LENGTH_PER_PAGE) return { rows, more: true };
      rows.push({ ...this.#summary(row), seq: row.seq });
      below = row.seq;
      length += row.about.length + row.events.length + (row.published?.length ?? 0);
    }
  }

  /** Null if there is none of that id. */
  getReceipt(id: string): ReceiptDetail | null {
    const place = parseReceiptId(id);
    const row = place && this.#store.receipt(place.seq);
    if (!place || row?.at !== place.at) return null;
    const { method, url, headers, attachments, unread = [] } = aboutOf(row);
    const request = { method, url, headers, body: this.#store.body(row.seq) };
    return { ...this.#summary(row), request, attachments, unread };
  }

  /** Forgets everything. */
  async destroy(): Promise<void> {
    await emptied(this.ctx, "The source was deleted");
  }
}

const lengthOf = (events: readonly InboundEvent[]): number => events.reduce((sum, { data }) => sum + data.length, 0);

const aboutOf = (row: ReceiptRow): About => JSON.parse(row.about) as About;

function summaryOf(row: ReceiptRow): Pick<ReceiptSummary, "id" | "at" | "verdict" | "reason"> {
  const { seq, at, verdict } = row;
  return { id: receiptId({ at, seq }), at, verdict: verdict as ReceiptVerdict, reason: aboutOf(row).reason };
}
