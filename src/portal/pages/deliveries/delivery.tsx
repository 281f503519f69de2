import { DeliveryView } from "../../../api/deliveries/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { ActionButton, ErrorSummary } from "../../parts/form.tsx";
import { DeliveryBadge } from "../../parts/status.tsx";
import { Countdown, duration, Exact } from "../../parts/time.tsx";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import { deliveryPath, listPath, param } from "./addresses.ts";
import { Attempts } from "./attempts.tsx";
import { InactiveNote } from "./inactive-note.tsx";
import { type Delivery, isHeld, nextOf, stateOf, type Webhook } from "./meaning.ts";
import { SentRequestCard } from "./sent-request.tsx";
import { TimelineFigure } from "./timeline-figure.tsx";

export const showDelivery = page({ path: "/portal/{workspace}/deliveries/{delivery}", scope: "read" }, (context) =>
  deliveryPage(context),
);

/** A delivery; `refusal` is why it could not be sent again just now. */
export async function deliveryPage(context: PageContext, refusal: Problem | null = null) {
  const id = param(context, "delivery");
  const path = `/deliveries/${encodeURIComponent(id)}`;
  const delivery = await context.api.one(path, DeliveryView);
  const webhookPath = `/webhooks/${delivery.webhook_id}`;
  const webhook = await context.api.one(webhookPath, WebhookView);
  const polling = delivery.status === "pending" ? pollingOf(context, delivery) : {};
  return (
    <Page
      title={delivery.event}
      lead={<>A delivery to {nameOfWebhook(webhook)}</>}
      crumbs={[
        { name: "Webhooks", path: inWorkspace(context, "/webhooks") },
        { name: nameOfWebhook(webhook), path: ofWebhook(context, webhook) },
        { name: "Deliveries", path: listPath(context, webhook.id) },
      ]}
      actions={
        context.can("manage") &&
        delivery.status !== "expired" && (
          <ActionButton to={`${deliveryPath(context, id)}/redeliver`} kind="primary" label="Redeliver" />
        )
      }
    >
      {refusal?.code === "webhook_inactive" ? (
        <InactiveNote webhook={webhook} tried />
      ) : (
        <ErrorSummary problem={refusal} />
      )}
      <div id="live" class="stack" data-live {...polling}>
        <div class="columns">
          <div class="stack">
            <TimelineCard delivery={delivery} webhook={webhook} />
            <Attempts delivery={delivery} />
          </div>
          <Facts delivery={delivery} webhook={webhook} />
        </div>
        {delivery.status !== "expired" && <SentRequestCard request={delivery.request} />}
      </div>
    </Page>
  );
}

/** An attempt that is near is looked for more often than one that is hours away. */
const NEAR_MS = 30_000;

/** What is pending changes by itself. */
function pollingOf(context: PageContext, delivery: Delivery): Record<string, string> {
  const due = delivery.next_attempt_at === null ? context.now : Date.parse(delivery.next_attempt_at);
  const every = due - context.now < NEAR_MS ? "2s" : "15s";
  return {
    "hx-get": deliveryPath(context, delivery.id),
    "hx-trigger": `every ${every}`,
    "hx-select": "#live",
    "hx-swap": "outerMorph",
  };
}

type DeliveryProps = { delivery: Delivery; webhook: Webhook };

function TimelineCard({ delivery, webhook }: DeliveryProps) {
  const context = usePageContext();
  return (
    <section class="card" aria-labelledby="timeline">
      <div class="card-head">
        <h2 id="timeline">Timeline</h2>
        <DeliveryBadge status={delivery.status} />
        {delivery.next_attempt_at !== null && (
          <span class="right">
            {nextOf(delivery)} <Countdown to={delivery.next_attempt_at} />
          </span>
        )}
      </div>
      <div class="card-body stack-s">
        <p>{stateOf(delivery, webhook)}</p>
        {isHeld(delivery, webhook) && (
          <p>
            <a href={ofWebhook(context, webhook)}>
              {webhook.status === "paused" ? "Resume the webhook" : "See why it was disabled, and enable it"}
            </a>
          </p>
        )}
        {delivery.waiting_for_endpoint && (
          <p>
            <a href={ofWebhook(context, webhook)}>See why the webhook is failing, and probe it</a>
          </p>
        )}
        {delivery.attempts.length > 0 && <TimelineFigure delivery={delivery} now={context.now} />}
      </div>
    </section>
  );
}

function Facts({ delivery, webhook }: DeliveryProps) {
  const context = usePageContext();
  return (
    <section class="card" aria-labelledby="facts">
      <div class="card-head">
        <h2 id="facts">Facts</h2>
      </div>
      <dl class="card-body facts">
        <dt>Delivery</dt>
        <dd class="mono">{delivery.id}</dd>
        <dt>Event</dt>
        <dd>
          <a class="mono" href={inWorkspace(context, `/events/${encodeURIComponent(delivery.event_id)}`)}>
            {delivery.event_id}
          </a>
        </dd>
        <dt>Webhook</dt>
        <dd>
          <a href={ofWebhook(context, webhook)}>{nameOfWebhook(webhook)}</a>
        </dd>
        <dt>Attempts</dt>
        <dd>{delivery.attempts.length}</dd>
        <dt>Duration</dt>
        <dd>{duration(delivery.duration_ms)}</dd>
        <dt>Created</dt>
        <dd>
          <Exact at={delivery.created_at} />
        </dd>
        <dt>Completed</dt>
        <dd>{delivery.completed_at === null ? <span class="quiet">–</span> : <Exact at={delivery.completed_at} />}</dd>
        {delivery.next_attempt_at !== null && (
          <>
            <dt>{nextOf(delivery)}</dt>
            <dd>
              <Exact at={delivery.next_attempt_at} />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
