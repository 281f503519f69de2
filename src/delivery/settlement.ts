import type { Backlog, Head } from "./backlog.ts";
import type { Trigger } from "./contract.ts";
import { type AttemptHistory, familyOf, fitting, pick, type Settlement, select } from "./parcel.ts";
import type { Store } from "./store.ts";

/** Deliveries that stay open together after a settlement. */
type Group = Pick<Head, "attempt" | "dueAt" | "lost"> & { positions: number[]; trigger?: Trigger | undefined };

/**
 * Applies a settlement to a parcel: the deliveries that are done go to the log, the others in parcels that are homogeneous again.
 * @param trigger what was to make the attempt of those happen that were not attempted
 * @param history with the attempts recorded
 * @param atWork whether those that were not attempted are at work still: then they are what stays in the row
 */
export function applySettlement(
  store: Store,
  backlog: Backlog,
  head: Head,
  trigger: Trigger | undefined,
  history: AttemptHistory,
  settlement: Settlement,
  now: number,
  atWork = false,
): void {
  const parts = (positions: readonly number[]) => fitting(history, positions);
  const open = [
    ...parts(settlement.untouched).map((positions): Group => {
      // They still wait for what was to make their attempt happen.
      return { positions, attempt: head.attempt, dueAt: head.dueAt, lost: head.lost, trigger };
    }),
    ...settlement.retries.flatMap(({ dueAt, positions }) =>
      parts(positions).map((part): Group => ({ positions: part, attempt: head.attempt + 1, dueAt, lost: 0 })),
    ),
  ];
  if (!atWork) open.sort((a, b) => (a.positions[0] ?? 0) - (b.positions[0] ?? 0));
  const done = [
    ...parts(settlement.delivered).map((positions) => ({ state: "delivered" as const, positions })),
    ...parts(settlement.exhausted).map((positions) => ({ state: "failed" as const, positions })),
  ];
  backlog.remove(head);
  const [closing] = done;
  if (open.length === 0 && done.length === 1 && closing) {
    if (!store.close(head.seq, head.seq, now, closing.state, history)) {
      store.close(head.seq, logSeq(store, head.seq), now, closing.state, history);
    }
    return;
  }
  const whole = done.length === 0 && open.length === 1;
  const parcel = whole ? undefined : store.open(head.seq);
  const events = parcel ? (JSON.parse(parcel.events) as unknown[]) : [];
  const eventsOf = (positions: readonly number[]) => JSON.stringify(pick(events, positions));
  const place = parcel?.place ?? 0;
  for (const { state, positions } of done) {
    store.insertLog(logSeq(store, head.seq), now, state, place, select(history, positions), eventsOf(positions));
  }
  // The oldest stay in the row, the others get rows of their own.
  for (const [number, group] of open.entries()) {
    const index = history.entries[group.positions[0] ?? 0]?.index ?? 0;
    const seq = number === 0 ? head.seq : store.openSeq(familyOf(head.seq), index);
    const { attempt, dueAt, lost } = group;
    const waits: Head = { seq, count: group.positions.length, attempt, dueAt, lost };
    const left: AttemptHistory = { ...select(history, group.positions), trigger: group.trigger };
    if (number === 0) store.updateOpen(waits, left, whole ? undefined : eventsOf(group.positions));
    else store.insertOpen(waits, place, left, eventsOf(group.positions));
    backlog.add(waits, now);
  }
  if (open.length === 0) store.deleteOpen(head.seq);
}

/** Gives each of a waiting parcel's deliveries a row of its own. */
export function scatter(store: Store, backlog: Backlog, head: Head, now: number): void {
  const parcel = store.open(head.seq);
  backlog.remove(head);
  if (!parcel) return;
  const events = JSON.parse(parcel.events) as unknown[];
  for (const [position, { index }] of parcel.history.entries.entries()) {
    const seq = position === 0 ? head.seq : store.openSeq(familyOf(head.seq), index);
    const alone: Head = { ...head, seq, count: 1, lost: 0 };
    const history = select(parcel.history, [position]);
    const event = JSON.stringify(pick(events, [position]));
    if (position === 0) store.updateOpen(alone, history, event);
    else store.insertOpen(alone, parcel.place, history, event);
    backlog.add(alone, now);
  }
}

/** The log's row number for what leaves this parcel: the parcel's own, unless something of it has gone there before. */
function logSeq(store: Store, seq: number): number {
  return store.hasLog(seq) ? store.freeSeq(familyOf(seq), seq) : seq;
}
