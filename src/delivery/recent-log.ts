import type { HistoryRow } from "./figures.ts";
import type { Store } from "./store.ts";

/** Rows read at a time: a history may have a megabyte. */
const ROWS = 16;
/** Rows kept, and UTF-16 units of their histories: what the most thorough look meets (health.ts), and some that have come since. */
const MOST_KEPT = 6000;
const MOST_KEPT_LENGTH = 8_000_000;
/** Each changed row is looked up alone, all in one go; where they are more, or longer, all is read again, in chunks. */
const MOST_CHANGES = 500;
const MOST_CHANGED_LENGTH = 1_000_000;

/**
 * The log's newest rows as figures need them, kept in memory from one question to the next: then only what has changed since is
 * read. It is made when somebody asks, and gone with the object. On disk it would be a row more for each that is settled.
 */
export class RecentLog {
  readonly #store: Store;
  /** Without a gap from the newest on, the newest first. */
  #rows: HistoryRow[] = [];
  /** Of rows that were done before, the attempts were not read; in milliseconds since 1970. */
  #since = Number.POSITIVE_INFINITY;
  /** Rows that were read from the table, and UTF-16 units of their histories, over all questions. */
  readonly read = { rows: 0, length: 0 };
  /** Numbers of rows that were written or deleted since. */
  readonly #changed = new Set<number>();

  constructor(store: Store) {
    this.#store = store;
    store.onLogChange = (seq) => this.#change(seq);
  }

  #change(seq: number): void {
    const oldest = this.#rows.at(-1);
    // What lies beyond is read when it is asked for.
    if (!oldest || seq < oldest.seq) return;
    this.#changed.add(seq);
    if (this.#changed.size > MOST_CHANGES) this.#forget();
  }

  #forget(): void {
    this.#rows = [];
    this.#changed.clear();
  }

  /**
   * The log, the newest row first. Rows that change while it is read may be missed or met twice.
   * @param since in milliseconds since 1970: rows that were done before may come without their attempts
   */
  *newestFirst(since: number): Generator<HistoryRow> {
    if (since < this.#since) this.#forget();
    // What was read for a longer time serves a shorter one.
    if (this.#rows.length === 0) this.#since = since;
    this.#bringUpToDate();
    const rows = this.#rows;
    const readSince = this.#since;
    for (let index = 0; ; index++) {
      if (index === rows.length) {
        // Somebody else may have read on meanwhile: where that ended, this goes on.
        const next = this.#store.historyRows("log", rows.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER, readSince, ROWS);
        this.#count(next);
        rows.push(...next);
      }
      const row = rows[index];
      if (!row) return;
      yield row;
    }
  }

  #count(rows: readonly HistoryRow[]): void {
    this.read.rows += rows.length;
    for (const { length } of rows) this.read.length += length;
  }

  /** Others may be reading the present rows: they keep theirs. */
  #bringUpToDate(): void {
    if (this.#changed.size === 0) return;
    const fresh: HistoryRow[] = [];
    let changed = 0;
    for (const seq of this.#changed) {
      const row = this.#store.historyRow(seq, this.#since);
      if (!row) continue;
      fresh.push(row);
      changed += row.length;
      if (changed > MOST_CHANGED_LENGTH) {
        this.#forget();
        return;
      }
    }
    this.#count(fresh);
    const kept = this.#rows.filter(({ seq }) => !this.#changed.has(seq));
    const rows = [...kept, ...fresh].sort((a, b) => b.seq - a.seq).slice(0, MOST_KEPT);
    let length = 0;
    const tooMuch = rows.findIndex((row) => {
      length += row.length;
      return length > MOST_KEPT_LENGTH;
    });
    this.#rows = tooMuch < 0 ? rows : rows.slice(0, tooMuch);
    this.#changed.clear();
  }
}
