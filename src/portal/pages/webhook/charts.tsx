import type { PropsWithChildren } from "hono/jsx";
import { PERIODS, type PeriodName } from "../../../delivery/period.ts";
import { addressWith, usePageContext } from "../../page-context.ts";
import { count, percent } from "../../parts/figures.tsx";
import { Table } from "../../parts/table.tsx";
import { duration, Exact, exact, span } from "../../parts/time.tsx";
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
    <section class="card" aria-labelledby={`${id}-head`}>
      <div class="card-head">
        <h3 id={`${id}-head`}>{title}</h3>
        <ul class="legend">
          {data.series.map(({ name, tone, mark }) => (
            <li class={`${tone} as-${mark}`}>{name}</li>
          ))}
        </ul>
      </div>
      <div class="card-body">
        <p class="small quiet chart-summary">{summary}</p>
        <div class="chart" data-chart={summary}>
          <script type="application/json" dangerouslySetInnerHTML={{ __html: jsonForScript(data) }} />
          <noscript>The chart needs JavaScript. The table below says the same.</noscript>
        </div>
        <details class="more" id={`${id}-table`}>
          <summary>Show as a table</summary>
          <div class="chart-table">{children}</div>
        </details>
      </div>
    </section>
  );
}

function outcomeSummary({ totals }: Stats, period: PeriodName): string {
  const { delivered, failed, expired, attempts, success_rate } = totals;
  const rate = `${percent(success_rate)} of ${count(attempts)} attempts succeeded`;
  const lost = expired === 0 ? "" : `, ${count(expired)} expired`;
  return `${count(delivered)} delivered, ${count(failed)} failed${lost}; ${rate} in ${IN_WORDS[period]}`;
}

function latencySummary({ totals }: Stats, period: PeriodName): string {
  return `p50 ${duration(totals.p50_ms)}, p95 ${duration(totals.p95_ms)} over ${count(totals.attempts)} attempts in ${IN_WORDS[period]}`;
}

const From = () => <th>From</th>;

function OutcomeTable({ stats }: { stats: Stats }) {
  const rows = stats.buckets.filter((step) => step.delivered + step.failed + step.expired + step.attempts > 0);
  return (
    <Table label="Deliveries by outcome, as a table">
      <thead>
        <tr>
          <From />
          <th class="num">Delivered</th>
          <th class="num">Failed</th>
          <th class="num">Expired</th>
          <th class="num">Failed attempts</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, delivered, failed, expired, failed_attempts }) => (
          <tr>
            <td>
              <Exact at={at} />
            </td>
            <td class="num">{count(delivered)}</td>
            <td class="num">{count(failed)}</td>
            <td class="num">{count(expired)}</td>
            <td class="num">{count(failed_attempts)}</td>
          </tr>
        ))}
      </tbody>
      <StepsOf stats={stats} columns={5} />
    </Table>
  );
}

function LatencyTable({ stats }: { stats: Stats }) {
  const rows = stats.buckets.filter(({ p50_ms }) => p50_ms !== null);
  return (
    <Table label="Latency of attempts, as a table">
      <thead>
        <tr>
          <From />
          <th class="num">p50</th>
          <th class="num">p95</th>
          <th class="num">Attempts</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, p50_ms, p95_ms, attempts }) => (
          <tr>
            <td>
              <Exact at={at} />
            </td>
            <td class="num">{duration(p50_ms)}</td>
            <td class="num">{duration(p95_ms)}</td>
            <td class="num">{count(attempts)}</td>
          </tr>
        ))}
      </tbody>
      <StepsOf stats={stats} columns={4} />
    </Table>
  );
}

const StepsOf = ({ stats, columns }: { stats: Stats; columns: number }) => (
  <tfoot>
    <tr>
      <td colspan={columns} class="quiet small">
        In steps of {span(stats.step_seconds)}. Those in which nothing happened are left out.
      </td>
    </tr>
  </tfoot>
);

const Incomplete = ({ since }: { since: string }) => (
  <p class="small quiet">
    Shaded: deliveries of what was published before {exact(Date.parse(since))} may be missing, as only so many are
    looked at, and the oldest are no longer kept.
  </p>
);
