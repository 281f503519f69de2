import type { PropsWithChildren } from "hono/jsx";
import { PERIODS, type PeriodName } from "../../../delivery/period.ts";
import { addressWith, usePageContext } from "../../page-context.ts";
import { Card } from "../../parts/card.tsx";
import { count, percent } from "../../parts/figures.tsx";
import { DataTable } from "../../parts/table.tsx";
import { duration, Exact, span } from "../../parts/time.tsx";
import { type ChartData, jsonForScript, latencyData, outcomeData } from "./chart-data.ts";
import type { Stats } from "./load.ts";

const NAMES: Record<PeriodName, string> = { "24h": "24 h", "7d": "7 d", "30d": "30 d" };
const IN_WORDS: Record<PeriodName, string> = { "24h": "24 hours", "7d": "7 days", "30d": "30 days" };

/** How the webhook was doing over time. The script in the page renews it, from the address that it bears. */
export function Charts({ stats, period }: { stats: Stats; period: PeriodName }) {
  const context = usePageContext();
  const { totals } = stats;
  const nothing = totals.attempts + totals.delivered + totals.failed + totals.expired === 0;
  return (
    <section
      class="stack"
      id="charts"
      data-charts={addressWith(context, { part: "charts", done: null })}
      aria-labelledby="charts-head"
    >
      <div class="row">
        <h2 id="charts-head">Over time</h2>
        <nav class="segments right" aria-label="Period">
          {PERIODS.map((each) => (
            <a
              href={`${addressWith(context, { period: each, part: null, done: null })}#charts`}
              aria-current={each === period ? "page" : undefined}
            >
              {NAMES[each]}
            </a>
          ))}
        </nav>
      </div>
      {nothing ? (
        <div class="card chart-none">
          <p class="quiet">Nothing was sent in the last {IN_WORDS[period]}.</p>
        </div>
      ) : (
        <div class="halves">
          <Chart
            id="outcomes"
            title="Deliveries by outcome"
            data={outcomeData(stats)}
            summary={outcomeSummary(stats, period)}
          >
            <OutcomeTable stats={stats} />
          </Chart>
          <Chart
            id="latency"
            title="Latency of attempts"
            data={latencyData(stats)}
            summary={latencySummary(stats, period)}
          >
            <LatencyTable stats={stats} />
          </Chart>
        </div>
      )}
      {!nothing && stats.complete_since !== null && <Incomplete since={stats.complete_since} />}
    </section>
  );
}

function Chart({
  id,
  title,
  data,
  summary,
  children,
}: PropsWithChildren<{ id: string; title: string; data: ChartData; summary: string }>) {
  return (
    <Card id={`${id}-head`} title={title} level="h3" head={<Legend of={data} />} body="">
      <p class="small quiet chart-summary">{summary}</p>
      <div class="chart" data-chart={summary}>
        <script type="application/json" dangerouslySetInnerHTML={{ __html: jsonForScript(data) }} />
        <noscript>The chart needs JavaScript. The table below says the same.</noscript>
      </div>
      <details class="more" id={`${id}-table`}>
        <summary>Show as a table</summary>
        <div class="chart-table">{children}</div>
      </details>
    </Card>
  );
}

const Legend = ({ of }: { of: ChartData }) => (
  <ul class="legend">
    {of.series.map(({ name, tone, mark }) => (
      <li class={`${tone} as-${mark}`}>{name}</li>
    ))}
  </ul>
);

function outcomeSummary({ totals }: Stats, period: PeriodName): string {
  const { delivered, failed, expired, attempts, success_rate } = totals;
  const rate = `${percent(success_rate)} of ${count(attempts)} attempts succeeded`;
  const lost = expired === 0 ? "" : `, ${count(expired)} expired`;
  return `${count(delivered)} delivered, ${count(failed)} failed${lost}; ${rate} in ${IN_WORDS[period]}`;
}

function latencySummary({ totals }: Stats, period: PeriodName): string {
  return `p50 ${duration(totals.p50_ms)}, p95 ${duration(totals.p95_ms)} over ${count(totals.attempts)} attempts in ${IN_WORDS[period]}`;
}

type Step = Stats["buckets"][number];
type StepsProps = {
  label: string;
  stats: Stats;
  rows: Step[];
  figures: readonly [head: string, (step: Step) => string][];
};

/** The steps in which something happened, in figures. */
const StepTable = ({ label, stats, rows, figures }: StepsProps) => (
  <DataTable
    label={label}
    rows={rows}
    columns={[
      { head: "From", cell: ({ at }) => <Exact at={at} /> },
      ...figures.map(([head, cell]) => ({ head, class: "num", cell })),
    ]}
    foot={
      <tfoot>
        <tr>
          <td colspan={figures.length + 1} class="quiet small">
            In steps of {span(stats.step_seconds)}. Those in which nothing happened are left out.
          </td>
        </tr>
      </tfoot>
    }
  />
);

const OutcomeTable = ({ stats }: { stats: Stats }) => (
  <StepTable
    label="Deliveries by outcome, as a table"
    stats={stats}
    rows={stats.buckets.filter((step) => step.delivered + step.failed + step.expired + step.attempts > 0)}
    figures={[
      ["Delivered", ({ delivered }) => count(delivered)],
      ["Failed", ({ failed }) => count(failed)],
      ["Expired", ({ expired }) => count(expired)],
      ["Failed attempts", ({ failed_attempts }) => count(failed_attempts)],
    ]}
  />
);

const LatencyTable = ({ stats }: { stats: Stats }) => (
  <StepTable
    label="Latency of attempts, as a table"
    stats={stats}
    rows={stats.buckets.filter(({ p50_ms }) => p50_ms !== null)}
    figures={[
      ["p50", ({ p50_ms }) => duration(p50_ms)],
      ["p95", ({ p95_ms }) => duration(p95_ms)],
      ["Attempts", ({ attempts }) => count(attempts)],
    ]}
  />
);

const Incomplete = ({ since }: { since: string }) => (
  <p class="small quiet">
    Shaded: deliveries of what was published before <Exact at={since} /> may be missing, as only so many are looked at,
    and the oldest are no longer kept.
  </p>
);
