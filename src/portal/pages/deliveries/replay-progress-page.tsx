import { DeliveryRow } from "../../../api/deliveries/representation.ts";
import { HealthView } from "../../../api/webhooks/health.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { numberIn, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { page, redirect } from "../../page-route.ts";
import { count, Figure } from "../../parts/figures.tsx";
import { Exact } from "../../parts/time.tsx";
import { ofWebhook, WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { listPath, param, replayPath } from "./addresses.ts";
import { InactiveNote } from "./inactive-note.tsx";
import type { Webhook } from "./meaning.ts";
import { type Progress, progressOf, type Replay } from "./replay-progress.ts";
import { patternsOf, requestOf } from "./replay-request.ts";

export const replayProgressPage = page(
  { path: "/portal/{workspace}/webhooks/{webhook}/replay/progress", scope: "read" },
  async (context) => {
    const path = `/webhooks/${encodeURIComponent(param(context, "webhook"))}`;
    const replay = replayOf(context);
    // An address that somebody has shortened: there is no such replay to tell of.
    if (Number.isNaN(Date.parse(replay.since)) || Number.isNaN(Date.parse(replay.until))) {
      return redirect(replayPath(context, param(context, "webhook")));
    }
    const { since, until } = replay;
    const [webhook, health, pending, failed] = await Promise.all([
      context.api.one(path, WebhookView),
      context.api.one(`${path}/health`, HealthView),
      context.api.all(`${path}/deliveries`, DeliveryRow, { since, until, status: "pending" }, PAGES),
      context.api.all(`${path}/deliveries`, DeliveryRow, { since, until, status: "failed" }, PAGES),
    ]);
    const total = numberIn(queryParam(context, "total"));
    const about = { total: typeof total === "number" ? total : 0, ...replay };
    const counted = progressOf(about, { pending: pending.rows, failed: failed.rows }, context.now);
    const progress = pending.next === null ? counted : withBacklog(counted, health.waiting + health.in_flight);
    return (
      <Page {...webhookTitle(context, webhook)}>
        <WebhookHead webhook={webhook} failing={health.failing} current="replay" />
        <div id="live" class="stack" data-live {...polling(context, progress)}>
          <InactiveNote webhook={webhook} tried={false} />
          {health.failing && <FailingNote webhook={webhook} />}
          <ProgressCard
            webhook={webhook}
            replay={replay}
            progress={progress}
            exact={pending.next === null && failed.next === null}
          />
          <dl class="figures">
            <Figure name="Waiting at the webhook" value={count(health.waiting)} />
            <Figure name="In flight" value={count(health.in_flight)} />
            <Figure name="At most at once" value={count(health.window)} />
          </dl>
        </div>
      </Page>
    );
  },
);

function replayOf(context: PageContext): Replay {
  const of = (name: string) => queryParam(context, name);
  return requestOf(
    { since: of("since"), until: of("until"), status: of("status"), events: patternsOf(of("events")).join(",") },
    context.now,
  );
}

/** Beyond this many, the progress is told from what the webhook says of itself. */
const PAGES = 5;

/** Where more is pending than was looked at, the webhook's whole backlog stands for what was not tried yet. */
const withBacklog = (progress: Progress, backlog: number): Progress => {
  const waiting = Math.max(progress.waiting, Math.min(progress.total, backlog));
  return {
    ...progress,
    waiting,
    delivered: Math.max(0, progress.total - waiting - progress.retrying - progress.failed),
  };
};

const FailingNote = ({ webhook }: { webhook: Webhook }) => {
  const context = usePageContext();
  return (
    <p class="note warn">
      <strong>The webhook is failing</strong>
      <span>
        One request at a time tries whether it answers again; the rest goes out as soon as one succeeds.{" "}
        <a href={ofWebhook(context, webhook)}>Look at the webhook</a>
      </span>
    </p>
  );
};

/** Until every one has had its attempt. */
function polling(context: PageContext, { waiting }: Progress): Record<string, string> {
  if (waiting === 0) return {};
  const address = context.url.pathname + context.url.search;
  return { "hx-get": address, "hx-trigger": "every 2s", "hx-select": "#live", "hx-swap": "outerMorph" };
}

type CardProps = { webhook: Webhook; replay: Replay; progress: Progress; exact: boolean };

function ProgressCard({ webhook, replay, progress, exact }: CardProps) {
  const context = usePageContext();
  const { total, waiting, retrying, failed, delivered } = progress;
  const tried = total - waiting;
  const more = exact ? "" : "+";
  return (
    <section class="card" aria-labelledby="progress">
      <div class="card-head">
        <h2 id="progress">Replay</h2>
        {waiting > 0 ? (
          <span class="live">
            {count(tried)} of {count(total)} tried
          </span>
        ) : (
          <span class="badge good">all {count(total)} tried</span>
        )}
      </div>
      <div class="card-body stack">
        <p>
          {replay.status === "all" ? "All" : "What failed"} between <Exact at={replay.since} /> and{" "}
          <Exact at={replay.until} />
          {replay.events && <>, of {replay.events.join(", ")}</>}. You can leave this page: the replay goes on.
        </p>
        <ProgressBar progress={progress} exact={exact} />
        <dl class="figures">
          <Figure name="Delivered" value={exact ? count(delivered) : "–"} />
          <Figure name="Failed, tried again later" value={count(retrying) + more} />
          <Figure name="Failed for good" value={count(failed) + more} />
          <Figure name="Not tried yet" value={count(waiting)} />
        </dl>
        {retrying + failed > 0 && (
          <p>
            Some failed again. See why in <a href={listOf(context, webhook, replay, failed > 0)}>their deliveries</a>.
          </p>
        )}
      </div>
      <div class="card-foot">
        <a class="button" href={listPath(context, webhook.id)}>
          To the deliveries
        </a>
      </div>
    </section>
  );
}

function listOf(context: PageContext, webhook: Webhook, { since, until }: Replay, failed: boolean): string {
  const query = new URLSearchParams({ status: failed ? "failed" : "pending", since, until });
  return `${listPath(context, webhook.id)}?${query}`;
}

/** Delivered, failed, and to be tried again, beside each other; what is left is not tried yet. */
function ProgressBar({ progress, exact }: { progress: Progress; exact: boolean }) {
  const { total, delivered, failed, retrying, waiting } = progress;
  const share = (number: number): number => (total === 0 ? 0 : (number / total) * 100);
  const parts = [
    { tone: exact ? "good" : "tried", from: 0, width: share(delivered) },
    { tone: "bad", from: share(delivered), width: share(failed) },
    { tone: "warn", from: share(delivered + failed), width: share(retrying) },
  ];
  return (
    <svg
      class="progress"
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${total - waiting} of ${total} tried`}
    >
      <rect class="track" width="100" height="10" />
      {parts.map(({ tone, from, width }) => (
        <rect class={tone} x={from} width={width} height="10" />
      ))}
    </svg>
  );
}
