import { covers } from "../lib/pattern.ts";
import type { Backlog, Head } from "./backlog.ts";
import type { ReplayRequest, Trigger } from "./contract.ts";
import { unpack } from "./delivery-log.ts";
import { familyOf, pick, select } from "./parcel.ts";
import type { Parcel, Store } from "./store.ts";

/**
 * Sending again. What is still open goes now instead of at its scheduled time; what is done leaves the log and becomes
 * an open parcel of the same family, so its attempts and its place in the list stay what they were.
 */

const everything = (parcel: Parcel): number[] => parcel.history.entries.map((_, position) => position);

function complement(parcel: Parcel, positions: readonly number[]): number[] {
  const taken = new Set(positions);
  return everything(parcel).filter((position) => !taken.has(position));
}

function subset(events: string, positions: readonly number[]): string {
  return JSON.stringify(pick(JSON.parse(events) as unknown[], positions));
}

/** Makes some of an open parcel's deliveries due now. On their way already, they stay as they are. */
function expedite(
  store: Store,
  backlog: Backlog,
  now: number,
  head: Head,
  parcel: Parcel,
  positions: number[],
  trigger: Trigger,
) {
  if (backlog.isAtWork(head)) return;
  const rest = complement(parcel, positions);
  const history = { ...select(parcel.history, positions), trigger };
  if (rest.length === 0) {
    backlog.update(head, { dueAt: now }, now);
    store.updateOpen(head, history);
    return;
  }
  const seq = store.openSeq(familyOf(head.seq), history.entries[0]?.index ?? 0);
  const leaving: Head = { ...head, seq, count: positions.length, dueAt: now };
  backlog.update(head, { count: rest.length }, now);
  store.updateOpen(head, select(parcel.history, rest), subset(parcel.events, rest));
  store.insertOpen(leaving, parcel.place, history, subset(parcel.events, positions));
  backlog.add(leaving, now);
}

/** Takes some of a log row's deliveries out of the log and opens them. */
function reopen(store: Store, backlog: Backlog, now: number, parcel: Parcel, positions: number[], trigger: Trigger) {
  const rest = complement(parcel, positions);
  const free = rest.length === 0 && !backlog.get(parcel.seq);
  const head: Head = {
    seq: free ? parcel.seq : store.openSeq(familyOf(parcel.seq), parcel.history.entries[positions[0] ?? 0]?.index ?? 0),
    count: positions.length,
    attempt: 0,
    dueAt: now,
    lost: 0,
  };
  store.updateLog(parcel.seq, select(parcel.history, rest), subset(parcel.events, rest));
  const history = { ...select(parcel.history, positions), trigger };
  store.insertOpen(head, parcel.place, history, subset(parcel.events, positions));
  backlog.add(head, now);
}

/** Sends deliveries of one parcel again. */
export function resend(
  store: Store,
  backlog: Backlog,
  now: number,
  parcel: Parcel,
  positions: number[],
  trigger: Trigger,
): void {
  if (parcel.state !== "pending") {
    reopen(store, backlog, now, parcel, positions, trigger);
    return;
  }
  const head = backlog.get(parcel.seq);
  if (head) expedite(store, backlog, now, head, parcel, positions, trigger);
}

/** Positions of a parcel's deliveries that a replay is about. */
function chosen(parcel: Parcel, request: ReplayRequest): number[] {
  // Its events' data is gone.
  if (parcel.state === "expired") return [];
  return unpack(parcel)
    .filter(({ entry, event }) => {
      const failed = parcel.state === "failed" || (parcel.state === "pending" && entry.attempts.length > 0);
      return (
        (request.status === "all" || failed) &&
        event.at >= request.since &&
        event.at <= request.until &&
        (request.types === undefined || request.types.some((pattern) => covers(pattern, event.type)))
      );
    })
    .map(({ position }) => position);
}

/** Rows handled in one go, before other calls get their turn. */
const ROWS_AT_ONCE = 50;

/** What a replay needs of the object it runs in. */
export type ReplayHost = {
  sendAgain(parcel: Parcel, positions: number[]): void;
  transaction(work: () => void): void;
  /** Lets other calls have their turn. */
  pause(): Promise<void>;
};

/**
 * Sends again what a request chooses, or counts it, in chunks, so that the object goes on answering.
 * @returns how many deliveries
 */
export async function replay(store: Store, request: ReplayRequest, host: ReplayHost): Promise<number> {
  let replayed = 0;
  // The open ones first: what leaves the log must not be met again among them.
  for (const table of ["open_parcels", "log"] as const) {
    let below = store.lastSeq(table) + 1;
    for (;;) {
      const rows = store.before(table, below, ROWS_AT_ONCE);
      host.transaction(() => {
        for (const parcel of rows) {
          const positions = chosen(parcel, request);
          replayed += positions.length;
          if (positions.length > 0 && !request.dryRun) host.sendAgain(parcel, positions);
        }
      });
      const last = rows.at(-1);
      const tooOld = last && (unpack(last).at(-1)?.event.at ?? 0) < request.since - store.disorderMs;
      if (!last || tooOld) break;
      below = last.seq;
      await host.pause();
    }
  }
  return replayed;
}
