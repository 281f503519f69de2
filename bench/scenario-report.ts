import { cpus } from "node:os";
import type { Ceilings } from "./ceiling.ts";
import type { Measurement } from "./measure.ts";
import { median } from "./stats.ts";
import { aligned, ms, number, type Row } from "./table.ts";
import { given, type Result, ratio } from "./verdict.ts";

/** Turns what scenarios showed into text that a person reads: ratios first, for they survive a noisy machine. */

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

type Runs = { name: string; runs: readonly Measurement[] };

/** The floor's, the service's and each other sender's. */
function runsOf({ scenario, rounds }: Result): Runs[] {
  const named = rounds.map(
    ({ floor, service, peers }) => ({ floor, service, ...peers }) as Record<string, Measurement>,
  );
  return Object.keys(named[0] ?? {}).map((name) => {
    return { name: `${scenario.name} ${name}`, runs: named.flatMap((round) => round[name] ?? []) };
  });
}

/** The median over the rounds, with the least and the most of them. */
function spread(runs: readonly Measurement[], of: (run: Measurement) => number, show = ms): string {
  const all = runs.map(of);
  const [least, most] = [show(Math.min(...all)), show(Math.max(...all))];
  return all.length > 1 ? `${show(median(all))} (${least}-${most})` : show(median(all));
}

function figuresOf({ name, runs }: Runs): Row {
  return [
    name,
    String(runs.length),
    spread(runs, (run) => run.rate, number),
    ...[spread(runs, (run) => run.answer.p50), spread(runs, (run) => run.answer.p99)],
    ...[spread(runs, (run) => run.arrival.p50), spread(runs, (run) => run.arrival.p99)],
  ];
}

function restOf({ name, runs }: Runs): Row {
  const figure = (of: (run: Measurement) => number) => ms(middle(runs, of));
  return [
    name,
    ...[figure((run) => run.answer.p95), figure((run) => run.arrival.p95)],
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
}

const RATIOS: Row = ["service / floor", "delivered/s", "range", "202 p50", "arrival p50", "arrival p99", "CPU/event"];
const FIGURES: Row = ["", "rounds", "delivered/s", "202 p50", "202 p99", "arrival p50", "arrival p99"];
const REST: Row = [
  ...["", "202 p95", "arrival p95", "behind", "drain", "missing", "repeated", "refused"],
  ...["CPU", "load", "recv", "late p99"],
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

/** What the load generator manages, and how much more that is than what anybody was given. */
function ceilingLine({ batch, rates }: Ceilings[number], results: readonly Result[]): string {
  const most = given(results, batch);
  const what = batch === 1 ? "requests of one event" : `requests of ${batch} events`;
  const range = rates.length > 1 ? ` (${number(Math.min(...rates))}-${number(Math.max(...rates))})` : "";
  const more = Number.isFinite(most)
    ? `${number(median(rates) / most, 1)} times the ${number(most)} that were given at the most`
    : "none of which were measured here";
  return `The load generator manages ${number(median(rates))}${range} ${what} a second where all it gets is a 202: ${more}.`;
}

/** The whole report, without a verdict. */
export function report(results: readonly Result[], ceilings: Ceilings): string {
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? "?"}), Node ${process.version}, load and receiver on the same machine`,
    "",
    aligned([RATIOS, ...results.map(ratiosOf)]),
    "",
    ...comparisons(results),
    aligned([FIGURES, ...results.flatMap(runsOf).map(figuresOf)]),
    "",
    aligned([REST, ...results.flatMap(runsOf).map(restOf)]),
    "",
    "Medians over the rounds, with the least and the most of them. Times in ms from when the publish was due, CPU in µs an event.",
    "behind: published and not arrived when the last publish was due; drain: from then to the last arrival; late: how late the",
    "load generator itself started.",
    "",
    ...ceilings.map((ceiling) => ceilingLine(ceiling, results)),
  ].join("\n");
}
