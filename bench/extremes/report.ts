import { workspacesReport } from "../report.ts";
import { aligned, ms, number } from "../table.ts";
import type { Many } from "./many.ts";
import type { Outage } from "./outage.ts";
import type { Overload } from "./overload.ts";

/** Turns what extremes showed into text that a person reads. */

const seconds = (value: number): string => number(value / 1000, 1);

export function overloadReport(all: readonly Overload[]): string {
  const steps = all[0]?.ramp ?? [];
  const ramp = all.flatMap(({ name, ramp }) => [
    [`${name}: 202s`, ...ramp.map(({ accepted }) => number(accepted))],
    [`${name}: delivered`, ...ramp.map(({ delivered }) => number(delivered))],
  ]);
  const answers = all.map((each) => [
    each.name,
    ...[each.due, each.offered].map((rate) => number(rate)),
    ...[each.accepted, each.refused, each.faults].map(String),
    ...[each.answer.p50, each.answer.p99, each.answer.longest].map(ms),
  ]);
  const arrivals = all.map(({ name, arrivedMeanwhile, lost, repeated, drainMs, megabytes }) => [
    name,
    ...[arrivedMeanwhile, lost, repeated].map(String),
    seconds(drainMs),
    ...[megabytes.before, megabytes.half, megabytes.end, megabytes.most].map(String),
  ]);
  return [
    aligned([["a second, by connections", ...steps.map(({ connections }) => String(connections))], ...ramp]),
    "",
    aligned([["overload", "due/s", "offered/s", "202", "429, 503", "faults", "p50", "p99", "longest"], ...answers]),
    "",
    aligned([
      ["", "arrived meanwhile", "lost", "repeated", "drained after s", "MB before", "half", "end", "most"],
      ...arrivals,
    ]),
    "",
    `${all[0]?.seconds ?? 0} s at twice the most that was delivered in the ramp; offered: what found a connection. Times in ms from the`,
    "request to its answer; drained: from the load's end to the last arrival; MB: resident memory of the runtime.",
  ].join("\n");
}

export function outageReport(outage: Outage): string {
  const { waiting, requestsAway, returnMs, perSecond, healthy, megabytes } = outage;
  const whens = ["before", "busy", "waiting", "returning"] as const;
  const p = (of: "p50" | "p95") => whens.map((when) => ms(healthy[when][of]));
  return [
    `outage of two days, ${waiting} events waiting: ${requestsAway} requests meanwhile; after the return ${seconds(returnMs)} s until all had arrived`,
    aligned([
      [
        "",
        "missing",
        "repeated",
        "in order",
        "open at first",
        "open at most",
        ...perSecond.map((_, n) => `in s ${n + 1}`),
      ],
      [
        "the endpoint",
        ...[outage.missing, outage.repeated, outage.inOrder, outage.mostOpenAtFirst, outage.mostOpen].map(String),
        ...perSecond.map(String),
      ],
    ]),
    "",
    aligned([
      ["a healthy endpoint beside it", ...whens, "returning / busy"],
      ["p50", ...p("p50"), number(healthy.returning.p50 / healthy.busy.p50, 2)],
      ["p95", ...p("p95"), number(healthy.returning.p95 / healthy.busy.p95, 2)],
    ]),
    "",
    `MB: ${megabytes.before} before, ${megabytes.busy} at most while busy, ${megabytes.waiting} with all waiting, ${megabytes.started} so after a start, ${megabytes.returning} at most while they went out`,
    "",
    "Open: requests open at once, while those arrived that go out one after another, and at the most; in s 1: requests in the first",
    "second. Times in ms from when a publish was due to its arrival, at 50 a second; busy: while the endpoint, well as yet, gets as",
    "many events as it takes. MB: resident memory of the runtime.",
  ].join("\n");
}

export function manyReport({ endpoints, workspaces, deliveries, questions, starts, megabytes, busy }: Many): string {
  const row = ({ name, few, many }: Many["questions"][number]) => [name, ms(few), ms(many), number(many / few, 2)];
  return [
    ...(busy ? [workspacesReport(busy), ""] : []),
    aligned([
      [`${endpoints} endpoints, ${workspaces} workspaces, ${deliveries} deliveries`, "few", "many", "many / few"],
      ...questions.map(row),
      ...starts.map((start) => row({ ...start, name: `start: ${start.name}` })),
      ["MB after a start", String(megabytes.few), String(megabytes.many), number(megabytes.many / megabytes.few, 2)],
    ]),
    "",
    "Medians in ms, by turns with a service that has little. start: the first answer of an object that was not in memory.",
  ].join("\n");
}
