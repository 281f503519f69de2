import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "./client.ts";
import { cpuMsOf } from "./cpu.ts";
import type { LoadMethods, Published } from "./load.ts";
import { NUMBERS_PER_RUN } from "./payload.ts";
import type { Peer } from "./peer.ts";
import type { Arrivals, ReceiverMethods } from "./receiver.ts";
import type { Scenario } from "./scenarios.ts";
import { type Percentiles, percentiles } from "./stats.ts";

/** One of those that are compared: the floor, the service, or another sender. */
export interface Contender {
  name: string;
  targets: Target[];
  /** The process whose CPU time, with its children's, counts; undefined where nobody knows it. */
  pid: number | undefined;
}

/** What one run of a scenario showed. */
export interface Measurement {
  events: number;
  /** Requests that were not answered with a 2xx. */
  refused: number;
  /** Events that never arrived, came again, or were of another run. */
  missing: number;
  repeated: number;
  strays: number;
  /** From the intended start of a publish to its 202, in milliseconds. */
  answer: Percentiles;
  /** From the intended start of a publish to its arrival, in milliseconds. */
  arrival: Percentiles;
  /** Deliveries a second, from the first publish to the last arrival. */
  rate: number;
  /** Requests to publish a second, from the first one to the last answer. */
  given: number;
  /** Events not arrived when the last publish began. */
  outstanding: number;
  /** From then to the last arrival, in milliseconds. */
  drainMs: number;
  /** How late the load generator started its publishes, the 99th percentile in milliseconds. */
  lateP99: number;
  /** CPU time per event, in microseconds. */
  cpu: { contender: number | undefined; load: number; receiver: number };
}

/** What is not there this long after the last arrival is missing, in milliseconds. */
const GIVE_UP_MS = 15_000;
/** After the last arrival the outcomes are still being settled; in milliseconds. */
const REST_MS = 700;

/** Runs scenarios, one at a time. */
export class Bench {
  readonly #load: Peer<LoadMethods>;
  readonly #receiver: Peer<ReceiverMethods>;
  readonly #receiverUrl: string;
  #runs = 0;

  constructor(load: Peer<LoadMethods>, receiver: Peer<ReceiverMethods>, receiverUrl: string) {
    this.#load = load;
    this.#receiver = receiver;
    this.#receiverUrl = receiverUrl;
  }

  async run(scenario: Scenario, contender: Contender): Promise<Measurement> {
    const first = ++this.#runs * NUMBERS_PER_RUN;
    const { count } = scenario;
    await this.#receiver.call("expect", { first, count });
    const cpuMs = () => (contender.pid === undefined ? undefined : cpuMsOf(contender.pid));
    const before = cpuMs();
    const targets = contender.targets.slice(0, scenario.workspaces);
    const published =
      scenario.kind === "open"
        ? await this.#load.call("open", { targets, first, rate: scenario.rate, count })
        : await this.#load.call("closed", { ...scenario, targets, first, receiver: this.#receiverUrl });
    await this.#drained(count);
    await sleep(REST_MS);
    const after = cpuMs();
    const arrivals = await this.#receiver.call("arrivals", undefined);
    const used = before === undefined || after === undefined ? undefined : after - before;
    return summarise(published, arrivals, scenario.kind === "open" ? 1 : scenario.batch, used);
  }

  async #drained(count: number): Promise<void> {
    let arrived = -1;
    for (let patience = GIVE_UP_MS; patience > 0; patience -= 20) {
      const seen = await this.#receiver.call("arrived", undefined);
      if (seen >= count) return;
      if (seen > arrived) patience = GIVE_UP_MS;
      arrived = seen;
      await sleep(20);
    }
  }
}

function summarise(
  published: Published,
  { times, repeated, strays, cpuMs }: Arrivals,
  batch: number,
  contenderCpuMs: number | undefined,
): Measurement {
  const { due, answered, status } = published;
  const dueOf = (event: number) => due[Math.floor(event / batch)] ?? Number.NaN;
  const arrivedAt = times.filter((time) => !Number.isNaN(time));
  const lastDue = due.reduce((last, each) => Math.max(last, each), Number.NEGATIVE_INFINITY);
  const lastArrival = arrivedAt.reduce((last, each) => Math.max(last, each), Number.NEGATIVE_INFINITY);
  const perEvent = (ms: number) => (ms * 1000) / times.length;
  return {
    events: times.length,
    refused: status.filter((each) => each < 200 || each > 299).length,
    missing: times.length - arrivedAt.length,
    repeated,
    strays,
    answer: percentiles(answered.map((at, index) => at - (due[index] ?? Number.NaN))),
    arrival: percentiles(times.map((at, event) => at - dueOf(event))),
    rate: (arrivedAt.length * 1000) / (lastArrival - (due[0] ?? Number.NaN)),
    given: requestsPerSecond(published),
    outstanding: times.reduce((sum, at, event) => sum + (dueOf(event) < lastDue && !(at <= lastDue) ? 1 : 0), 0),
    drainMs: lastArrival - lastDue,
    lateP99: lateOf(published).p99,
    cpu: {
      contender: contenderCpuMs === undefined ? undefined : perEvent(contenderCpuMs),
      load: perEvent(published.cpuMs),
      receiver: perEvent(cpuMs),
    },
  };
}

/** From the first request to the last answer. */
export function requestsPerSecond({ due, answered }: Published): number {
  const last = answered.reduce((latest, each) => Math.max(latest, each), Number.NEGATIVE_INFINITY);
  return (answered.length * 1000) / (last - (due[0] ?? Number.NaN));
}

/** How late requests started, in milliseconds. */
const lateOf = ({ due, started }: Published): Percentiles =>
  percentiles(started.map((at, index) => at - (due[index] ?? Number.NaN)));
