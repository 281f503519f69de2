import type { DatabaseSync } from "node:sqlite";
import { placeOf } from "../../src/events/record.ts";
import { ulid } from "../../src/lib/ids.ts";

type Waiting = { seq: number; events: string; ledger: string | null };

/** The id of the same event, published so much earlier: its first ten characters after the prefix are the time. */
const earlier = (id: string, byMs: number): string =>
  `evt_${ulid(placeOf(id).at - byMs).slice(0, 10)}${id.slice("evt_".length + 10)}`;

/** The times that texts hold as JSON: milliseconds since 1970. */
const TIME = /(?<=[:,[])1[0-9]{12}(?=[,}\]])/g;

/**
 * Moves what waits for an endpoint into the past, and since when it has been failing: as if the outage had lasted so much
 * longer. What is configured keeps its time.
 */
export function ageWaiting(database: DatabaseSync, byMs: number): void {
  const older = (text: string) => text.replaceAll(TIME, (at) => String(Number(at) - byMs));
  database.exec("BEGIN");
  const rows = database.prepare("SELECT seq, events, ledger FROM open_parcels").all() as Waiting[];
  const update = database.prepare("UPDATE open_parcels SET events = ?, ledger = ?, due_at = due_at - ? WHERE seq = ?");
  for (const { seq, events, ledger } of rows) {
    const moved = events.replaceAll(/evt_[0-9A-Z]{26}/g, (id) => earlier(id, byMs));
    update.run(moved, ledger === null ? null : older(ledger), byMs, seq);
  }
  const trouble = database.prepare("SELECT value FROM meta WHERE key = 'trouble'").get() as
    | { value: string }
    | undefined;
  if (trouble) database.prepare("UPDATE meta SET value = ? WHERE key = 'trouble'").run(older(trouble.value));
  database.exec("COMMIT");
}
