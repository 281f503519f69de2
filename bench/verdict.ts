import type { Isolation } from "./isolation.ts";
import type { Measurement } from "./measure.ts";
import type { Scenario } from "./scenarios.ts";
import { median } from "./stats.ts";

/** A scenario's runs: the floor's and the service's, by rounds. */
export interface Result {
  scenario: Scenario;
  rounds: { floor: Measurement; service: Measurement }[];
}

/** Up to this rate, in single events a second, the service must keep up. */
const MUST_KEEP_UP = 1000;
/** So much of the load, in seconds, may be outstanding when the last event of an open loop is published. */
const MAX_LAG_SECONDS = 1;
/** "In real time": half of the events of an open loop arrive sooner than this, in milliseconds. */
const MAX_ARRIVAL_MS = 1000;
/** What an endpoint that hangs may add to a healthy one's median: this share of it, or so many milliseconds. */
const MAX_SLOWER = 1.3;
const MAX_SLOWER_MS = 5;
/** What no neighbour of an endpoint that begins to hang may wait, in milliseconds. */
const MAX_NEIGHBOUR_MS = 5000;
/** Of what the floor delivers from batches. */
const MIN_RATIO = 0.5;

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
  if (scenario.kind === "closed" && !(ratio(result) >= MIN_RATIO)) {
    found.push(`the service delivers ${ratio(result).toFixed(2)} of what the floor does, less than ${MIN_RATIO}`);
  }
  return found.map((each) => `${scenario.name}: ${each}`);
}

/** What is wrong with how endpoints wait for one another, in sentences. */
export function isolationFailures({ before, beside, neighbours }: Isolation): string[] {
  const found: string[] = [];
  if (beside.p50 > Math.max(before.p50 * MAX_SLOWER, before.p50 + MAX_SLOWER_MS)) {
    found.push(
      `a healthy endpoint's median is ${beside.p50.toFixed(1)} ms beside one that hangs, ${before.p50.toFixed(1)} before`,
    );
  }
  for (const { who, longest } of neighbours) {
    if (longest > MAX_NEIGHBOUR_MS) found.push(`${who} waited ${longest.toFixed(0)} ms`);
  }
  return found.map((each) => `isolation: ${each}`);
}
