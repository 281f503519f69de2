import type { DatabaseSync } from "node:sqlite";
import { encodeEvent, positionOf } from "../src/events/record.ts";
import { eventId } from "../src/lib/ids.ts";
import { editObject } from "./object-files.ts";

/**
 * A long delivery log, written into the object's file while the service is stopped: to publish and deliver a million events
 * takes longer than to ask about them. Texts and ids are made by what the service makes them with.
 */

const PARCEL = 100;
/** Row numbers of one parcel and what it splits into (src/delivery/parcel.ts). */
const FAMILY_STRIDE = 1024;
/** So many of the newest are rows of their own, as events that come alone are; the older ones came together. */
const ALONE = 0.1;
/** Between two of them, in milliseconds: 50,000 a day. */
const EVERY_MS = (24 * 3600 * 1000) / 50_000;
/** So many of those that came alone failed for good, and were of the type that is rare: whatever the length, pages are alike. */
const RARE = 10;

export const USUAL_EVENT = "ticket.created";
export const RARE_EVENT = "ticket.deleted";

/** How many rows have many deliveries, of so many deliveries in all. */
const togetherOf = (count: number): number => Math.floor((count * (1 - ALONE)) / PARCEL);

/** How many deliveries each row has, the oldest first. */
function* rowsOf(count: number): Generator<number> {
  const together = togetherOf(count);
  for (let row = 0; row < together; row++) yield PARCEL;
  for (let row = 0; row < count - together * PARCEL; row++) yield 1;
}

type Row = { seq: number; at: number; state: "delivered" | "failed"; n: number; place: number };

function textsOf({ at, state, n, place }: Row, family: number): { ledger: string; events: string } {
  const type = state === "failed" ? RARE_EVENT : USUAL_EVENT;
  const events = Array.from({ length: n }, (_, index) =>
    encodeEvent(eventId({ at, seq: family, index }), {
      type,
      data: JSON.stringify({ id: place + index, subject: "The export of last month's invoices never ends" }),
      occurredAt: null,
      channels: [],
    }),
  );
  const failed = state === "failed";
  // As delivery/parcel.ts has it.
  const ledger = {
    entries: Array.from({ length: n }, (_, index) => ({
      index,
      attempts: [
        {
          at: at + 10,
          trigger: "event",
          status: failed ? 500 : 200,
          durationMs: 8,
          error: failed ? "status" : null,
          responseBody: "ok",
        },
      ],
      signature: "5f0f0d2dd8a1b1f3a4c5e6d7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b",
    })),
  };
  return { ledger: JSON.stringify(ledger), events: `[${events.join(",")}]` };
}

/**
 * Gives the endpoint that has a delivery of this event many more, and its workspace's stream a number that comes after theirs.
 * @param now when the newest was published, in milliseconds since 1970
 * @returns the cursor of a page in the middle of those that came together
 */
export function writeLog(stateDir: string, knownEvent: string, count: number, now: number): string {
  const { first, last } = editObject(stateDir, "Endpoint", knownEvent, (database) => fill(database, count, now));
  editObject(stateDir, "EventStream", knownEvent, (database) => {
    const insert = database.prepare("INSERT INTO events (seq, at, body, total, done) VALUES (?, ?, '[]', 0, ?)");
    insert.run(last, now, last);
  });
  const middle = first + Math.floor(togetherOf(count) / 2);
  // As delivery/delivery-log.ts has it: whatever is before the first of this family.
  return `${middle.toString(36)}-0`;
}

/** @returns the first and the last family that were written */
function fill(database: DatabaseSync, count: number, now: number): { first: number; last: number } {
  const newest = database.prepare("SELECT max(seq) AS seq FROM log").get() as { seq: number };
  const before = Math.floor(newest.seq / FAMILY_STRIDE);
  let family = before;
  let written = 0;
  const insert = database.prepare(
    "INSERT INTO log (seq, at, state, n, place, ledger, events) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  database.exec("BEGIN");
  const between = Math.floor((count * ALONE) / RARE);
  for (const n of rowsOf(count)) {
    family++;
    const rare = n === 1 && written % between === 0;
    const row: Row = {
      seq: family * FAMILY_STRIDE,
      at: Math.round(now - EVERY_MS * (count - written)),
      state: rare ? "failed" : "delivered",
      n,
      place: positionOf({ seq: family, index: n - 1 }),
    };
    const { ledger, events } = textsOf(row, family);
    insert.run(row.seq, row.at, row.state, row.n, row.place, ledger, events);
    written += n;
  }
  database.exec("COMMIT");
  return { first: before + 1, last: family };
}
