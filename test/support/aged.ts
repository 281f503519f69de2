import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { seeded } from "./random.ts";

/**
 * Makes a minute a week. Charts, figures and lists say little of a service that has run for a minute, and nobody wants to
 * wait a week for a picture; so what a stopped service has stored is moved into the past, as if it had happened over
 * seven days, with more by day than by night. For pictures only: no test may take this for what the service does.
 *
 * Events keep their order and their rows, and all that followed upon one keeps its distance to it: what is moved is
 * times, and the ids that hold them.
 */

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** What is left free at the end, for what happens when the service runs again. */
const RECENT_MS = 4 * 60_000;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const EVENT_ID = /evt_([0-7][0-9A-HJKMNP-TV-Z]{9})([0-9A-HJKMNP-TV-Z]{9})(?=[0-9A-HJKMNP-TV-Z]{7})/g;
const RECEIPT_ID = /rcp_([0-7][0-9A-HJKMNP-TV-Z]{9})(?=[0-9A-HJKMNP-TV-Z]{16})/g;

type Row = Record<string, SQLInputValue>;
type History = { entries: { attempts: { at: number; responseHeaders?: Record<string, string> }[] }[] };
/** A row of events: when it was written, and when it is to have been. */
type Anchor = { at: number; moved: number };

const decode = (text: string): number => [...text].reduce((value, letter) => value * 32 + ALPHABET.indexOf(letter), 0);

function encode(at: number): string {
  let text = "";
  for (let rest = at, place = 0; place < 10; place++, rest = Math.floor(rest / 32)) {
    text = ALPHABET.charAt(rest % 32) + text;
  }
  return text;
}

/** It is this hour when the week ends, whenever the pictures are taken. */
const LAST_HOUR = 16;
/** How much happens in an hour of the day. */
const liveliness = (hour: number): number => 0.15 + Math.max(0, Math.sin(((hour - 6) / 14) * Math.PI)) ** 1.4;

/** `count` moments of the week before `until`, sorted. */
function moments(count: number, until: number): number[] {
  const draw = seeded(42);
  const steps = Array.from({ length: (WEEK_MS / HOUR_MS) * 4 }, (_, n) => until - WEEK_MS + (n * HOUR_MS) / 4);
  const weights = steps.map((at) => {
    const ago = (until - at) / HOUR_MS;
    // Two days in the middle are a weekend.
    const day = Math.floor(ago / 24);
    return liveliness((((LAST_HOUR - ago) % 24) + 24) % 24) * (day === 3 || day === 4 ? 0.5 : 1) * (0.6 + 0.8 * draw());
  });
  const sum = weights.reduce((a, b) => a + b);
  const found: number[] = [];
  let before = 0;
  for (const [n, weight] of weights.entries()) {
    const share = before + (weight / sum) * count;
    while (found.length < share - 1e-9 && found.length < count) {
      const within = (found.length - before) / (share - before || 1);
      found.push(Math.round((steps[n] ?? 0) + Math.min(0.999, Math.max(0, within + 0.2 * draw())) * (HOUR_MS / 4)));
    }
    before = share;
  }
  while (found.length < count) found.push(until);
  return found.sort((a, b) => a - b).map((at, n) => at + n);
}

function each(folder: string, table: string, work: (database: DatabaseSync) => void): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite")) {
    const database = new DatabaseSync(join(folder, name));
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table)) {
      database.exec("BEGIN");
      work(database);
      database.exec("COMMIT");
    }
    database.close();
  }
}

const rows = (database: DatabaseSync, query: string): Row[] => database.prepare(query).all() as Row[];

/** Changes each row of a table: `change` gives what is new of it. */
function update(database: DatabaseSync, table: string, key: string, columns: string, change: (row: Row) => Row): void {
  for (const row of rows(database, `SELECT ${key} AS _, ${columns} FROM ${table}`)) {
    const entries = Object.entries(change(row));
    const set = entries.map(([name]) => `${name} = ?`).join();
    database.prepare(`UPDATE ${table} SET ${set} WHERE ${key} = ?`).run(...entries.map(([, to]) => to), row._ ?? null);
  }
}

const folderOf = (stateDir: string, object: string): string => join(stateDir, "do", `posthorn-${object}`);

/** Where each moment goes. */
class Week {
  readonly #anchors: Anchor[] = [];
  readonly #bySeq = new Map<number, Anchor>();

  add(seq: number, anchor: Anchor): void {
    this.#anchors.push(anchor);
    this.#bySeq.set(seq, anchor);
  }

  get first(): Anchor {
    return this.#anchors[0] ?? { at: 0, moved: 0 };
  }

  /** By the last event before it. */
  moved(at: number): number {
    const anchor = this.#anchors.findLast((each) => each.at <= at) ?? this.first;
    return anchor.moved + at - anchor.at;
  }

  /** The same text with other ids. */
  ids(text: string): string {
    return text
      .replaceAll(EVENT_ID, (_, time: string, seq: string) => {
        return `evt_${encode(this.#bySeq.get(decode(seq))?.moved ?? decode(time))}${seq}`;
      })
      .replaceAll(RECEIPT_ID, (_, time: string) => `rcp_${encode(this.moved(decode(time)))}`);
  }

  /** Where the events of a row were moved to, in their order, and by how much. */
  shifts(events: string): { moved: number[]; shifts: number[] } {
    const anchors = [...events.matchAll(/"id":"evt_.{10}(.{9})/g)].map(([, seq = ""]) => {
      return this.#bySeq.get(decode(seq)) ?? { at: 0, moved: 0 };
    });
    return { moved: anchors.map(({ moved }) => moved), shifts: anchors.map(({ at, moved }) => moved - at) };
  }
}

function ageEvents(stateDir: string, week: Week, until: number): void {
  each(folderOf(stateDir, "EventStream"), "events", (database) => {
    const found = rows(database, "SELECT seq, at, total FROM events ORDER BY seq");
    const times = moments(found.length, until);
    let before = { month: -1, old: 0, total: 0 };
    for (const [n, { seq, at, total }] of found.entries()) {
      const moved = times[n] ?? until;
      week.add(Number(seq), { at: Number(at), moved });
      // The week may have begun in another month, whose total is its own.
      const month = new Date(moved).getUTCMonth();
      const sum = Number(total) - before.old + (month === before.month ? before.total : 0);
      before = { month, old: Number(total), total: sum };
      database.prepare("UPDATE events SET at = ?, total = ? WHERE seq = ?").run(moved, sum, seq ?? 0);
    }
    update(database, "events", "seq", "body", ({ body }) => ({ body: week.ids(String(body)) }));
  });
}

function ageDeliveries(stateDir: string, week: Week): void {
  const aged = ({ events, ledger }: Row): { row: Row; by: number } => {
    const { moved, shifts } = week.shifts(String(events));
    const read = ledger === null ? null : (JSON.parse(String(ledger)) as History);
    for (const [n, entry] of (read?.entries ?? []).entries()) {
      // All came at once, and some had to wait for their turn.
      const [first] = entry.attempts;
      const waited = first ? first.at + (shifts[n] ?? 0) - (moved[n] ?? 0) - 40 : 0;
      shifts[n] = (shifts[n] ?? 0) - waited;
      for (const attempt of entry.attempts) {
        attempt.at += shifts[n] ?? 0;
        if (attempt.responseHeaders?.date) attempt.responseHeaders.date = new Date(attempt.at).toUTCString();
      }
    }
    return {
      row: { events: week.ids(String(events)), ledger: read && JSON.stringify(read) },
      by: shifts.at(-1) ?? 0,
    };
  };
  each(folderOf(stateDir, "Endpoint"), "log", (database) => {
    update(database, "log", "seq", "at, ledger, events", (found) => {
      const { row, by } = aged(found);
      return { ...row, at: Number(found.at) + by };
    });
    update(database, "open_parcels", "seq", "ledger, events", (found) => aged(found).row);
  });
}

function ageReceipts(stateDir: string, week: Week): void {
  each(folderOf(stateDir, "Source"), "receipts", (database) => {
    update(database, "receipts", "seq", "at, events, published", ({ at, events, published }) => ({
      at: week.moved(Number(at)),
      events: week.ids(String(events)),
      published: published === null ? null : week.ids(String(published)),
    }));
    update(database, "meta", "key", "value", ({ value }) => ({
      // Rejections tell their times as JSON, with the names that they have in the contract.
      value: String(value).replaceAll(/"(at|since)":(\d{13})/g, (_, name, at) => `"${name}":${week.moved(Number(at))}`),
    }));
  });
}

/** What people did: before the week, unless something had happened already. */
function ageConfiguration(stateDir: string, week: Week, now: number): void {
  const before = (at: number) => week.first.moved - 9 * 24 * HOUR_MS - (week.first.at - at) * 1_500_000;
  const moved = (at: SQLInputValue) => {
    if (at === null) return null;
    return Math.round(Number(at) < week.first.at ? before(Number(at)) : week.moved(Number(at)));
  };
  each(join(stateDir, "d1/miniflare-D1DatabaseObject"), "audit_log", (database) => {
    for (const [table, key, ...columns] of [
      ["workspaces", "id", "created_at", "updated_at"],
      ["endpoints", "number", "created_at", "updated_at"],
      ["endpoint_secrets", "id", "created_at"],
      ["sources", "number", "created_at", "updated_at"],
      ["event_types", "rowid", "created_at"],
      ["api_tokens", "rowid", "created_at"],
      ["audit_log", "number", "at"],
    ] as const) {
      update(database, table, key, columns.join(), (row) =>
        Object.fromEntries(columns.map((column) => [column, moved(row[column] ?? null)])),
      );
    }
    // Some tokens have been used since: the first ones, the oldest most.
    for (const [n, ago] of [HOUR_MS / 3, 30 * HOUR_MS, 2.2 * HOUR_MS].entries()) {
      const query =
        "UPDATE api_tokens SET last_used_at = ? WHERE rowid = (SELECT rowid FROM api_tokens LIMIT 1 OFFSET ?)";
      database.prepare(query).run(Math.round(now - ago), n);
    }
  });
}

/**
 * Ages what a service has stored. It must have been stopped.
 * @param now when the week ends, in milliseconds since 1970
 */
export function age(stateDir: string, now: number): void {
  const week = new Week();
  ageEvents(stateDir, week, now - RECENT_MS);
  ageDeliveries(stateDir, week);
  ageReceipts(stateDir, week);
  ageConfiguration(stateDir, week, now);
}
