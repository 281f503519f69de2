import type { Delivery } from "../support/workspace.ts";
import { type Story, saidYes, type Verdict } from "./check.ts";
import type { Arrived, Ledger } from "./ledger.ts";
import { type Hook, streamNames } from "./tenants.ts";

/**
 * The log tells of the attempts that were made, and none is made after a success: but for what was cut off. Each difference
 * has to have its cause.
 */

/**
 * What was answered is stored within two seconds by the service's own timers; on a machine that is busy with other things it may
 * take so long, in milliseconds. Whatever is cut before comes again. (The report says how much of it was made use of.)
 */
const UNTOLD_MS = 10_000;
/** Errors of attempts that may not have come as far as the receiver. */
const NOT_REACHED = new Set(["timeout", "connection_reset", "connection_refused", "unknown"]);

/** Whether the log has an attempt that may not have come as far as the receiver. */
export const wasUnreached = ({ attempts }: Pick<Delivery, "attempts">): boolean =>
  attempts.some(({ error }) => error !== null && NOT_REACHED.has(error));

/** A request that has left an object arrives so much after that was reset at most, in milliseconds. */
const ARRIVES_MS = 1000;

/**
 * How long after a request of the webhook the runtime was cut off, or one of those who had to do with it: its object, or a
 * courier of it. In milliseconds; undefined if none was in time to explain anything.
 * @param before when something came of it: the cut has to have been before
 */
function cutAfter(
  { cuts, cutsOf }: Ledger,
  { id }: Hook,
  at: number,
  before = Number.POSITIVE_INFINITY,
): number | undefined {
  const until = Math.min(at + UNTOLD_MS, before);
  const whole = cuts.filter(({ from, to }) => from <= until && to >= at).map(({ from }) => from);
  const own = [...(cutsOf.get(`Endpoint ${id}`) ?? []), ...(cutsOf.get(`Courier ${id}`) ?? [])];
  const first = Math.min(...whole, ...own.filter((cutAt) => cutAt >= at - ARRIVES_MS && cutAt <= until));
  return Number.isFinite(first) ? Math.max(0, first - at) : undefined;
}

/** The least of them that there are. */
function firstOf(all: readonly (number | undefined)[]): number | undefined {
  const there = all.filter((each) => each !== undefined);
  return there.length === 0 ? undefined : Math.min(...there);
}

/** @param next the request that came after the success all the same */
function causeOfRepetition(
  hook: Hook,
  success: Arrived,
  next: Arrived,
  ledger: Ledger,
  cutsAfter: number[],
): string | undefined {
  const asked = ledger.sentAgain.some(({ delivery, from, to }) => {
    return delivery === next.delivery && from <= next.at && to >= success.at;
  });
  if (asked) return "sent again, as somebody asked for";
  const after = cutAfter(ledger, hook, success.at, next.at);
  if (after === undefined) return undefined;
  cutsAfter.push(after);
  return "cut off before it was stored";
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
    await checkRepetitions(verdict, hook, made, ledger, () => read(id));
    if (made.length > attempts) {
      verdict.unlogged += made.length - attempts;
      const after = firstOf(made.map(({ at }) => cutAfter(ledger, hook, at)));
      if (after !== undefined) verdict.cutAfter.push(after);
      else {
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

async function checkRepetitions(
  verdict: Verdict,
  hook: Hook,
  made: readonly Arrived[],
  ledger: Ledger,
  read: () => Promise<Delivery>,
): Promise<void> {
  const unexplained: Arrived[] = [];
  for (const [number, success] of made.entries()) {
    const next = made[number + 1];
    // What follows is tried until the next success: it has the same cause.
    if (!saidYes(success) || !next) continue;
    const cause = causeOfRepetition(hook, success, next, ledger, verdict.cutAfter);
    if (cause) note(verdict, cause);
    else unexplained.push(success);
  }
  if (unexplained.length === 0) return;
  // The service may not have had the answer to its end. Then its log says so, once for each.
  const log = (await read()).attempts;
  const late = log.filter(({ error }) => error !== null && NOT_REACHED.has(error)).length;
  for (const { delivery } of unexplained.slice(late)) {
    const what = told(hook, made, ledger);
    verdict.wrong.push(`${hook.path}: ${delivery} came again after a success, for no cause: ${what}`);
  }
  for (const _ of unexplained.slice(0, late)) note(verdict, "not answered to the end, or late");
}

const note = ({ duplicates }: Verdict, cause: string): unknown =>
  duplicates.set(cause, (duplicates.get(cause) ?? 0) + 1);

/** All requests of a delivery, and what was cut off meanwhile, in milliseconds from the first one on. */
function told({ id, tenant }: Hook, made: readonly Arrived[], { cuts, cutsOf }: Ledger): string {
  const [first, last] = [made[0]?.at ?? 0, made.at(-1)?.at ?? 0];
  const named = [`Endpoint ${id}`, `Courier ${id}`, ...streamNames(tenant.id).map((name) => `EventStream ${name}`)];
  const all = [
    ...made.map(({ at, status, whole }) => ({ at, what: `${status}${whole ? "" : " not whole"}` })),
    ...cuts.map(({ from }) => ({ at: from, what: "the runtime ends" })),
    ...named.flatMap((name) =>
      (cutsOf.get(name) ?? []).map((at) => ({ at, what: `${name.split(" ")[0]} is cut off` })),
    ),
  ];
  const within = all.filter(({ at }) => at >= first - UNTOLD_MS && at <= last + ARRIVES_MS).sort((a, b) => a.at - b.at);
  return within.map(({ at, what }) => `${at - first}: ${what}`).join(", ");
}
