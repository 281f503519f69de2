import { cpus } from "node:os";
import type { Callbacks } from "./callbacks.ts";
import type { FanOut } from "./fan-out.ts";
import type { Isolation } from "./isolation.ts";
import type { Measurement } from "./measure.ts";
import type { Receivers } from "./receivers.ts";
import type { SlowObject } from "./slow-object.ts";
import { median, type Percentiles } from "./stats.ts";
import type { Streams } from "./streams.ts";
import { aligned, ms, number, type Row } from "./table.ts";
import { type Result, ratio } from "./verdict.ts";
import type { Workspaces } from "./workspaces.ts";

/** Turns results into text that a person reads: ratios first, for they survive a noisy machine. */

/** Every figure is the median over the rounds; a count of something wrong is the sum. */
function middle(runs: readonly Measurement[], of: (run: Measurement) => number | undefined): number {
  return median(runs.map((run) => of(run) ?? Number.NaN));
}

function total(runs: readonly Measurement[], of: (run: Measurement) => number): string {
  return String(runs.reduce((sum, run) => sum + of(run), 0));
}

function ratiosOf(result: Result): Row {
  const { scenario, rounds } = result;
  const of = (value: (run: Measurement) => number | undefined) =>
    number(
      median(rounds.map(({ floor, service }) => (value(service) ?? Number.NaN) / (value(floor) ?? Number.NaN))),
      2,
    );
  const all = rounds.map(({ floor, service }) => service.rate / floor.rate);
  return [
    scenario.name,
    number(ratio(result), 2),
    all.length > 1 ? `${number(Math.min(...all), 2)}-${number(Math.max(...all), 2)}` : "",
    of((run) => run.answer.p50),
    of((run) => run.arrival.p50),
    of((run) => run.arrival.p99),
    of((run) => run.cpu.contender),
  ];
}

function figuresOf({ scenario, rounds }: Result): Row[] {
  const named = rounds.map(
    ({ floor, service, peers }) => ({ floor, service, ...peers }) as Record<string, Measurement>,
  );
  return Object.keys(named[0] ?? {}).map((name) => {
    const runs = named.flatMap((round) => round[name] ?? []);
    const figure = (of: (run: Measurement) => number) => ms(middle(runs, of));
    return [
      `${scenario.name} ${name}`,
      number(middle(runs, (run) => run.rate)),
      ...[figure((run) => run.answer.p50), figure((run) => run.answer.p95), figure((run) => run.answer.p99)],
      ...[figure((run) => run.arrival.p50), figure((run) => run.arrival.p95), figure((run) => run.arrival.p99)],
      number(middle(runs, (run) => run.outstanding)),
      figure((run) => run.drainMs),
      total(runs, (run) => run.missing),
      total(runs, (run) => run.repeated),
      total(runs, (run) => run.refused),
      number(middle(runs, (run) => run.cpu.contender)),
      number(middle(runs, (run) => run.cpu.load)),
      number(middle(runs, (run) => run.cpu.receiver)),
      figure((run) => run.lateP99),
    ];
  });
}

const RATIOS: Row = ["service / floor", "delivered/s", "range", "202 p50", "arrival p50", "arrival p99", "CPU/event"];
const FIGURES: Row = [
  ...["", "delivered/s", "202 p50", "p95", "p99", "arrival p50", "p95", "p99"],
  ...["behind", "drain", "missing", "repeated", "refused", "CPU", "load", "recv", "late p99"],
];

/** The service beside each other sender: medians over the rounds. */
function comparisons(results: readonly Result[]): string[] {
  const rows = results.flatMap(({ scenario, rounds }) =>
    Object.keys(rounds[0]?.peers ?? {}).map((name): Row => {
      const of = (value: (run: Measurement) => number) =>
        number(
          median(rounds.map(({ service, peers }) => value(service) / (peers[name] ? value(peers[name]) : Number.NaN))),
          2,
        );
      return [
        `${scenario.name}, service / ${name}`,
        of((run) => run.rate),
        of((run) => run.answer.p50),
        of((run) => run.arrival.p50),
        of((run) => run.arrival.p99),
      ];
    }),
  );
  if (rows.length === 0) return [];
  return [aligned([["compared", "delivered/s", "202 p50", "arrival p50", "arrival p99"], ...rows]), ""];
}

/** The whole report, without a verdict. */
export function report(results: readonly Result[]): string {
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? "?"}), Node ${process.version}, load and receiver on the same machine`,
    "",
    aligned([RATIOS, ...results.map(ratiosOf)]),
    "",
    ...comparisons(results),
    aligned([FIGURES, ...results.flatMap(figuresOf)]),
    "",
    "Times in ms from when the publish was due, CPU in µs an event. behind: published and not arrived when the last",
    "publish was due; drain: from then to the last arrival; late: how late the load generator itself started.",
  ].join("\n");
}

/** How long endpoints wait beside one that hangs. */
export function isolationReport({ before, beside, neighbours }: Isolation): string {
  const rows = [before, beside, ...neighbours].map(({ who, p50, p95, p99, longest }) => [
    who,
    ...[p50, p95, p99, longest].map(ms),
  ]);
  return [
    aligned([["isolation", "p50", "p95", "p99", "longest"], ...rows]),
    "",
    "Times in ms from the 202 to the arrival. The neighbours are those of an endpoint that begins to hang.",
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
