import { DeliveryView } from "../../../api/deliveries/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, pathParam } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, FactsCard, Link, Quiet, renewed } from "../../parts/card.tsx";
import { ActionButton, ErrorSummary } from "../../parts/form.tsx";
import { DeliveryBadge } from "../../parts/status.tsx";
import { Countdown, duration, Exact } from "../../parts/time.tsx";
import { webhookCrumbs, webhookPath } from "../../parts/webhook-head.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import type { Webhook } from "../webhook/load.ts";
import { Attempts, SentRequestCard } from "./attempts.tsx";
import { type Delivery, deliveryPath, InactiveNote, isHeld, nextOf, stateOf, wordOf } from "./meaning.tsx";
import { TimelineFigure } from "./timeline-figure.tsx";

export const showDelivery = page({ path: "/portal/{workspace}/deliveries/{delivery}", scope: "read" }, (context) =>
  deliveryPage(context),
);

/** A delivery; `refusal` is why it could not be sent again just now. */
export async function deliveryPage(context: PageContext, refusal: Problem | null = null) {
  const id = pathParam(context, "delivery");
  const delivery = await context.api.one(deliveryPath(id), DeliveryView);
  const webhook = await context.api.one(webhookPath(delivery.webhook_id), WebhookView);
  const shown = { delivery, webhook };
  return (
    <Page
      title={delivery.event}
      lead={<>A delivery to {nameOfWebhook(webhook)}</>}
      crumbs={[...webhookCrumbs(webhook), { name: "Deliveries", path: webhookPath(webhook.id, "/deliveries") }]}
      actions={
        context.can("manage") &&
        delivery.status !== "expired" && (
          <ActionButton to={deliveryPath(id, "/redeliver")} kind="primary" label="Redeliver" />
        )
      }
    >
      {refusal?.code === "webhook_inactive" ? (
        <InactiveNote webhook={webhook} tried />
      ) : (
        <ErrorSummary problem={refusal} />
      )}
      <div id="live" class="stack" data-live {...renewedDelivery(context, delivery)}>
        <div class="columns">
          <div class="stack">
            <TimelineCard {...shown} now={context.now} />
            <Attempts delivery={delivery} />
          </div>
          <DeliveryFacts {...shown} />
        </div>
        {delivery.status !== "expired" && <SentRequestCard request={delivery.request} />}
      </div>
    </Page>
  );
}

/** An attempt that is near is looked for more often than one that is hours away. */
const NEAR_MS = 30_000;

/** What is pending changes by itself. */
function renewedDelivery(context: PageContext, { id, status, next_attempt_at: next }: Delivery) {
  const due = next === null ? context.now : Date.parse(next);
  const every = due - context.now < NEAR_MS ? "2s" : "15s";
  return renewed(inWorkspace(context, deliveryPath(id)), status === "pending" ? every : null);
}

type DeliveryProps = { delivery: Delivery; webhook: Webhook };

function TimelineCard({ delivery, webhook, now }: DeliveryProps & { now: number }) {
  const path = webhookPath(webhook.id);
  const last_error = delivery.attempts.at(-1)?.error ?? null;
  const toActive = webhook.status === "paused" ? "Resume the webhook" : "See why it was disabled, and enable it";
  const head = (
    <>
      <DeliveryBadge state={wordOf({ ...delivery, last_error }, webhook)} />
      {delivery.next_attempt_at !== null && (
        <span class="right">
          {nextOf(delivery)} <Countdown to={delivery.next_attempt_at} />
        </span>
      )}
    </>
  );
  return (
    <Card id="timeline" title="Timeline" head={head} body="stack-s">
      <p>{stateOf(delivery, webhook)}</p>
      {isHeld(delivery, webhook) && (
        <p>
          <Link to={path} label={toActive} />
        </p>
      )}
      {delivery.waiting_for_endpoint && (
        <p>
          <Link to={path} label="See why the webhook is failing, and probe it" />
        </p>
      )}
      {delivery.attempts.length > 0 && <TimelineFigure delivery={delivery} now={now} />}
    </Card>
  );
}

function DeliveryFacts({ delivery, webhook }: DeliveryProps) {
  const { id, event_id, completed_at, next_attempt_at } = delivery;
  return (
    <FactsCard
      id="facts"
      title="Facts"
      of={[
        ["Delivery", id, "mono"],
        ["Event", <Link to={`/events/${encodeURIComponent(event_id)}`} class="mono" label={event_id} />],
        ["Webhook", <Link to={webhookPath(webhook.id)} label={nameOfWebhook(webhook)} />],
        ["Attempts", delivery.attempts.length],
        ["Duration", duration(delivery.duration_ms)],
        ["Created", <Exact at={delivery.created_at} />],
        ["Completed", completed_at === null ? <Quiet /> : <Exact at={completed_at} />],
        next_attempt_at !== null && [nextOf(delivery), <Exact at={next_attempt_at} />],
      ]}
    />
  );
}
