import { DeliveryRow } from "../../../api/deliveries/representation.ts";
import { inWorkspace, numberIn, type PageContext, queryParam } from "../../page-context.ts";
import { page, redirect } from "../../page-route.ts";
import { Card, Link, LinkButton, renewed } from "../../parts/card.tsx";
import { count, Figure } from "../../parts/figures.tsx";
import { Exact } from "../../parts/time.tsx";
import { WebhookPage, webhookPath } from "../../parts/webhook-head.tsx";
import { loadHealth, loadWebhook, pathOf, type Webhook } from "../webhook/load.ts";
import { InactiveNote } from "./meaning.tsx";
import { type Progress, progressOf, type Replay } from "./replay-progress.ts";
import { patternsOf, requestOf } from "./replay-request.ts";

export const replayProgressPage = page(
  { path: "/portal/{workspace}/webhooks/{webhook}/replay/progress", scope: "read" },
  async (context) => {
    const replay = replayOf(context);
    const { since, until } = replay;
    // An address that somebody has shortened: there is no such replay to tell of.
    if (Number.isNaN(Date.parse(since)) || Number.isNaN(Date.parse(until))) {
      return redirect(inWorkspace(context, pathOf(context, "/replay")));
    }
    const rowsOf = (status: "pending" | "failed") =>
      context.api.all(pathOf(context, "/deliveries"), DeliveryRow, { since, until, status }, PAGES);
    const [webhook, health, pending, failed] = await Promise.all([
      loadWebhook(context),
      loadHealth(context),
      rowsOf("pending"),
      rowsOf("failed"),
    ]);
    const total = numberIn(queryParam(context, "total"));
    const about = { total: typeof total === "number" ? total : 0, ...replay };
    const counted = progressOf(about, { pending: pending.rows, failed: failed.rows }, context.now);
    const progress = pending.next === null ? counted : withBacklog(counted, health.waiting + health.in_flight);
    const exact = pending.next === null && failed.next === null;
    // Until every one has had its attempt.
    const live = renewed(context.url.pathname + context.url.search, progress.waiting > 0 ? "2s" : null);
    return (
      <WebhookPage webhook={webhook} failing={health.failing} current="replay">
        <div id="live" class="stack" data-live {...live}>
          <InactiveNote webhook={webhook} tried={false} />
          {health.failing && <FailingNote webhook={webhook} />}
          <ProgressCard webhook={webhook} replay={replay} progress={progress} exact={exact} />
          <dl class="figures">
            <Figure name="Waiting at the webhook" value={count(health.waiting)} />
            <Figure name="In flight" value={count(health.in_flight)} />
            <Figure name="At most at once" value={count(health.window)} />
          </dl>
        </div>
      </WebhookPage>
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

const FailingNote = ({ webhook }: { webhook: Webhook }) => (
  <p class="note warn">
    <strong>The webhook is failing</strong>
    <span>
      One request at a time tries whether it answers again; the rest goes out as soon as one succeeds.{" "}
      <Link to={webhookPath(webhook.id)} label="Look at the webhook" />
    </span>
  </p>
);

type CardProps = { webhook: Webhook; replay: Replay; progress: Progress; exact: boolean };

function ProgressCard({ webhook, replay, progress, exact }: CardProps) {
  const { total, waiting, retrying, failed, delivered } = progress;
  const { since, until } = replay;
  const list = webhookPath(webhook.id, "/deliveries");
  const again = new URLSearchParams({ status: failed > 0 ? "failed" : "pending", since, until });
  const more = exact ? "" : "+";
  const state =
    waiting > 0 ? (
      <span class="live">
        {count(total - waiting)} of {count(total)} tried
      </span>
    ) : (
      <span class="badge good">all {count(total)} tried</span>
    );
  return (
    <Card id="progress" title="Replay" head={state} foot={<LinkButton to={list} label="To the deliveries" />}>
      <p>
        {replay.status === "all" ? "All" : "What failed"} between <Exact at={since} /> and <Exact at={until} />
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
          Some failed again. See why in <Link to={`${list}?${again}`} label="their deliveries" />.
        </p>
      )}
    </Card>
  );
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
