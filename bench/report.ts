import type { Callbacks } from "./callbacks.ts";
import type { FanOut } from "./fan-out.ts";
import type { FanOutSize } from "./fan-out-sizes.ts";
import type { Growth } from "./growth.ts";
import type { Isolation } from "./isolation.ts";
import type { Memory, Occupied } from "./memory.ts";
import type { Receivers } from "./receivers.ts";
import type { SlowObject } from "./slow-object.ts";
import type { Start } from "./start.ts";
import { median, type Percentiles } from "./stats.ts";
import type { Streams } from "./streams.ts";
import { aligned, ms, number } from "./table.ts";
import type { Workspaces } from "./workspaces.ts";

/** Turns what is measured beside the scenarios into text that a person reads. */

/** How long endpoints wait beside others that hang, are slow, fail, or are flooded. */
export function isolationReport({ pairs, neighbours }: Isolation): string {
  const rows = [...pairs.flatMap(({ before, beside }) => [before, beside]), ...neighbours].map(
    ({ who, p50, p95, p99, longest }) => [who, ...[p50, p95, p99, longest].map(ms)],
  );
  return [
    aligned([["isolation", "p50", "p95", "p99", "longest"], ...rows]),
    "",
    "Times in ms from the 202 to the arrival. Beside: the same endpoint, while another one has 2,000 events waiting. The",
    "neighbours are those of an endpoint that begins to hang.",
  ].join("\n");
}

/** How receivers fare that take their time, or fail. @param where the times are from */
export function receiversReport({ steady, burst, third, outage }: Receivers, where: string): string {
  const rows = steady.map(({ name, rate, p50, p95, p99, early, late, open, missing }) => [
    name,
    ...[rate, p50, p95, p99, early, late].map(ms),
    ...[open, missing].map(String),
  ]);
  return [
    aligned([[where, "events/s", "p50", "p95", "p99", "early", "late", "open", "missing"], ...rows]),
    `${burst.name}: the last one after ${ms(burst.lastMs)} ms`,
    `a third fails: ${third.failing} delivered beside ${third.healthy} of a healthy one (${number(third.failing / third.healthy, 2)})`,
    `away for 8 s, one event a second: ${outage.requests} requests meanwhile, ${outage.missing} missing, ${outage.inOrder ? "in order" : "out of order"}, ${outage.status}`,
    "",
    "Times in ms from when the publish was due to the arrival. early and late: medians of the second and of the last",
    "quarter; open: requests open at once at the most.",
  ].join("\n");
}

/** What an endpoint notices of another one whose object takes long. */
export function slowObjectReport(all: readonly SlowObject[]): string {
  const rows = all.map(({ rate, alone, ordinary, slow, missing, streams }) => [
    `${rate}/s`,
    ...[alone, ordinary, slow].map(ms),
    number(slow / alone, 2),
    ...[missing, streams].map(String),
  ]);
  return [
    aligned([
      ["slow object, far", "p95 alone", "beside another", "beside a slow one", "ratio", "missing", "streams"],
      ...rows,
    ]),
    "",
    "Times in ms from when the publish was due to the arrival. ratio: beside a slow one to alone. streams: how many times the",
    "workspace's stream came into memory, where alarms may last 200 ms.",
  ].join("\n");
}

const both = ({ p50, p95 }: Percentiles): string => `median ${ms(p50)} ms and p95 ${ms(p95)} ms`;

/** How long one event takes to reach one endpoint, ten, a hundred and a thousand. */
export function fanOutSizesReport(all: readonly FanOutSize[]): string {
  const rows = all.map(({ endpoints, all, rate, answerMs, missing, repeated }) => [
    `to ${endpoints}`,
    ...[all.median, all.least, all.most].map(ms),
    number(rate),
    ms(answerMs),
    ...[missing, repeated].map(String),
  ]);
  return [
    aligned([["one event", "last has it", "min", "max", "deliveries/s", "202 p50", "missing", "repeated"], ...rows]),
    "",
    `Times in ms from the publish, medians of ${all[0]?.events ?? 0} events one after another; last has it: until the last endpoint has it.`,
  ].join("\n");
}

/** How long one event takes to reach many endpoints. */
export function fanOutReport({ rounds, beside }: FanOut): string {
  const rows = rounds.map(({ name, answerMs, allMs, reached, repeated, megabytes }) => [
    name,
    ...[answerMs, allMs].map(ms),
    ...[reached, repeated, megabytes].map(String),
  ]);
  return [
    aligned([["fan-out", "202", "all", "reached", "repeated", "MB"], ...rows]),
    `another type at 50/s: ${both(beside.before)} before, ${both(beside.during)} while it runs`,
    "",
    "Times in ms from the publish to the answer, and to the last arrival; MB: resident memory of the runtime.",
  ].join("\n");
}

/** How long one event of each of many workspaces takes. */
export function workspacesReport({ workspaces, bursts }: Workspaces): string {
  const rows = bursts.map(({ name, answers, allMs, reached, repeated, megabytes }) => [
    name,
    ...[answers.p50, answers.p99, allMs].map(ms),
    ...[reached, repeated, megabytes].map(String),
  ]);
  return [
    aligned([[`${workspaces} workspaces at once`, "202 p50", "p99", "all", "reached", "repeated", "MB"], ...rows]),
    "",
    "Times in ms, from a publish to its answer, and from the first to the last arrival; MB: resident memory of the runtime.",
  ].join("\n");
}

/** How many callbacks are taken. */
export function callbacksReport(all: readonly Callbacks[]): string {
  const rows = all.map(({ provider, count, rate, answers: { p50, p95, p99 }, refused, missing }) => [
    provider,
    ...[count, rate].map((each) => number(each)),
    ...[p50, p95, p99].map(ms),
    ...[refused, missing].map(String),
  ]);
  return aligned([["callbacks", "sent", "a second", "answer p50", "p95", "p99", "refused", "missing"], ...rows]);
}

export function streamsReport(all: readonly Streams[]): string {
  const [one] = all;
  return [
    aligned([
      ["far, streams", "202s a second", "of one", "delivered/s", "of one", "202 p50", "p99", "missing"],
      ...all.map(({ streams, accepted, delivered, answers, missing }) => [
        String(streams),
        number(accepted),
        number(accepted / (one?.accepted ?? Number.NaN), 2),
        number(delivered),
        number(delivered / (one?.delivered ?? Number.NaN), 2),
        ms(answers.p50),
        ms(answers.p99),
        String(missing),
      ]),
    ]),
    "",
    "One workspace, on the model of the platform, with 96 publishers; a call keeps a stream busy for 8 ms. Times in ms.",
  ].join("\n");
}

/** What is asked of a webhook with a log of each length, and as a multiple of what it takes with the shortest. */
export function growthReport({ sizes, questions }: Growth): string {
  const rows = questions.map(({ name, ms: took }) => [
    name,
    ...took.map(ms),
    ...took.slice(1).map((each) => number(each / (took[0] ?? Number.NaN), 2)),
  ]);
  const lengths = sizes.map((size) => size.toLocaleString("en"));
  return [
    aligned([["deliveries in the log", ...lengths, ...lengths.slice(1).map((length) => `ratio, ${length}`)], ...rows]),
    "",
    "Medians in ms, by turns. Each log has 1,000 deliveries beside those, so that all of them answer with whole pages. deep page:",
    "in the middle of the log; filtered by type: of a type that is rare.",
  ].join("\n");
}

/** What the service occupies. */
export function memoryReport({ rate, seconds, heap, runtime, all }: Memory): string {
  const row = (name: string, { rest, load, after }: Occupied) => [name, ...[rest, load, after].map(String)];
  return [
    aligned([
      ["memory, MB", "at rest", "at load", "after"],
      row("the Worker's heap", heap),
      row("runtime", runtime),
      row("with its host", all),
    ]),
    "",
    `At rest: just started, nothing made; at load: the most while ${rate} events/s go to one endpoint for ${seconds} s; after: once the`,
    "objects are forgotten. heap: garbage included, of the one isolate that has all objects here; runtime: what workerd has resident,",
    "which gives nothing back to the machine; its host: the Node process that starts it, which a deployment has not.",
  ].join("\n");
}

/** What is uploaded, and what it takes to make an isolate of it. */
export function startReport({ kib, gzippedKib, worker, empty, evaluationMs }: Start): string {
  const row = (name: string, times: readonly number[]) => [
    name,
    ...[median(times), Math.min(...times), Math.max(...times)].map(ms),
  ];
  return [
    `start: ${number(kib)} KiB uploaded, ${number(gzippedKib)} KiB gzipped; ${ms(evaluationMs)} ms of CPU time to parse, compile and evaluate it`,
    aligned([["CPU ms of a start", "median", "min", "max"], row("the Worker", worker), row("an empty one", empty)]),
    "",
    "CPU time of all of the runtime's threads until it takes requests, with nothing bound; the difference of the medians is the Worker's.",
  ].join("\n");
}
