import { workspacesFailures } from "../verdict.ts";
import type { Many } from "./many.ts";
import { IN_ORDER, type Outage } from "./outage.ts";
import type { Overload } from "./overload.ts";

/** What extremes are held to, and what is wrong with one, in sentences. */

/** No publish waits longer for its answer, in milliseconds. */
const MAX_ANSWER_MS = 30_000;
/** What was accepted has arrived this long after the load's end, in milliseconds. */
const MAX_DRAIN_MS = 120_000;
/** From the middle of the load to its end memory grows by no more than this, in megabytes. */
const MAX_GROWTH_MB = 100;

export function overloadFailures(all: readonly Overload[]): string[] {
  return all.flatMap(({ name, due, offered, faults, answer, lost, drainMs, megabytes }) => {
    const found: string[] = [];
    // Half of what was due is the most that was ever delivered.
    if (!(offered > due / 2)) found.push(`${offered.toFixed(0)} a second were offered, which is no overload`);
    if (faults > 0) found.push(`${faults} were answered neither 202 nor 429 or 503 with Retry-After`);
    if (!(answer.longest <= MAX_ANSWER_MS)) found.push(`an answer took ${answer.longest.toFixed(0)} ms`);
    if (lost > 0) found.push(`${lost} were accepted and never arrived`);
    if (!(drainMs <= MAX_DRAIN_MS)) found.push(`the last one arrived ${drainMs.toFixed(0)} ms after the load's end`);
    const growth = megabytes.end - megabytes.half;
    if (growth > MAX_GROWTH_MB) found.push(`memory grew by ${growth} MB in the second half of the load`);
    return found.map((each) => `overload, ${name}: ${each}`);
  });
}

/** MAX_CONCURRENCY of wrangler.toml, and the quarter that may be on its way to couriers and back. */
const MAX_OPEN = 125;
/**
 * What a healthy endpoint's p95 may be, as a multiple of what it is beside the same endpoint before its outage, when that gets
 * as many events: the local runtime has all objects on one thread, where whoever has much to do is noticed. What it may be
 * more than that, in milliseconds: one collection of garbage.
 */
const MAX_BESIDE = 2;
const COLLECTING_MS = 10;
/**
 * What the waiting may take beyond what the same events take that do not wait, in megabytes: an object has so much. And while
 * all go out, with the garbage that the runtime has not collected yet.
 */
const MAX_MORE_MB = { waiting: 128, started: 128, returning: 256 };

export function outageFailures(outage: Outage): string[] {
  const { waiting, missing, repeated, mostOpen, mostOpenAtFirst, inOrder, healthy, megabytes } = outage;
  const found: string[] = [];
  if (missing > 0) found.push(`${missing} of ${waiting} never arrived`);
  if (repeated > 0) found.push(`${repeated} arrived more than once`);
  if (mostOpen > MAX_OPEN) found.push(`${mostOpen} requests were open at once`);
  if (mostOpenAtFirst > 1) found.push(`${mostOpenAtFirst} were open at once of those that go out one after another`);
  if (inOrder < Math.min(IN_ORDER, waiting - 1)) found.push(`${inOrder} of the first ${IN_ORDER} came in their order`);
  if (healthy.missing > 0) found.push(`${healthy.missing} never arrived at the healthy endpoint`);
  for (const when of ["waiting", "returning"] as const) {
    const than = when === "waiting" ? "before" : "busy";
    if (healthy[when].p95 <= MAX_BESIDE * healthy[than].p95 + COLLECTING_MS) continue;
    const [now, before] = [healthy[when].p95, healthy[than].p95];
    found.push(`the healthy endpoint's p95 is ${now.toFixed(1)} ms (${when}), ${before.toFixed(1)} ${than}`);
  }
  for (const when of ["waiting", "started", "returning"] as const) {
    const more = megabytes[when] - megabytes.busy;
    if (more > MAX_MORE_MB[when]) found.push(`${more} MB more than when nothing waited (${when})`);
  }
  return found.map((each) => `outage: ${each}`);
}

/**
 * What a service with very much may take, as a multiple of what one with little takes; in time, and in memory. What looks back
 * over the log up to a bound is compared with a log that is as long as that.
 */
const MAX_RATIO = 1.5;

export function manyFailures({ questions, starts, megabytes, busy }: Many): string[] {
  const slower = (kind: string) =>
    [...(kind === "start" ? starts : questions)]
      .filter(({ few, many }) => !(many <= MAX_RATIO * few))
      .map(({ name, few, many }) => `${kind}, ${name}: ${many.toFixed(1)} ms, ${few.toFixed(1)} of little`);
  const found = [...slower("question"), ...slower("start")];
  if (!(megabytes.many <= MAX_RATIO * megabytes.few)) {
    found.push(`${megabytes.many} MB after a start, ${megabytes.few} where there is little`);
  }
  return [...found.map((each) => `many: ${each}`), ...(busy ? workspacesFailures(busy) : [])];
}
