import { placeOf, positionsBefore, streamAt } from "../events/record.ts";
import { MAX_STREAMS } from "../lib/ids.ts";
import type { Sql } from "../lib/sql.ts";
import type { Head } from "./backlog.ts";
import type { DeliveryStatus } from "./contract.ts";
import type { HistoryRow } from "./figures.ts";
import { type AttemptHistory, decodeHistory, encodeHistory, FAMILY_STRIDE, familyOf, firstOf } from "./parcel.ts";

/**
 * The rows of an Endpoint. Every statement is here, and each writes as few rows as can be: an accepted parcel one, a
 * delivered one two (out of `open_parcels`, into `log`), a parcel that failed as a whole one, and one that is delivered
 * before it was written one in all.
 *
 * `events` is a JSON array of stored events (events/record.ts) and moves between the tables as it is; `ledger` is what
 * changes (parcel.ts). `place` is the stream position of the parcel's last event. Both tables are sorted by it, too, as long as
 * all events come from one stream: what has several gets an index for it, which costs a row more for each.
 * The wide columns stand last, so that a scan over the narrow ones does not read them. What was not delivered is rare, and
 * looked for among very much: it alone has an index, which costs a row for each of them and nothing for the others.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS open_parcels (
    seq INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, lost INTEGER NOT NULL, attempt INTEGER NOT NULL,
    n INTEGER NOT NULL, place INTEGER NOT NULL,
    ledger TEXT, events TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS log (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL, place INTEGER NOT NULL,
    ledger TEXT, events TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS log_undelivered ON log (state, seq) WHERE state <> 'delivered';
`;
/** Rows of one state, by that index: it serves a question that says the same. */
const UNDELIVERED = "state <> 'delivered' AND state =";

/** Objects from before requests went out from here have noted which parcels lay in a queue. */
const WHAT_THERE_IS = `
  SELECT (SELECT 1 FROM pragma_table_info('open_parcels') WHERE name = 'released_at') AS notesReleases,
    (SELECT 1 FROM sqlite_master WHERE name = 'log_place') AS hasPlaces
`;
const INDEX_PLACES = `
  CREATE INDEX IF NOT EXISTS open_place ON open_parcels (place);
  CREATE INDEX IF NOT EXISTS log_place ON log (place);
`;
const FORGET_RELEASES = `
  ALTER TABLE open_parcels DROP COLUMN released_at;
  ALTER TABLE open_parcels DROP COLUMN release;
  UPDATE open_parcels SET lost = 0 WHERE lost > 0;
`;

/** Streams try an endpoint that could not be reached once a minute at least; what they have for it then may be much. */
const BEHIND_MS = 3_600_000;

export type LogState = Exclude<DeliveryStatus, "pending">;

/** A row with its payload. */
export type Parcel = {
  seq: number;
  state: DeliveryStatus;
  place: number;
  /** When it was done; null while it is open. */
  completedAt: number | null;
  history: AttemptHistory;
  /** JSON array of stored events, in the history's order. */
  events: string;
};

type OpenRow = { seq: number; n: number; place: number; ledger: string | null; events: string };
type LogRow = OpenRow & { at: number; state: LogState };
/** What figures need. Of what was done before `?2`, without the history. */
const HISTORY_COLUMNS = {
  open_parcels: "seq, NULL AS at, 'pending' AS state, n, ledger",
  log: "seq, at, state, n, CASE WHEN at >= ?2 THEN ledger END AS ledger",
};
type StoredHistoryRow = { seq: number; at: number | null; state: DeliveryStatus; n: number; ledger: string | null };
type HeadRow = {
  seq: number;
  n: number;
  attempt: number;
  due_at: number;
  lost: number;
};

const headOf = ({ seq, n, attempt, due_at, lost }: HeadRow): Head => {
  return { seq, count: n, attempt, dueAt: due_at, lost };
};

function historyRow({ seq, at, state, n, ledger }: StoredHistoryRow): HistoryRow {
  const entries = ledger === null ? [] : decodeHistory(ledger, n).entries;
  // What was answered is much of a history, and no figure needs it.
  const attempts = entries.flatMap((entry) =>
    entry.attempts.map(({ at, trigger, error, durationMs }) => ({ at, trigger, error, durationMs })),
  );
  return { seq, state, completedAt: at, count: n, attempts, length: ledger?.length ?? 0 };
}

export type Table = "open_parcels" | "log";

/** What rows are sieved by: their state, text that their events contain, and whether any attempt failed. */
export type Sieve = { state?: LogState | undefined; text?: string | undefined; failedAttempts?: boolean | undefined };
/** Of a history with a failed attempt. Within an answer's text the quotes have backslashes. */
const FAILED_ATTEMPT = `'"error":"'`;

/** What a look at some rows found. */
export type Scan = {
  /** The last row that was looked at. */
  low: number;
  rows: number;
  /** Deliveries of all rows, and of those that did not pass. */
  count: number;
  skipped: number;
  /** Rows that passed, the newest first. */
  passed: number[];
};

export class Store {
  readonly #sql: Sql;
  #hasPlaces: boolean;
  /** Is told of each row of the log that is written or deleted. */
  onLogChange: (seq: number) => void = () => {};

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.define(SCHEMA);
    const found = sql.first<{ notesReleases: number | null; hasPlaces: number | null }>(WHAT_THERE_IS);
    if (found?.notesReleases) sql.all(FORGET_RELEASES);
    this.#hasPlaces = found?.hasPlaces === 1;
  }

  /** Whether events of several streams are among the rows, or may be. */
  get ofSeveralStreams(): boolean {
    return this.#hasPlaces;
  }

  /**
   * By how much an event may be older than one that came before it, in milliseconds: rows of one stream are as old as their
   * numbers, and another stream may have been behind.
   */
  get disorderMs(): number {
    return this.#hasPlaces ? BEHIND_MS : 0;
  }

  /** To be called before the first row of another stream than the first: once, for a log of a million rows it takes a second. */
  indexPlaces(): void {
    if (this.#hasPlaces) return;
    this.#sql.all(INDEX_PLACES);
    this.#hasPlaces = true;
  }

  /** Parcels after a row, the oldest first. */
  heads(after: number, limit: number): Head[] {
    const rows = this.#sql.all<HeadRow>(
      "SELECT seq, n, attempt, due_at, lost FROM open_parcels WHERE seq > ? ORDER BY seq LIMIT ?",
      after,
      limit,
    );
    return rows.map(headOf);
  }

  /** Deliveries that are open. */
  waiting(): number {
    return this.#sql.first<{ n: number | null }>("SELECT sum(n) AS n FROM open_parcels")?.n ?? 0;
  }

  /**
   * The youngest row, if it is an open parcel of which nothing was attempted or sent again; its events' length, and when the first
   * of them was published, in milliseconds since 1970.
   */
  tail(): { head: Head; length: number; since: number; place: number } | undefined {
    const row = this.#sql.first<HeadRow & { length: number; id: string; place: number }>(
      `SELECT seq, n, attempt, due_at, lost, place, length(events) AS length, json_extract(events, '$[0].id') AS id FROM open_parcels
       WHERE seq = (SELECT max(seq) FROM open_parcels) AND seq > (SELECT ifnull(max(seq), 0) FROM log)
         AND attempt = 0 AND ledger IS NULL`,
    );
    return row && { head: headOf(row), length: row.length, since: placeOf(row.id).at, place: row.place };
  }

  /** By the number of the stream, the position of its last event; zeros for those that nothing came from. */
  positions(): number[] {
    if (!this.#hasPlaces) return [this.newest().place];
    return Array.from({ length: MAX_STREAMS }, (_, stream) => {
      const row = this.#sql.first<{ place: number | null }>(
        `SELECT max(place) AS place FROM (
           SELECT max(place) AS place FROM open_parcels WHERE place BETWEEN ?1 AND ?2
           UNION ALL SELECT max(place) FROM log WHERE place BETWEEN ?1 AND ?2)`,
        positionsBefore(stream),
        positionsBefore(stream + 1) - 1,
      );
      return row?.place ?? 0;
    });
  }

  /** The row of a stream's event at or after a position; of several the oldest. */
  placedAt(table: Table, position: number): { seq: number; place: number } | undefined {
    return this.#sql.first<{ seq: number; place: number }>(
      `SELECT seq, place FROM ${table} WHERE place BETWEEN ? AND ? ORDER BY place, seq LIMIT 1`,
      position,
      positionsBefore(streamAt(position) + 1) - 1,
    );
  }

  /** The newest row's family and stream position; zeros for an endpoint that never got anything. */
  newest(): { family: number; place: number } {
    const row = this.#sql.first<{ seq: number; place: number }>(
      `SELECT max(seq) AS seq, max(place) AS place FROM (
         SELECT * FROM (SELECT seq, place FROM open_parcels ORDER BY seq DESC LIMIT 1)
         UNION ALL SELECT * FROM (SELECT seq, place FROM log ORDER BY seq DESC LIMIT 1))`,
    );
    return { family: familyOf(row?.seq ?? 0), place: row?.place ?? 0 };
  }

  insertOpen(head: Head, place: number, history: AttemptHistory, events: string): void {
    this.#sql.all(
      "INSERT INTO open_parcels (seq, due_at, lost, attempt, n, place, ledger, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      head.seq,
      head.dueAt,
      head.lost,
      head.attempt,
      head.count,
      place,
      encodeHistory(history),
      events,
    );
  }

  /** Adds events (a JSON array) to a parcel of which nothing was attempted. */
  append(seq: number, count: number, place: number, events: string): void {
    this.#sql.all(
      "UPDATE open_parcels SET events = substr(events, 1, length(events) - 1) || ',' || substr(?, 2), n = n + ?, place = ? WHERE seq = ?",
      events,
      count,
      place,
      seq,
    );
  }

  /** Writes the head's changeable fields. */
  updateHead(head: Head): void {
    this.#sql.all(
      "UPDATE open_parcels SET due_at = ?, lost = ?, attempt = ? WHERE seq = ?",
      head.dueAt,
      head.lost,
      head.attempt,
      head.seq,
    );
  }

  /** Writes head and history; the events too, if some left the parcel. */
  updateOpen(head: Head, history: AttemptHistory, events?: string): void {
    this.#sql.all(
      "UPDATE open_parcels SET due_at = ?, lost = ?, attempt = ?, n = ?, ledger = ?, events = ifnull(?, events) WHERE seq = ?",
      head.dueAt,
      head.lost,
      head.attempt,
      head.count,
      encodeHistory(history),
      events ?? null,
      head.seq,
    );
  }

  /** Makes everything due that is scheduled, and gives back the attempt that each waits after (backlog.ts). */
  bringForward(now: number): void {
    this.#sql.all("UPDATE open_parcels SET due_at = ?1, attempt = max(0, attempt - 1) WHERE due_at > ?1", now);
  }

  deleteOpen(seq: number): void {
    this.#sql.all("DELETE FROM open_parcels WHERE seq = ?", seq);
  }

  /**
   * Moves an open parcel to the log as it is; its payload does not pass through JavaScript.
   * @returns false, and nothing is changed, if the log has a row of that number already
   */
  close(seq: number, logSeq: number, at: number, state: LogState, history: AttemptHistory): boolean {
    const before = this.#sql.rowsWritten;
    this.#sql.all(
      "INSERT OR IGNORE INTO log (seq, at, state, n, place, ledger, events) SELECT ?, ?, ?, n, place, ?, events FROM open_parcels WHERE seq = ?",
      logSeq,
      at,
      state,
      JSON.stringify(history),
      seq,
    );
    if (this.#sql.rowsWritten === before) return false;
    this.onLogChange(logSeq);
    this.deleteOpen(seq);
    return true;
  }

  insertLog(seq: number, at: number, state: LogState, place: number, history: AttemptHistory, events: string): void {
    this.onLogChange(seq);
    this.#sql.all(
      "INSERT INTO log (seq, at, state, n, place, ledger, events) VALUES (?, ?, ?, ?, ?, ?, ?)",
      seq,
      at,
      state,
      history.entries.length,
      place,
      JSON.stringify(history),
      events,
    );
  }

  /** Writes what is left of a log row after some of its deliveries went out again; deletes it if nothing is. */
  updateLog(seq: number, history: AttemptHistory, events: string): void {
    this.onLogChange(seq);
    if (history.entries.length === 0) this.#sql.all("DELETE FROM log WHERE seq = ?", seq);
    else {
      this.#sql.all(
        "UPDATE log SET n = ?, ledger = ?, events = ? WHERE seq = ?",
        history.entries.length,
        JSON.stringify(history),
        events,
        seq,
      );
    }
  }

  open(seq: number): Parcel | undefined {
    return this.#read("open_parcels", "seq = ?", seq, "", 1)[0];
  }

  logged(seq: number): Parcel | undefined {
    return this.#read("log", "seq = ?", seq, "", 1)[0];
  }

  history(seq: number): AttemptHistory | undefined {
    const row = this.#sql.first<{ n: number; ledger: string | null }>(
      "SELECT n, ledger FROM open_parcels WHERE seq = ?",
      seq,
    );
    return row && decodeHistory(row.ledger, row.n);
  }

  /** All rows of a family, open and logged. */
  family(family: number): Parcel[] {
    const within = `seq >= ?1 AND seq < ?1 + ${FAMILY_STRIDE}`;
    return (["open_parcels", "log"] as const).flatMap((table) =>
      this.#read(table, within, firstOf(family), "ORDER BY seq", FAMILY_STRIDE),
    );
  }

  /**
   * The row number for deliveries of a family that are open together: by the first of them, so that rows sort by the age of
   * what is in them however a family has split.
   * @param index of the first of them in the family
   */
  openSeq(family: number, index: number): number {
    const seq = firstOf(family) + index;
    const taken = this.#sql.first("SELECT 1 AS yes FROM open_parcels WHERE seq = ?", seq) !== undefined;
    return taken ? this.freeSeq(family, seq) : seq;
  }

  /** A row number of this family that is free in both tables, above `above` if there is one. */
  freeSeq(family: number, above: number): number {
    const first = firstOf(family);
    const taken = new Set(
      this.#sql
        .all<{ seq: number }>(
          "SELECT seq FROM open_parcels WHERE seq BETWEEN ?1 AND ?2 UNION SELECT seq FROM log WHERE seq BETWEEN ?1 AND ?2",
          first,
          first + FAMILY_STRIDE - 1,
        )
        .map((row) => row.seq),
    );
    for (let step = 1; step <= FAMILY_STRIDE; step++) {
      const seq = first + ((above - first + step) % FAMILY_STRIDE);
      if (!taken.has(seq)) return seq;
    }
    // A family has at most MAX_PARCEL deliveries and each of its rows at least one.
    throw new RangeError(`Family ${family} has no free row`);
  }

  hasLog(seq: number): boolean {
    return this.#sql.first("SELECT seq FROM log WHERE seq = ?", seq) !== undefined;
  }

  /** Rows below `below`, the newest first; of the log only those of a state, if one is given. */
  before(table: Table, below: number, limit: number, state?: Exclude<LogState, "delivered">): Parcel[] {
    const only = table === "log" && state !== undefined ? `${UNDELIVERED} '${state}' AND ` : "";
    return this.#read(table, `${only}seq < ?`, below, "ORDER BY seq DESC", limit);
  }

  /** Looks at rows below `below`, the newest first, without fetching them; undefined if there are none. */
  scan(table: Table, below: number, limit: number, { state, text, failedAttempts }: Sieve): Scan | undefined {
    const byIndex = table === "log" && state !== undefined && state !== "delivered";
    const conditions = [
      ...(text === undefined ? [] : ["instr(events, ?3) > 0"]),
      ...(failedAttempts ? [`instr(ledger, ${FAILED_ATTEMPT}) > 0`] : []),
      ...(table === "log" && state === "delivered" ? ["state = 'delivered'"] : []),
    ];
    const row = this.#sql.first<{
      low: number | null;
      rows: number;
      n: number;
      skipped: number;
      passed: string | null;
    }>(
      `SELECT min(seq) AS low, count(*) AS rows, sum(n) AS n, sum(iif(passes, 0, n)) AS skipped,
         group_concat(iif(passes, seq, NULL)) AS passed
       FROM (SELECT seq, n, ${conditions.join(" AND ") || "1"} AS passes FROM ${table}
         WHERE ${byIndex ? `${UNDELIVERED} '${state}' AND ` : ""}seq < ?1 ORDER BY seq DESC LIMIT ?2)`,
      below,
      limit,
      ...(text === undefined ? [] : [text]),
    );
    if (!row || row.low === null) return undefined;
    const passed = (row.passed ?? "").split(",").filter(Boolean).map(Number);
    return { low: row.low, rows: row.rows, count: row.n, skipped: row.skipped, passed: passed.sort((a, b) => b - a) };
  }

  /** A row with its payload. */
  parcel(table: Table, seq: number): Parcel | undefined {
    return table === "log" ? this.logged(seq) : this.open(seq);
  }

  /** When a row's first event was published, in milliseconds since 1970. */
  publishedAt(table: Table, seq: number): number | undefined {
    const id = "json_extract(events, '$[0].id') AS id";
    const row = this.#sql.first<{ id: string }>(`SELECT ${id} FROM ${table} WHERE seq = ?`, seq);
    return row && placeOf(row.id).at;
  }

  /** Rows from `from` on, the oldest first. */
  from(table: Table, from: number, limit: number): Parcel[] {
    return this.#read(table, "seq >= ?", from, "ORDER BY seq", limit);
  }

  /** The first row at or after `seq` and its stream position. */
  probe(table: Table, seq: number): { seq: number; place: number } | undefined {
    return this.#sql.first<{ seq: number; place: number }>(
      `SELECT seq, place FROM ${table} WHERE seq >= ? ORDER BY seq LIMIT 1`,
      seq,
    );
  }

  lastSeq(table: Table): number {
    return this.#sql.first<{ seq: number }>(`SELECT seq FROM ${table} ORDER BY seq DESC LIMIT 1`)?.seq ?? 0;
  }

  /** Rows below `below`, the newest first, without their payload, nor the attempts of what was done before `since`. */
  historyRows(table: Table, below: number, since: number, limit: number): HistoryRow[] {
    const rows = this.#sql.all<StoredHistoryRow>(
      `SELECT ${HISTORY_COLUMNS[table]} FROM ${table} WHERE seq < ?1 ORDER BY seq DESC LIMIT ?3`,
      below,
      since,
      limit,
    );
    return rows.map(historyRow);
  }

  /** The same of one row of the log. */
  historyRow(seq: number, since: number): HistoryRow | undefined {
    const row = this.#sql.first<StoredHistoryRow>(`SELECT ${HISTORY_COLUMNS.log} FROM log WHERE seq = ?1`, seq, since);
    return row && historyRow(row);
  }

  /** When the event of one of a family's deliveries was published, in milliseconds since 1970; null if none is left. */
  createdAt(family: number): number | null {
    const first = firstOf(family);
    const id = "json_extract(events, '$[0].id') AS id";
    const row = this.#sql.first<{ id: string }>(
      `SELECT ${id} FROM open_parcels WHERE seq BETWEEN ?1 AND ?2
       UNION ALL SELECT ${id} FROM log WHERE seq BETWEEN ?1 AND ?2 LIMIT 1`,
      first,
      first + FAMILY_STRIDE - 1,
    );
    return row ? placeOf(row.id).at : null;
  }

  /** Completion time of the latest delivered row among the newest hundred; null if there is none. */
  lastDeliveredAt(): number | null {
    const row = this.#sql.first<{ at: number | null }>(
      "SELECT max(at) AS at FROM (SELECT at, state FROM log ORDER BY seq DESC LIMIT 100) WHERE state = 'delivered'",
    );
    return row?.at ?? null;
  }

  /**
   * Lets go of log rows that were done before `cutoff`, among the oldest `limit`; says how many. Some of those may have been
   * sent again since: they keep none of the others.
   */
  prune(cutoff: number, limit: number): number {
    const gone = this.#sql.all<{ seq: number }>(
      "DELETE FROM log WHERE seq IN (SELECT seq FROM log ORDER BY seq LIMIT ?2) AND at < ?1 RETURNING seq",
      cutoff,
      limit,
    );
    for (const { seq } of gone) this.onLogChange(seq);
    return gone.length;
  }

  /** Lets go of the oldest log rows of what has expired, at most `limit`. @returns the length of each, as {@link expiredLength} has it */
  dropExpired(limit: number): number[] {
    const gone = this.#sql.all<{ seq: number; length: number }>(
      `DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE ${UNDELIVERED} 'expired' ORDER BY seq LIMIT ?)
       RETURNING seq, length(events) + ifnull(length(ledger), 0) AS length`,
      limit,
    );
    for (const { seq } of gone) this.onLogChange(seq);
    return gone.map(({ length }) => length);
  }

  /** The oldest log row that has its payload still. */
  oldestKept(): number | undefined {
    return this.#sql.first<{ seq: number }>("SELECT seq FROM log WHERE state <> 'expired' ORDER BY seq LIMIT 1")?.seq;
  }

  /** Lets go of the oldest log rows that have their payload still, at most `limit`; says how many. */
  dropKept(limit: number): number {
    const gone = this.#sql.all<{ seq: number }>(
      "DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE state <> 'expired' ORDER BY seq LIMIT ?) RETURNING seq",
      limit,
    );
    for (const { seq } of gone) this.onLogChange(seq);
    return gone.length;
  }

  /** UTF-16 units of what has expired. */
  expiredLength(): number {
    const row = this.#sql.first<{ length: number | null }>(
      `SELECT sum(length(events) + ifnull(length(ledger), 0)) AS length FROM log WHERE ${UNDELIVERED} 'expired'`,
    );
    return row?.length ?? 0;
  }

  /** When the oldest open parcel's last event was published, in milliseconds since 1970. */
  oldestOpenAt(): number | undefined {
    const row = this.#sql.first<{ id: string }>(
      "SELECT json_extract(events, '$[#-1].id') AS id FROM open_parcels ORDER BY seq LIMIT 1",
    );
    return row && placeOf(row.id).at;
  }

  /** A free row number for what leaves a parcel. */
  freeSeqBeside(seq: number): number {
    return this.freeSeq(familyOf(seq), seq);
  }

  /** When the first of the oldest `among` log rows was done, in milliseconds since 1970; undefined if there is none. */
  oldestLogAt(among: number): number | undefined {
    const query = "SELECT min(at) AS at FROM (SELECT at FROM log ORDER BY seq LIMIT ?)";
    return this.#sql.first<{ at: number | null }>(query, among)?.at ?? undefined;
  }

  #read(table: Table, where: string, value: number, order: string, limit: number): Parcel[] {
    if (table === "log") {
      const rows = this.#sql.all<LogRow>(
        `SELECT seq, at, state, n, place, ledger, events FROM log WHERE ${where} ${order} LIMIT ?`,
        value,
        limit,
      );
      return rows.map((row) => ({
        seq: row.seq,
        state: row.state,
        place: row.place,
        completedAt: row.at,
        history: decodeHistory(row.ledger, row.n),
        events: row.events,
      }));
    }
    const rows = this.#sql.all<OpenRow>(
      `SELECT seq, n, place, ledger, events FROM open_parcels WHERE ${where} ${order} LIMIT ?`,
      value,
      limit,
    );
    return rows.map((row) => ({
      seq: row.seq,
      state: "pending",
      place: row.place,
      completedAt: null,
      history: decodeHistory(row.ledger, row.n),
      events: row.events,
    }));
  }
}
