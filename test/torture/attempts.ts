import type { Delivery } from "../support/workspace.ts";
import { type Story, saidYes, type Verdict } from "./check.ts";
import type { Arrived, Ledger } from "./ledger.ts";

/**
 * The log tells of the attempts that were made, and none is made after a success: but for what was cut off. Each difference
 * has to have its cause.
 */

/** What was answered may be in memory alone for that long, in milliseconds, and whatever is cut then comes again. */
const UNTOLD_MS = 5000;
/** Errors of attempts that may not have come as far as the receiver. */
const NOT_REACHED = new Set(["timeout", "connection_reset", "connection_refused", "unknown"]);

/** Whether the log has an attempt that may not have come as far as the receiver. */
export const wasUnreached = ({ attempts }: Pick<Delivery, "attempts">): boolean =>
  attempts.some(({ error }) => error !== null && NOT_REACHED.has(error));

const cutAfter = ({ cuts }: Ledger, at: number): boolean =>
  cuts.some(({ from, to }) => from <= at + UNTOLD_MS && to >= at);

function causeOfRepetition(before: readonly Arrived[], ledger: Ledger): string | undefined {
  if (before.some(({ whole }) => !whole)) return "not answered to the end, or late";
  return before.some(({ at }) => cutAfter(ledger, at)) ? "cut off before it was stored" : undefined;
}

export async function checkAttempts(
  verdict: Verdict,
  { hook, requests, rows }: Story,
  ledger: Ledger,
  read: (delivery: string) => Promise<Delivery>,
): Promise<void> {
  const seen = Map.groupBy([...requests.values()].flat(), ({ delivery }) => delivery);
  for (const [id, { attempts }] of rows) {
    const made = seen.get(id) ?? [];
    checkRepetitions(verdict, hook.path, id, made, ledger);
    if (made.length > attempts) {
      verdict.unlogged += made.length - attempts;
      if (!made.some(({ at }) => cutAfter(ledger, at))) {
        verdict.wrong.push(`${hook.path}: ${id} was requested ${made.length} times, the log has ${attempts} attempts`);
      }
    } else if (made.length < attempts) {
      verdict.unseen += attempts - made.length;
      const log = (await read(id)).attempts;
      const unreached = log.filter(({ error }) => error !== null && NOT_REACHED.has(error)).length;
      if (unreached < attempts - made.length) {
        verdict.wrong.push(`${hook.path}: ${id} was requested ${made.length} times, the log has ${attempts} attempts`);
      }
    }
  }
}

function checkRepetitions(verdict: Verdict, path: string, id: string, made: readonly Arrived[], ledger: Ledger): void {
  const first = made.findIndex(saidYes);
  if (first < 0) return;
  for (let repetition = first + 1; repetition < made.length; repetition++) {
    const before = made.slice(first, repetition).filter(saidYes);
    const cause = causeOfRepetition(before, ledger);
    if (cause) verdict.duplicates.set(cause, (verdict.duplicates.get(cause) ?? 0) + 1);
    else verdict.wrong.push(`${path}: ${id} came again ${made.length - first - 1} times after a success, for no cause`);
  }
}
