import type { Sql } from "../lib/sql.ts";
import type { Status } from "./provider.ts";

/**
 * The rows of a Source. A receipt is one row, and one more for each 1.5 MB of its body and for each further 300,000
 * characters of what it becomes; `failing` has the events that could not be published; `seen` holds what must not count
 * twice, `messages` how far each message has come, `threads` the tickets that mails belong to.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS receipts (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, verdict TEXT NOT NULL, about TEXT NOT NULL, events TEXT NOT NULL, published TEXT
  );
  CREATE TABLE IF NOT EXISTS bodies (
    receipt INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (receipt, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS more_events (
    receipt INTEGER NOT NULL, part INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (receipt, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS failing (
    receipt INTEGER NOT NULL, place INTEGER NOT NULL, type TEXT NOT NULL, reason TEXT NOT NULL, tries INTEGER NOT NULL,
    aside INTEGER NOT NULL, PRIMARY KEY (receipt, place)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (key TEXT PRIMARY KEY, status TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS threads (message TEXT PRIMARY KEY, ticket TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Bytes of a body in one row: a row may hold 2 MB. */
const PART_BYTES = 1_500_000;

export type ReceiptRow = {
  seq: number;
  at: number;
  verdict: string;
  /** JSON. */
  about: string;
  /** JSON. */
  events: string;
  /** JSON; null while they wait. */
  published: string | null;
};

const COLUMNS = "seq, at, verdict, about, events, published";

export class SourceStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.define(SCHEMA);
  }

  lastSeq(): number {
    return this.#sql.first<{ seq: number }>("SELECT seq FROM receipts ORDER BY seq DESC LIMIT 1")?.seq ?? 0;
  }

  insert({ seq, at, verdict, about, events }: Omit<ReceiptRow, "published">, body: Uint8Array<ArrayBuffer>): void {
    this.#sql.all(
      "INSERT INTO receipts (seq, at, verdict, about, events) VALUES (?, ?, ?, ?, ?)",
      ...[seq, at, verdict, about, events],
    );
    for (let from = 0, part = 0; from < body.length; from += PART_BYTES, part++) {
      const bytes = body.slice(from, from + PART_BYTES).buffer;
      this.#sql.all("INSERT INTO bodies (receipt, part, bytes) VALUES (?, ?, ?)", seq, part, bytes);
    }
  }

  /** What did not fit the receipt's own row, as JSON texts. */
  addEvents(seq: number, parts: readonly string[]): void {
    for (const [part, events] of parts.entries()) {
      this.#sql.all("INSERT INTO more_events (receipt, part, events) VALUES (?, ?, ?)", seq, part, events);
    }
  }

  moreEvents(seq: number): string[] {
    return this.#sql
      .all<{ events: string }>("SELECT events FROM more_events WHERE receipt = ? ORDER BY part", seq)
      .map(({ events }) => events);
  }

  receipt(seq: number): ReceiptRow | undefined {
    return this.#sql.first<ReceiptRow>(`SELECT ${COLUMNS} FROM receipts WHERE seq = ?`, seq);
  }

  body(seq: number): Uint8Array<ArrayBuffer> {
    const rows = this.#sql.all<{ bytes: ArrayBuffer }>("SELECT bytes FROM bodies WHERE receipt = ? ORDER BY part", seq);
    const whole = new Uint8Array(rows.reduce((size, { bytes }) => size + bytes.byteLength, 0));
    let at = 0;
    for (const { bytes } of rows) {
      whole.set(new Uint8Array(bytes), at);
      at += bytes.byteLength;
    }
    return whole;
  }

  /** Receipts after `seq`, the oldest first. */
  after(seq: number, limit: number): ReceiptRow[] {
    return this.#sql.all<ReceiptRow>(`SELECT ${COLUMNS} FROM receipts WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit);
  }

  /** Receipts before `seq`, the newest first. */
  before(seq: number, limit: number): ReceiptRow[] {
    return this.#sql.all<ReceiptRow>(
      `SELECT ${COLUMNS} FROM receipts WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
      seq,
      limit,
    );
  }

  /** Of an event that could not be published: how often that was tried by now, and why it failed first. */
  failed(seq: number, place: number, type: string, reason: string): { tries: number; reason: string } {
    this.#sql.all(
      "INSERT INTO failing (receipt, place, type, reason, tries, aside) VALUES (?, ?, ?, ?, 1, 0) ON CONFLICT DO UPDATE SET tries = tries + 1",
      ...[seq, place, type, reason],
    );
    const query = "SELECT tries, reason FROM failing WHERE receipt = ? AND place = ?";
    return this.#sql.first<{ tries: number; reason: string }>(query, seq, place) ?? { tries: 1, reason };
  }

  setAside(seq: number, place: number): void {
    this.#sql.all("UPDATE failing SET aside = 1 WHERE receipt = ? AND place = ?", seq, place);
  }

  /** What was set aside of some receipts, as `seq/place`. */
  asideBetween(first: number, last: number): ReadonlySet<string> {
    const query = "SELECT receipt, place FROM failing WHERE receipt >= ? AND receipt <= ? AND aside = 1";
    const rows = this.#sql.all<{ receipt: number; place: number }>(query, first, last);
    return new Set(rows.map(({ receipt, place }) => `${receipt}/${place}`));
  }

  /** What was set aside of a receipt, in order. */
  aside(seq: number): { type: string; reason: string }[] {
    const query = "SELECT type, reason FROM failing WHERE receipt = ? AND aside = 1 ORDER BY place";
    return this.#sql.all<{ type: string; reason: string }>(query, seq);
  }

  /** @param ids null for what was set aside */
  published(seq: number, ids: readonly (string | null)[]): void {
    this.#sql.all("UPDATE receipts SET published = ? WHERE seq = ?", JSON.stringify(ids), seq);
  }

  wasSeen(key: string): boolean {
    return this.#sql.first("SELECT 1 AS yes FROM seen WHERE key = ?", key) !== undefined;
  }

  see(key: string, at: number): void {
    this.#sql.all("INSERT OR IGNORE INTO seen (key, at) VALUES (?, ?)", key, at);
  }

  status(message: string): Status | undefined {
    return this.#sql.first<{ status: Status }>("SELECT status FROM messages WHERE key = ?", message)?.status;
  }

  setStatus(message: string, status: Status, at: number): void {
    this.#sql.all("INSERT OR REPLACE INTO messages (key, status, at) VALUES (?, ?, ?)", message, status, at);
  }

  ticket(message: string): string | undefined {
    return this.#sql.first<{ ticket: string }>("SELECT ticket FROM threads WHERE message = ?", message)?.ticket;
  }

  setTicket(message: string, ticket: string, at: number): void {
    this.#sql.all("INSERT OR REPLACE INTO threads (message, ticket, at) VALUES (?, ?, ?)", message, ticket, at);
  }

  oldestAt(): number | undefined {
    return this.#sql.first<{ at: number }>("SELECT at FROM receipts ORDER BY seq LIMIT 1")?.at;
  }

  /** Lets go of the oldest receipts below `below`: those from before `cutoff`, or any if `anyAge`. Says how many. */
  prune(below: number, cutoff: number, anyAge: boolean, limit: number): number {
    const rows = this.#sql.all<{ seq: number; at: number }>(
      "SELECT seq, at FROM receipts WHERE seq < ? ORDER BY seq LIMIT ?",
      below,
      limit,
    );
    const gone = rows.filter((row) => anyAge || row.at < cutoff);
    const last = gone.at(-1);
    if (last) {
      this.#sql.all("DELETE FROM receipts WHERE seq <= ?", last.seq);
      this.#sql.all("DELETE FROM bodies WHERE receipt <= ?", last.seq);
      this.#sql.all("DELETE FROM more_events WHERE receipt <= ?", last.seq);
      this.#sql.all("DELETE FROM failing WHERE receipt <= ?", last.seq);
    }
    return gone.length;
  }

  /** Forgets at most `limit` each of what was noted before these moments; says whether there may be more. */
  forget(before: { seen: number; threads: number }, limit: number): boolean {
    const gone = (
      [
        ["seen", "key", before.seen],
        ["messages", "key", before.seen],
        ["threads", "message", before.threads],
      ] as const
    ).map(([table, key, cutoff]) => {
      const query = `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE at < ? LIMIT ?) RETURNING 1 AS gone`;
      return this.#sql.all(query, cutoff, limit).length;
    });
    return gone.includes(limit);
  }

  /** Whether there is anything to forget one day. */
  remembers(): boolean {
    const any = ["seen", "messages", "threads"].map((table) => `SELECT 1 AS yes FROM ${table}`).join(" UNION ALL ");
    return this.#sql.first(`${any} LIMIT 1`) !== undefined;
  }
}
