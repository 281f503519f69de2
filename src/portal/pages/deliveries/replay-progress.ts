import { covers } from "../../../lib/pattern.ts";

/** Which deliveries a replay is about, as the API takes it. */
export type Replay = { since: string; until: string; status: "failed" | "all"; events?: string[] };

type Row = { event: string; attempts: number; next_attempt_at: string | null; waiting_for_endpoint: boolean };

/** How far a replay is. Of what is neither, `delivered` is the rest. */
export type Progress = {
  total: number;
  /** Due or on its way: its attempt has not been made. */
  waiting: number;
  /** Failed, and tried again by itself later. */
  retrying: number;
  /** Failed, and not tried again. */
  failed: number;
  delivered: number;
};

/**
 * How far a replay is, going by what is pending and what failed in its stretch of time: it made everything due at once, so
 * what waits for a later moment was tried already, unless it waits for a failing endpoint.
 */
export function progressOf(
  { total, events, status }: { total: number; events?: readonly string[] | undefined; status: "failed" | "all" },
  { pending, failed }: { pending: readonly Row[]; failed: readonly Row[] },
  now: number,
): Progress {
  const concerned = ({ event, attempts }: Row): boolean =>
    (events === undefined || events.some((pattern) => covers(pattern, event))) && (status === "all" || attempts > 0);
  const open = pending.filter(concerned);
  const retrying = open.filter(({ next_attempt_at: at, waiting_for_endpoint }) => {
    return !waiting_for_endpoint && at !== null && Date.parse(at) > now;
  }).length;
  const counted = { waiting: open.length - retrying, retrying, failed: failed.filter(concerned).length };
  // Another replay, or events of the same moment, may have added to what is counted here.
  const waiting = Math.min(total, counted.waiting);
  const again = Math.min(total - waiting, counted.retrying);
  const lost = Math.min(total - waiting - again, counted.failed);
  return { total, waiting, retrying: again, failed: lost, delivered: total - waiting - again - lost };
}
