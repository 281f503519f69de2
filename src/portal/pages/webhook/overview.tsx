import { FAILING_AT } from "../../../delivery/probing.ts";
import { addressWith, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { count, Figure, percent } from "../../parts/figures.tsx";
import { duration } from "../../parts/time.tsx";
import { WebhookPage } from "../../parts/webhook-head.tsx";
import { webhookActions } from "./actions.tsx";
import { Charts } from "./charts.tsx";
import { deleteAction, deletePage } from "./delete.tsx";
import { LastFailureCard, Latest, SendTest } from "./latest.tsx";
import {
  type Health,
  loadHealth,
  loadLastFailure,
  loadLatest,
  loadStats,
  loadWebhook,
  periodAsked,
  type Webhook,
} from "./load.ts";
import { rotatePages } from "./rotate.tsx";
import { settingsPage } from "./settings.tsx";
import { StatusNote } from "./status-note.tsx";

const LATEST = 5;
/** Behind a backlog that was never tried, the last failure is far back. */
const PAGES_BEHIND_BACKLOG = 4;
/** Where a failure is younger than this, the live page looks for it again. */
const FRESH_MS = 20_000;

/** How a webhook is doing. A script asks for its live parts alone, or for its charts alone. */
const overviewPage = page({ path: "/portal/{workspace}/webhooks/{webhook}", scope: "read" }, async (context) => {
  const period = periodAsked(context);
  if (context.fragment && queryParam(context, "part") === "charts") {
    return <Charts stats={await loadStats(context, period)} period={period} />;
  }
  const webhook = await loadWebhook(context);
  const [health, deliveries] = await Promise.all([loadHealth(context), loadLatest(context, LATEST)]);
  const own = { webhook, failing: health.failing, current: "overview" } as const;
  if (context.fragment) {
    return (
      <WebhookPage {...own}>
        <Live webhook={webhook} health={health} />
        <Latest webhook={webhook} deliveries={deliveries} />
        {failedNow(context, health) && <LastFailureCard failure={await loadLastFailure(context, 1)} />}
      </WebhookPage>
    );
  }
  const stats = await loadStats(context, period);
  const failed = health.streak > 0 || (stats.last_failure_at ?? health.last_failure_at) !== null;
  const pages = webhook.status === "active" ? 1 : PAGES_BEHIND_BACKLOG;
  const failure = failed ? await loadLastFailure(context, pages) : null;
  const latest = <Latest webhook={webhook} deliveries={deliveries} />;
  const lastFailure = <LastFailureCard failure={failure} />;
  const charts = <Charts stats={stats} period={period} />;
  const first = deliveries.length === 0;
  return (
    <WebhookPage {...own} charts actions={!first && <SendTest webhook={webhook} />}>
      <div class="stack webhook">
        <Live webhook={webhook} health={health} />
        {/* What one comes for stands first: the cause where it is disabled, the way to begin where nothing was sent. */}
        {webhook.status === "disabled" && lastFailure}
        {!first && charts}
        <div class="halves">
          {latest}
          {webhook.status !== "disabled" && lastFailure}
        </div>
        {first && charts}
      </div>
    </WebhookPage>
  );
});

/** What else is renewed with the health: it lies elsewhere on the page. */
const ALONGSIDE = ["#webhook-state", "#latest", "#last-failure"].map((part) => `${part}:outerMorph`).join(",");

function Live({ webhook, health }: { webhook: Webhook; health: Health }) {
  const context = usePageContext();
  return (
    <div
      id="live"
      data-live
      hx-get={addressWith(context, { done: null })}
      hx-trigger="every 3s"
      hx-select="#live"
      hx-select-oob={ALONGSIDE}
      hx-swap="outerMorph"
    >
      <StatusNote webhook={webhook} health={health} />
      <HealthFigures webhook={webhook} health={health} />
    </div>
  );
}

const failedNow = (context: PageContext, { last_failure_at }: Health): boolean =>
  last_failure_at !== null && context.now - Date.parse(last_failure_at) < FRESH_MS;

export const webhookPages: readonly PageRoute[] = [
  ...[overviewPage, settingsPage, ...rotatePages],
  ...[deletePage, deleteAction, ...webhookActions],
];

const ofProbes = ({ disable_after }: Webhook): string =>
  disable_after === null ? "" : `of ${count(disable_after.failures)}`;

/** How the webhook is doing now, in figures. */
function HealthFigures({ webhook, health }: { webhook: Webhook; health: Health }) {
  return (
    <dl class="figures">
      <Figure name="Success rate, 24 h" value={percent(health.success_rate_24h)} />
      {health.failing ? (
        <Figure name="Failed probes" value={count(health.failed_probes)} unit={ofProbes(webhook)} />
      ) : (
        <Figure name="Failures in a row" value={health.streak} unit={`of ${FAILING_AT}`} />
      )}
      <Figure name={webhook.status === "active" ? "Waiting" : "Held"} value={count(health.waiting)} />
      <Figure name="In flight" value={count(health.in_flight)} />
      <Figure name="Latency p50, 24 h" value={duration(health.p50_ms_24h)} />
      <Figure name="Latency p95, 24 h" value={duration(health.p95_ms_24h)} />
    </dl>
  );
}
