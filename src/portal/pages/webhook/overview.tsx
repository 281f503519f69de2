import { Page } from "../../frame.tsx";
import { page } from "../../page-route.ts";
import { WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { addressWith, asked, type Visit } from "../../visit.ts";
import { Charts } from "./charts.tsx";
import { HealthFigures } from "./health.tsx";
import { LastFailureCard } from "./last-failure.tsx";
import { Latest, SendTest } from "./latest.tsx";
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
import { Standing } from "./standing.tsx";

const LATEST = 5;
/** Behind a backlog that was never tried, the last failure is far back. */
const PAGES_BEHIND_BACKLOG = 4;
/** Where a failure is younger than this, the live page looks for it again. */
const FRESH_MS = 20_000;

/** How a webhook is doing. A script asks for its live parts alone, or for its charts alone. */
export const overviewPage = page({ path: "/portal/{workspace}/webhooks/{webhook}", scope: "read" }, async (visit) => {
  const period = periodAsked(visit);
  if (visit.fragment && asked(visit, "part") === "charts") {
    return <Charts visit={visit} stats={await loadStats(visit, period)} period={period} />;
  }
  const webhook = await loadWebhook(visit);
  const [health, deliveries] = await Promise.all([loadHealth(visit), loadLatest(visit, LATEST)]);
  if (visit.fragment) {
    return (
      <Page visit={visit} {...webhookTitle(visit, webhook)}>
        <WebhookHead visit={visit} webhook={webhook} failing={health.failing} current="overview" />
        <Live visit={visit} webhook={webhook} health={health} />
        <Latest visit={visit} webhook={webhook} deliveries={deliveries} />
        {failedNow(visit, health) && <LastFailureCard visit={visit} failure={await loadLastFailure(visit, 1)} />}
      </Page>
    );
  }
  const stats = await loadStats(visit, period);
  const failed = health.streak > 0 || (stats.last_failure_at ?? health.last_failure_at) !== null;
  const pages = webhook.status === "active" ? 1 : PAGES_BEHIND_BACKLOG;
  const failure = failed ? await loadLastFailure(visit, pages) : null;
  const latest = <Latest visit={visit} webhook={webhook} deliveries={deliveries} />;
  const lastFailure = <LastFailureCard visit={visit} failure={failure} />;
  const charts = <Charts visit={visit} stats={stats} period={period} />;
  const first = deliveries.length === 0;
  return (
    <Page
      visit={visit}
      {...webhookTitle(visit, webhook)}
      charts
      actions={!first && <SendTest visit={visit} webhook={webhook} />}
    >
      <WebhookHead visit={visit} webhook={webhook} failing={health.failing} current="overview" />
      <div class="stack webhook">
        <Live visit={visit} webhook={webhook} health={health} />
        {/* What one comes for stands first: the cause where it is disabled, the way to begin where nothing was sent. */}
        {webhook.status === "disabled" && lastFailure}
        {!first && charts}
        <div class="halves">
          {latest}
          {webhook.status !== "disabled" && lastFailure}
        </div>
        {first && charts}
      </div>
    </Page>
  );
});

/** What else is renewed with the health: it lies elsewhere on the page. */
const ALONGSIDE = ["#webhook-state", "#latest", "#last-failure"].map((part) => `${part}:outerMorph`).join(",");

function Live({ visit, webhook, health }: { visit: Visit; webhook: Webhook; health: Health }) {
  return (
    <div
      id="live"
      data-live
      hx-get={addressWith(visit, { done: null })}
      hx-trigger="every 3s"
      hx-select="#live"
      hx-select-oob={ALONGSIDE}
      hx-swap="outerMorph"
    >
      <Standing visit={visit} webhook={webhook} health={health} />
      <HealthFigures webhook={webhook} health={health} />
    </div>
  );
}

const failedNow = (visit: Visit, { last_failure_at }: Health): boolean =>
  last_failure_at !== null && visit.now - Date.parse(last_failure_at) < FRESH_MS;
