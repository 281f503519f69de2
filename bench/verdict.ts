import type { Callbacks } from "./callbacks.ts";
import type { Ceilings } from "./ceiling.ts";
import type { FanOut } from "./fan-out.ts";
import type { FanOutSize } from "./fan-out-sizes.ts";
import type { Growth } from "./growth.ts";
import type { Isolation } from "./isolation.ts";
import type { Measurement } from "./measure.ts";
import type { Memory } from "./memory.ts";
import type { Receivers } from "./receivers.ts";
import type { Scenario } from "./scenarios.ts";
import type { SlowObject } from "./slow-object.ts";
import type { Start } from "./start.ts";
import { median } from "./stats.ts";
import type { Streams } from "./streams.ts";
import type { Workspaces } from "./workspaces.ts";

/** A scenario's runs, by rounds: the floor's, the service's, and those of other senders by their names. */
export interface Result {
  scenario: Scenario;
  rounds: { floor: Measurement; service: Measurement; peers: Readonly<Record<string, Measurement>> }[];
}

/** Up to this rate, in single events a second, the service must keep up. */
const MUST_KEEP_UP = 1000;
/** So much of the load, in seconds, may be outstanding when the last event of an open loop is published. */
const MAX_LAG_SECONDS = 1;
/** "In real time": half of the events of an open loop arrive sooner than this, in milliseconds. */
const MAX_ARRIVAL_MS = 1000;
/** What a single event may take, half of all and 99 in 100, at this rate; and half of all at a trickle. In milliseconds. */
const USUAL_RATE = 300;
const MAX_USUAL_MS = 5;
const MAX_P99_OVER_FLOOR_MS = 30;
const TRICKLE_RATE = 20;
const MAX_TRICKLE_OVER_FLOOR_MS = 4;
/** What an endpoint that hangs may add to a healthy one's median: this share of it, or so many milliseconds. */
const MAX_SLOWER = 1.3;
const MAX_SLOWER_MS = 5;
/** What no neighbour of an endpoint that begins to hang may wait, in milliseconds. */
const MAX_NEIGHBOUR_MS = 5000;
/** Of what the floor delivers from batches. */
const MIN_RATIO = 0.4;

/** The service's deliveries a second as a share of the floor's, the median over the rounds. */
export function ratio({ rounds }: Result): number {
  return median(rounds.map(({ floor, service }) => service.rate / floor.rate));
}

/** What is wrong with a result, in sentences; empty if nothing is. */
export function failures(result: Result): string[] {
  const { scenario, rounds } = result;
  const found: string[] = [];
  for (const { floor, service } of rounds) {
    for (const [name, run] of Object.entries({ floor, service })) {
      if (run.missing > 0) found.push(`${name}: ${run.missing} of ${run.events} events never arrived`);
      if (run.refused > 0) found.push(`${name}: ${run.refused} publishes were not answered 202`);
    }
  }
  if (scenario.kind === "open" && scenario.rate <= MUST_KEEP_UP) {
    const behind = median(rounds.map(({ service }) => service.outstanding));
    const seconds = behind / scenario.rate;
    if (seconds > MAX_LAG_SECONDS) {
      found.push(`the service does not keep up: ${behind} events (${seconds.toFixed(1)} s) behind at the end`);
    }
    const arrival = median(rounds.map(({ service }) => service.arrival.p50));
    if (!(arrival <= MAX_ARRIVAL_MS)) found.push(`half of the events take longer than ${MAX_ARRIVAL_MS} ms to arrive`);
  }
  if (scenario.kind === "open") found.push(...tooLate(scenario.rate, rounds));
  if (scenario.kind === "closed" && scenario.batch > 1 && !(ratio(result) >= MIN_RATIO)) {
    found.push(`the service delivers ${ratio(result).toFixed(2)} of what the floor does, less than ${MIN_RATIO}`);
  }
  return found.map((each) => `${scenario.name}: ${each}`);
}

/** What is wrong with when single events arrive, in sentences. */
function tooLate(rate: number, rounds: Result["rounds"]): string[] {
  const found: string[] = [];
  const usual = median(rounds.map(({ service }) => service.arrival.p50));
  if (rate === USUAL_RATE && usual > MAX_USUAL_MS) found.push(`half of the events take ${usual.toFixed(1)} ms or more`);
  const overFloor = (of: "p50" | "p99") =>
    median(rounds.map(({ floor, service }) => service.arrival[of] - floor.arrival[of]));
  if (rate === USUAL_RATE && overFloor("p99") > MAX_P99_OVER_FLOOR_MS) {
    found.push(`the p99 is ${overFloor("p99").toFixed(1)} ms more than the floor's`);
  }
  if (rate === TRICKLE_RATE && overFloor("p50") > MAX_TRICKLE_OVER_FLOOR_MS) {
    found.push(`the median is ${overFloor("p50").toFixed(1)} ms more than the floor's`);
  }
  return found;
}

/** Requests a second, the most that anybody was given in requests of so many events; -Infinity where nobody was given any. */
export function given(results: readonly Result[], batch: number): number {
  const all = results
    .filter(({ scenario }) => (scenario.kind === "closed" ? scenario.batch : 1) === batch)
    .flatMap(({ rounds }) => rounds.flatMap(({ floor, service, peers }) => [floor, service, ...Object.values(peers)]));
  return Math.max(...all.map((run) => run.given));
}

/** Who is given as much as the load generator manages is not measured by it. */
export function ceilingFailures(ceilings: Ceilings, results: readonly Result[]): string[] {
  return ceilings
    .map(({ batch, rates }) => ({ batch, manages: median(rates), most: given(results, batch) }))
    .filter(({ manages, most }) => manages <= most)
    .map(
      ({ batch, manages, most }) =>
        `the load generator manages ${manages.toFixed(0)} requests of ${batch} a second, and ${most.toFixed(0)} were given`,
    );
}

/** What is wrong with how endpoints wait for one another, in sentences. */
export function isolationFailures({ pairs, neighbours }: Isolation): string[] {
  const found = pairs
    .filter(({ before, beside }) => beside.p50 > Math.max(before.p50 * MAX_SLOWER, before.p50 + MAX_SLOWER_MS))
    .map(({ before, beside }) => {
      return `a healthy endpoint's median is ${beside.p50.toFixed(1)} ms ${beside.who}, ${before.p50.toFixed(1)} before`;
    });
  for (const { who, longest } of neighbours) {
    if (longest > MAX_NEIGHBOUR_MS) found.push(`${who} waited ${longest.toFixed(0)} ms`);
  }
  return found.map((each) => `isolation: ${each}`);
}

/** What 95 of 100 events may wait for a receiver, as a multiple of its own time; where calls take no time of their own. */
const MAX_WAIT = 3;
/** The median of the last quarter may be so many times that of the second: more is a backlog that grows. */
const MAX_GROWTH = 1.25;
/** Within this, in milliseconds, 400 events at once must have reached a receiver that takes 4 s. */
const MAX_BURST_MS = 40_000;
/** Of what a healthy receiver gets, one that fails a third must get. */
const MIN_THIRD = 0.6;

/** What a receiver that is away for 8 s, with one event a second, may be asked with. */
const MAX_OUTAGE_REQUESTS = 12;

/** What is wrong with how receivers fare, in sentences. @param local whether calls take no time of their own */
export function receiversFailures({ steady, burst, third, outage }: Receivers, local: boolean): string[] {
  const found: string[] = [];
  for (const { name, receiverMs, missing, p95, early, late } of steady) {
    if (missing > 0) found.push(`${name}: ${missing} never arrived`);
    if (local && p95 > MAX_WAIT * receiverMs) found.push(`${name}: p95 ${p95.toFixed(0)} ms`);
    if (late > Math.max(early * MAX_GROWTH, early + 100)) {
      found.push(`${name}: the backlog grows, from ${early.toFixed(0)} to ${late.toFixed(0)} ms`);
    }
  }
  if (burst.lastMs > MAX_BURST_MS) found.push(`${burst.name}: ${burst.lastMs.toFixed(0)} ms`);
  const share = third.failing / third.healthy;
  if (local && share < MIN_THIRD)
    found.push(`a third fails: ${share.toFixed(2)} of a healthy one, less than ${MIN_THIRD}`);
  if (outage.requests > MAX_OUTAGE_REQUESTS) found.push(`away for 8 s: ${outage.requests} requests meanwhile`);
  if (outage.missing > 0 || !outage.inOrder || outage.status !== "active" || outage.failing) {
    found.push(`away for 8 s: ${JSON.stringify(outage)}`);
  }
  return found;
}

/** What an endpoint whose object takes long may make of another one's p95. */
const MAX_BESIDE_SLOW = 1.2;

/** What is wrong with what an endpoint notices of a slow one, in sentences. */
export function slowObjectFailures(all: readonly SlowObject[]): string[] {
  const found: string[] = [];
  for (const { rate, alone, slow, missing, streams } of all) {
    if (!(slow <= alone * MAX_BESIDE_SLOW)) {
      found.push(`${rate}/s: p95 ${slow.toFixed(0)} ms beside a slow one, ${alone.toFixed(0)} without`);
    }
    if (missing > 0) found.push(`${rate}/s: ${missing} never arrived`);
    if (streams > 1) found.push(`${rate}/s: the stream ended ${streams - 1} times`);
  }
  return found.map((each) => `slow object: ${each}`);
}

/** One event to 2 000 endpoints that are new, and the second time; in milliseconds. */
const MAX_FIRST_MS = 30_000;
const MAX_SECOND_MS = 6000;
const MAX_ANSWER_MS = 1000;
/**
 * What another type's median and p95 may be, as a multiple of before; and what the p95 may be more than that, in
 * milliseconds: the local runtime has all objects on one thread, which stands still for so long, about once a second, while
 * it collects their garbage.
 */
const MAX_BESIDE = 2;
const COLLECTING_MS = 50;

/** What is wrong with how one event reaches many, in sentences. */
export function fanOutFailures({ endpoints, rounds, beside }: FanOut): string[] {
  const found: string[] = [];
  for (const [index, { name, answerMs, allMs, reached, repeated }] of rounds.entries()) {
    if (reached < endpoints) found.push(`${name}: ${endpoints - reached} were not reached`);
    if (repeated > 0) found.push(`${name}: ${repeated} got it more than once`);
    if (answerMs > MAX_ANSWER_MS) found.push(`${name}: the 202 took ${answerMs.toFixed(0)} ms`);
    if (allMs > (index === 0 ? MAX_FIRST_MS : MAX_SECOND_MS)) found.push(`${name}: ${allMs.toFixed(0)} ms`);
  }
  const { before, during, missing } = beside;
  if (missing > 0) found.push(`another type: ${missing} never arrived`);
  if (!(during.p50 <= MAX_BESIDE * before.p50)) {
    found.push(`another type's median is ${during.p50.toFixed(1)} ms beside ${before.p50.toFixed(1)} before`);
  }
  if (!(during.p95 <= MAX_BESIDE * before.p95 + COLLECTING_MS)) {
    found.push(`another type's p95 is ${during.p95.toFixed(1)} ms beside ${before.p95.toFixed(1)} before`);
  }
  return found.map((each) => `fan-out: ${each}`);
}

/** What one event may take to its last endpoint, in milliseconds: so much, and so much more for each of them. */
const MAX_ONE_MS = 50;
const MAX_EACH_MS = MAX_SECOND_MS / 2000;

/** What is wrong with how one event reaches few and many, in sentences. */
export function fanOutSizesFailures(all: readonly FanOutSize[]): string[] {
  return all.flatMap(({ endpoints, all, missing, repeated }) => {
    const found: string[] = [];
    if (missing > 0) found.push(`${missing} never arrived`);
    if (repeated > 0) found.push(`${repeated} came more than once`);
    if (!(all.median <= MAX_ONE_MS + MAX_EACH_MS * endpoints)) found.push(`${all.median.toFixed(0)} ms`);
    return found.map((each) => `fan-out to ${endpoints}: ${each}`);
  });
}

/**
 * One event of each of 2 000 workspaces, in milliseconds, the second time, too: the local runtime has their 4 000 objects on
 * one thread, and forgets them after ten seconds.
 */
const MAX_AT_ONCE_MS = 30_000;

/** What is wrong with how the events of many workspaces arrive, in sentences. */
export function workspacesFailures({ workspaces, bursts }: Workspaces): string[] {
  const found: string[] = [];
  for (const { name, allMs, reached, repeated } of bursts) {
    if (reached < workspaces) found.push(`${name}: ${workspaces - reached} were not reached`);
    if (repeated > 0) found.push(`${name}: ${repeated} got it more than once`);
    if (allMs > MAX_AT_ONCE_MS) found.push(`${name}: ${allMs.toFixed(0)} ms`);
  }
  return found.map((each) => `workspaces: ${each}`);
}

/** What is wrong with how callbacks are taken, in sentences. */
export function callbacksFailures(all: readonly Callbacks[]): string[] {
  return all.flatMap(({ provider, refused, missing }) => [
    ...(refused > 0 ? [`callbacks: ${refused} of ${provider} were refused`] : []),
    ...(missing > 0 ? [`callbacks: ${missing} of ${provider} never arrived`] : []),
  ]);
}

/** What four streams carry, as a multiple of what one does. */
const MIN_OF_FOUR = 3;

export function streamsFailures(all: readonly Streams[]): string[] {
  const [one, four] = all;
  const missing = all.flatMap(({ streams, missing }) =>
    missing > 0 ? [`streams: ${missing} events never arrived with ${streams}`] : [],
  );
  if (!one || !four) return missing;
  const ratio = Math.min(four.accepted / one.accepted, four.delivered / one.delivered);
  return ratio >= MIN_OF_FOUR ? missing : [...missing, `streams: four carry ${ratio.toFixed(2)} of what one does`];
}

/** What a webhook with a long log may take, as a multiple of what one with a short one takes, and beyond that in milliseconds. */
const MAX_LONGER = 1.3;
const MAX_LONGER_MS = 1;

/** What is wrong with what a long log costs, in sentences. */
export function growthFailures({ sizes, questions, missing }: Growth): string[] {
  const found = questions.flatMap(({ name, ms: [shortest = Number.NaN, ...longer] }) =>
    longer.flatMap((ms, index) =>
      ms <= MAX_LONGER * shortest + MAX_LONGER_MS
        ? []
        : [`${name}: ${ms.toFixed(1)} ms with ${sizes[index + 1]} deliveries, ${shortest.toFixed(1)} with none`],
    ),
  );
  if (missing > 0) found.push(`${missing} never arrived`);
  return found.map((each) => `growth: ${each}`);
}

/** What an isolate of the platform may have, in megabytes. */
const MAX_HEAP_MB = 128;

/** What is wrong with what the service occupies, in sentences. */
export function memoryFailures({ heap, missing }: Memory): string[] {
  const found: string[] = [];
  if (heap.load > MAX_HEAP_MB) found.push(`the heap took ${heap.load} MB, more than ${MAX_HEAP_MB}`);
  if (missing > 0) found.push(`${missing} never arrived`);
  return found.map((each) => `memory: ${each}`);
}

/** What is uploaded, gzipped, in KiB. */
const MAX_GZIPPED_KIB = 500;

/** What is wrong with what is uploaded, in sentences. */
export function startFailures({ gzippedKib }: Start): string[] {
  return gzippedKib < MAX_GZIPPED_KIB ? [] : [`start: ${gzippedKib} KiB gzipped, not less than ${MAX_GZIPPED_KIB}`];
}
