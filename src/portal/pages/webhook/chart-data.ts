import type { Stats } from "./load.ts";

/** A line or a kind of bars. `tone` is a class of the legend and, with two hyphens before it, a token of its colour. */
type Series = {
  name: string;
  tone: "good" | "bad" | "warn" | "link" | "ink";
  /** Bars stand on those of the series before. */
  mark: "bar" | "line" | "dashed";
  values: (number | null)[];
};

/** What client/charts.js draws. Times in seconds since 1970. */
export type ChartData = {
  unit: "count" | "ms";
  /** When each step begins. */
  times: number[];
  step: number;
  /** What is before this may be incomplete; null: nothing is. */
  completeSince: number | null;
  series: Series[];
};

const seconds = (time: string): number => Date.parse(time) / 1000;

const shared = ({ buckets, step_seconds, complete_since }: Stats) => ({
  times: buckets.map(({ at }) => seconds(at)),
  step: step_seconds,
  completeSince: complete_since === null ? null : seconds(complete_since),
});

/** Deliveries by outcome; and the attempts that failed, as those of a delivery that is still retried are in no outcome. */
export function outcomeData(stats: Stats): ChartData {
  const { buckets, totals } = stats;
  const expired: Series = {
    ...{ name: "Expired", tone: "warn", mark: "bar" },
    values: buckets.map((bucket) => bucket.expired),
  };
  return {
    unit: "count",
    ...shared(stats),
    series: [
      { name: "Delivered", tone: "good", mark: "bar", values: buckets.map(({ delivered }) => delivered) },
      { name: "Failed", tone: "bad", mark: "bar", values: buckets.map(({ failed }) => failed) },
      // Most webhooks never have any.
      ...(totals.expired > 0 ? [expired] : []),
      {
        name: "Failed attempts",
        tone: "ink",
        mark: "line",
        // A line along the bottom would say nothing.
        values: buckets.map(({ failed_attempts }) => failed_attempts || null),
      },
    ],
  };
}

/** How long attempts took. */
export function latencyData(stats: Stats): ChartData {
  const { buckets } = stats;
  return {
    unit: "ms",
    ...shared(stats),
    series: [
      { name: "p50", tone: "link", mark: "line", values: buckets.map(({ p50_ms }) => p50_ms) },
      { name: "p95", tone: "warn", mark: "dashed", values: buckets.map(({ p95_ms }) => p95_ms) },
    ],
  };
}

/** As the content of a script element, which nothing in it can end. */
export const jsonForScript = (data: ChartData): string => JSON.stringify(data).replaceAll("<", "\\u003c");
