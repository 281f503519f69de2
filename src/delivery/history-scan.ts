import type { HistoryRow } from "./figures.ts";
import { familyOf } from "./parcel.ts";
import type { RecentLog } from "./recent-log.ts";
import type { Store } from "./store.ts";

/** Where a look at the past ends at the latest: rows, and UTF-16 units of histories. */
export type Bound = { rows: number; length: number };

/** Rows read at a time: a history may have a megabyte. */
const ROWS = 16;
/** After so much has been read, other calls get their turn. */
const CHUNK: Bound = { rows: 512, length: 1_000_000 };

function* openRows(store: Store, since: number): Generator<HistoryRow> {
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = store.historyRows("open_parcels", below, since, ROWS);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) return;
    below = last.seq;
  }
}

/** Both tables as one, the newest row first. */
function* newestFirst(store: Store, recent: RecentLog, since: number): Generator<HistoryRow> {
  const open = openRows(store, since);
  const log = recent.newestFirst(since);
  let a = open.next().value;
  let b = log.next().value;
  while (a || b) {
    if (a && (!b || a.seq >= b.seq)) {
      yield a;
      a = open.next().value;
    } else if (b) {
      yield b;
      b = log.next().value;
    }
  }
}

/**
 * Looks at an endpoint's rows, the newest first, in chunks. Rows that move from one table to the other in between may be
 * missed or met twice.
 * @param since in milliseconds since 1970: rows that were done before may come without their attempts
 * @param pause lets other calls have their turn
 * @returns null after the last row; at the bound, a time (milliseconds since 1970) such that every delivery of an event
 *   published later was met
 */
export async function scanHistory(
  store: Store,
  recent: RecentLog,
  since: number,
  bound: Bound,
  pause: () => Promise<void>,
  meet: (row: HistoryRow) => void,
): Promise<number | null> {
  let [rows, length] = [0, 0];
  const open = { rows: 0, length: 0 };
  const read = () => ({ rows: open.rows + recent.read.rows, length: open.length + recent.read.length });
  let chunk = read();
  let family: number | undefined;
  for (const row of newestFirst(store, recent, since)) {
    const next = familyOf(row.seq);
    // Families are as old as their numbers; the rows of one are not.
    if ((rows >= bound.rows || length >= bound.length) && family !== undefined && next !== family) {
      return store.createdAt(family);
    }
    meet(row);
    family = next;
    rows++;
    length += row.length;
    if (row.completedAt === null) {
      open.rows++;
      open.length += row.length;
    }
    const now = read();
    if (now.rows - chunk.rows >= CHUNK.rows || now.length - chunk.length >= CHUNK.length) {
      chunk = now;
      await pause();
    }
  }
  return null;
}
