import type { Delivery } from "../support/workspace.ts";
import type { Arrived, Journal } from "./journal.ts";
import { type Hook, streamNames } from "./tenant.ts";
import { type Story, saidYes, type Verdict } from "./verdict.ts";

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

/**
 * How many attempts of the log may not have come as far as the receiver, or had an answer that came late: those that say so, but
 * for those of which the receiver has seen the request, and knows why.
 */
export function unreached(
  { attempts }: Pick<Delivery, "attempts">,
  hook: Hook,
  made: readonly Arrived[],
  journal: Journal,
): number {
  const told = attempts.filter(({ error }) => error !== null && NOT_REACHED.has(error)).length;
  const partly = made.filter((each) => !each.whole && cutAfter(journal, hook, each.at) === undefined).length;
  // Of an answer at length the sender reads the beginning: that is a success in the log, and not whole for the receiver.
  const heard = Math.max(0, attempts.length - told - made.filter(({ whole }) => whole).length);
  return Math.max(0, told - Math.max(0, partly - heard));
}

/** A request that has left an object arrives so much after that was reset at most, in milliseconds. */
const ARRIVES_MS = 1000;

/**
 * How long after a request of the webhook the runtime was cut off, or one of those who had to do with it: its object, or a
 * courier of it. In milliseconds; undefined if none was in time to explain anything.
 * @param before when something came of it: the cut has to have been before
 */
function cutAfter(
  { cuts, cutsOf }: Journal,
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

/** One cut takes with it what a delivery has under way, and what it had before that and is not stored. */
const OF_ONE_CUT = 2;

/**
 * How long after each request the cut came that took it along, in milliseconds; one for each that has one to itself.
 * @param made requests of one delivery, the oldest first
 */
function cutsAfter({ cuts, cutsOf }: Journal, { id }: Hook, made: readonly Arrived[]): number[] {
  const own = [...(cutsOf.get(`Endpoint ${id}`) ?? []), ...(cutsOf.get(`Courier ${id}`) ?? [])];
  const all = [
    ...cuts.map(({ from, to }) => ({ from, to, left: OF_ONE_CUT })),
    ...own.map((at) => ({ from: at, to: at + ARRIVES_MS, left: OF_ONE_CUT })),
  ].sort((a, b) => a.from - b.from);
  return made.flatMap(({ at }) => {
    const cut = all.find(({ from, to, left }) => left > 0 && from <= at + UNTOLD_MS && to >= at);
    if (!cut) return [];
    cut.left--;
    return Math.max(0, cut.from - at);
  });
}

/** @param next the request that came after the success all the same */
function causeOfRepetition(
  hook: Hook,
  success: Arrived,
  next: Arrived,
  journal: Journal,
  cutsAfter: number[],
): string | undefined {
  const asked = journal.sentAgain.some(({ delivery, from, to }) => {
    return delivery === next.delivery && from <= next.at && to >= success.at;
  });
  if (asked) return "sent again, as somebody asked for";
  const after = cutAfter(journal, hook, success.at, next.at);
  if (after === undefined) return undefined;
  cutsAfter.push(after);
  return "cut off before it was stored";
}

export async function checkAttempts(
  verdict: Verdict,
  { hook, requests, rows }: Story,
  journal: Journal,
  read: (delivery: string) => Promise<Delivery>,
): Promise<void> {
  const seen = Map.groupBy([...requests.values()].flat(), ({ delivery }) => delivery);
  for (const [id, { attempts, status }] of rows) {
    const made = seen.get(id) ?? [];
    const differs = `${hook.path}: ${id} was requested ${made.length} times, the log has ${attempts} attempts`;
    if (status === "failed") await checkFailure(verdict, hook, made, journal, () => read(id));
    await checkRepetitions(verdict, hook, made, journal, () => read(id));
    if (made.length > attempts) {
      verdict.unlogged += made.length - attempts;
      const after = cutsAfter(journal, hook, made);
      verdict.cutAfter.push(...after.slice(0, made.length - attempts));
      if (after.length < made.length - attempts) {
        verdict.wrong.push(differs);
      }
    } else if (made.length < attempts) {
      verdict.unseen += attempts - made.length;
      if (unreached(await read(id), hook, made, journal) < attempts - made.length) {
        verdict.wrong.push(differs);
      }
    }
  }
}

/** What has failed for good was not answered well at last, unless nobody heard of it. */
async function checkFailure(
  verdict: Verdict,
  hook: Hook,
  made: readonly Arrived[],
  journal: Journal,
  read: () => Promise<Delivery>,
): Promise<void> {
  const last = made.at(-1);
  if (!last || !saidYes(last) || !last.whole || cutAfter(journal, hook, last.at) !== undefined) return;
  const { id, attempts } = await read();
  const error = attempts.at(-1)?.error ?? null;
  if (error !== null && NOT_REACHED.has(error)) return;
  verdict.wrong.push(`${hook.path}: ${id} failed, and was answered ${last.status} at last`);
}

async function checkRepetitions(
  verdict: Verdict,
  hook: Hook,
  made: readonly Arrived[],
  journal: Journal,
  read: () => Promise<Delivery>,
): Promise<void> {
  const unexplained: Arrived[] = [];
  for (const [number, success] of made.entries()) {
    const next = made[number + 1];
    // What follows is tried until the next success: it has the same cause.
    if (!saidYes(success) || !next) continue;
    const cause = causeOfRepetition(hook, success, next, journal, verdict.cutAfter);
    if (cause) note(verdict, cause);
    // The receiver itself knows that this was no success to the end.
    else if (!success.whole) note(verdict, "not answered to the end, or late");
    else unexplained.push(success);
  }
  if (unexplained.length === 0) return;
  // The service may not have had the answer to its end. Then its log says so, once for each.
  const late = unreached(await read(), hook, made, journal);
  for (const { delivery } of unexplained.slice(late)) {
    const what = told(hook, made, journal);
    verdict.wrong.push(`${hook.path}: ${delivery} came again after a success, for no cause: ${what}`);
  }
  for (const _ of unexplained.slice(0, late)) note(verdict, "not answered to the end, or late");
}

const note = ({ duplicates }: Verdict, cause: string): unknown =>
  duplicates.set(cause, (duplicates.get(cause) ?? 0) + 1);

/** All requests of a delivery, and what was cut off meanwhile, in milliseconds from the first one on. */
function told({ id, tenant }: Hook, made: readonly Arrived[], { cuts, cutsOf }: Journal): string {
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
