import type { Sql } from "../lib/sql.ts";

/**
 * The rows of an EventStream. One `events` row holds all the events of one commit: a single publish, a batch, or what
 * several callers brought within a few milliseconds. AUTOINCREMENT is not needed for the numbers never to come again:
 * the newest row is never pruned, only emptied. For the same reason it can carry the month's `total`, and the fan-out's cursor (`done`)
 * as it was when the row was written, which cost no rows of their own.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL, total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, seq INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, given INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS lagging (endpoint TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
`;

/** For objects from before the columns: their month begins with what is published next, and their cursor lies apart. */
const COLUMNS = "SELECT name FROM pragma_table_info('events')";
const ADDED = ["total", "done"];

/** The body of a row without events. */
const NOTHING = "[]";

export type EventRow = { seq: number; at: number; body: string };

/** A row without its events; `total` counts the publishers' events in the UTC month of `at`, up to and with this row. */
export type Mark = { seq: number; at: number; total: number };

/** What a key was used for: which event (row and place in it), when, and whether it came with a time of its own. */
export type Used = { seq: number; place: number; at: number; given: number };

export class EventStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.define(SCHEMA);
    if (sql.isEmpty) return;
    const columns = new Set(sql.all<{ name: string }>(COLUMNS).map(({ name }) => name));
    for (const name of ADDED) {
      if (!columns.has(name)) sql.all(`ALTER TABLE events ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0`);
    }
  }

  /** The newest row's; zeros if there is no row. */
  newest(): Mark {
    const mark = this.#sql.first<Mark>("SELECT seq, at, total FROM events ORDER BY seq DESC LIMIT 1");
    return mark ?? { seq: 0, at: 0, total: 0 };
  }

  oldest(): Mark | undefined {
    return this.#sql.first<Mark>("SELECT seq, at, total FROM events ORDER BY seq LIMIT 1");
  }

  /** The newest row from before a time: rows are sorted by time as well, so a few look-ups find it. */
  lastBefore(at: number): Mark | undefined {
    let low = this.oldest()?.seq ?? 1;
    let high = this.newest().seq + 1;
    // Rows below `low` are from before, rows from `high` on are not.
    let found: Mark | undefined;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#sql.first<Mark>(
        "SELECT seq, at, total FROM events WHERE seq >= ? ORDER BY seq LIMIT 1",
        middle,
      );
      if (row && row.at < at) {
        found = row;
        low = row.seq + 1;
      } else high = middle;
    }
    return found;
  }

  /** @param done the fan-out's cursor */
  insert({ seq, at, total }: Mark, body: string, done: number): void {
    this.#sql.all("INSERT INTO events (seq, at, body, total, done) VALUES (?, ?, ?, ?, ?)", seq, at, body, total, done);
  }

  /** The fan-out's cursor as the newest row has it. */
  cursor(): number {
    return this.#sql.first<{ done: number }>("SELECT done FROM events ORDER BY seq DESC LIMIT 1")?.done ?? 0;
  }

  row(seq: number): EventRow | undefined {
    return this.#sql.first<EventRow>("SELECT seq, at, body FROM events WHERE seq = ?", seq);
  }

  /** Rows after `seq`, the oldest first. */
  after(seq: number, limit: number): EventRow[] {
    return this.#sql.all<EventRow>("SELECT seq, at, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit);
  }

  /** Rows up to `seq`, the newest first. */
  upTo(seq: number, limit: number): EventRow[] {
    return this.#sql.all<EventRow>(
      "SELECT seq, at, body FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT ?",
      seq,
      limit,
    );
  }

  /** What a key was used for since `since` (milliseconds since 1970). */
  used(key: string, since: number): Used | undefined {
    return this.#sql.first<Used>("SELECT seq, place, at, given FROM idempotency WHERE key = ? AND at > ?", key, since);
  }

  remember(key: string, used: Used): void {
    this.#sql.all(
      "INSERT OR REPLACE INTO idempotency (key, seq, place, at, given) VALUES (?, ?, ?, ?, ?)",
      key,
      used.seq,
      used.place,
      used.at,
      used.given,
    );
  }

  /** At most `limit` keys last used before `cutoff`; says how many. */
  forgetKeys(cutoff: number, limit: number): number {
    const gone = this.#sql.all<{ key: string }>(
      "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE at <= ? LIMIT ?) RETURNING key",
      cutoff,
      limit,
    );
    return gone.length;
  }

  oldestKeyAt(): number | undefined {
    return this.#sql.first<{ at: number | null }>("SELECT min(at) AS at FROM idempotency")?.at ?? undefined;
  }

  /** Of the rows that hold events. */
  oldestAt(): number | undefined {
    return this.#sql.first<{ at: number }>("SELECT at FROM events WHERE body <> ? ORDER BY seq LIMIT 1", NOTHING)?.at;
  }

  /** Lets go of the oldest rows below `below`: those from before `cutoff`, or any if `anyAge`. Says how many. */
  prune(below: number, cutoff: number, anyAge: boolean, limit: number): number {
    const rows = this.#sql.all<{ seq: number; at: number }>(
      "SELECT seq, at FROM events WHERE seq < ? ORDER BY seq LIMIT ?",
      below,
      limit,
    );
    const gone = rows.filter((row) => anyAge || row.at < cutoff);
    const last = gone.at(-1);
    if (last) this.#sql.all("DELETE FROM events WHERE seq <= ?", last.seq);
    return gone.length;
  }

  /** Lets go of a row's events, and keeps the row. */
  empty(seq: number): void {
    this.#sql.all("UPDATE events SET body = ?1 WHERE seq = ?2 AND body <> ?1", NOTHING, seq);
  }

  /** Endpoints that could not be reached, and the row after which they have missed everything. */
  lagging(): Map<string, number> {
    const rows = this.#sql.all<{ endpoint: string; seq: number }>("SELECT endpoint, seq FROM lagging");
    return new Map(rows.map((row) => [row.endpoint, row.seq]));
  }

  lag(endpoint: string, seq: number): void {
    this.#sql.all("INSERT OR REPLACE INTO lagging (endpoint, seq) VALUES (?, ?)", endpoint, seq);
  }

  caughtUp(endpoint: string): void {
    this.#sql.all("DELETE FROM lagging WHERE endpoint = ?", endpoint);
  }
}
