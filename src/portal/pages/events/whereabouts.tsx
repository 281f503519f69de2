import type * as z from "zod";
import type { EventView } from "../../../api/events/representation.ts";
import { inWorkspace, usePageContext } from "../../page-context.ts";
import { Badge, DeliveryBadge } from "../../parts/status.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import type { Webhook } from "./all-webhooks.ts";
import { reasonOf } from "./reasons.ts";
import { WebhookLink } from "./webhook-link.tsx";

type Event = z.infer<typeof EventView>;
type Delivery = Event["deliveries"][number];
type ById = ReadonlyMap<string, Webhook>;

/** More webhooks that did not get an event than these are folded away. */
const SHOWN = 20;

/** The webhooks that an event went to, and how it went. */
export function SentTo({
  deliveries,
  missed,
  byId,
}: {
  deliveries: Event["deliveries"];
  missed: Event["not_delivered"];
  byId: ById;
}) {
  const context = usePageContext();
  return (
    <section class="card" aria-labelledby="sent-to">
      <div class="card-head">
        <h2 id="sent-to">Where it went</h2>
        <span class="small quiet">{summary(deliveries)}</span>
      </div>
      {deliveries.length === 0 ? (
        <div class="card-body">
          <p>{missed.length === 0 ? "There was no webhook to send it to." : "It went to no webhook: see why below."}</p>
        </div>
      ) : (
        <ul class="entries">
          {deliveries.map((delivery) => {
            const webhook = byId.get(delivery.webhook_id);
            return (
              <li id={delivery.delivery_id}>
                <div class="what">
                  <WebhookLink id={delivery.webhook_id} webhook={webhook} />
                </div>
                <Status delivery={delivery} webhook={webhook} />
                <a href={inWorkspace(context, `/deliveries/${delivery.delivery_id}`)}>
                  Attempts
                  <span class="visually-hidden">
                    {" "}
                    of the delivery to {webhook ? nameOfWebhook(webhook) : delivery.webhook_id}
                  </span>
                </a>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function summary(deliveries: Event["deliveries"]): string {
  return (["delivered", "pending", "failed", "expired"] as const)
    .map((status) => [deliveries.filter((each) => each.status === status).length, status] as const)
    .filter(([many]) => many > 0)
    .map(([many, status]) => `${many} ${status}`)
    .join(" · ");
}

function Status({ delivery, webhook }: { delivery: Delivery; webhook: Webhook | undefined }) {
  const context = usePageContext();
  if (!delivery.held) {
    return (
      <div class="stack-s why">
        <span>
          <DeliveryBadge status={delivery.status} />
        </span>
        {delivery.waiting_for_endpoint && (
          <span class="small quiet">
            It waits for the webhook, which is failing.{" "}
            {webhook && <a href={inWorkspace(context, `/webhooks/${webhook.id}`)}>See why</a>}
          </span>
        )}
      </div>
    );
  }
  const inactive = webhook?.status === "disabled" ? "disabled" : "paused";
  const verb = inactive === "disabled" ? "Enable" : "Resume";
  return (
    <div class="stack-s why">
      <span>
        <Badge tone="warn">held</Badge>
      </span>
      <span class="small quiet">
        The webhook is {inactive}. {webhook && <a href={inWorkspace(context, `/webhooks/${webhook.id}`)}>{verb} it</a>}
        {webhook ? ", and this goes out." : "It goes out when it is active again."}
      </span>
    </div>
  );
}

/** The webhooks that did not get it, and why. */
export function NotSent({ event, byId }: { event: Event; byId: ById }) {
  const { not_delivered } = event;
  if (not_delivered.length === 0) return null;
  const entries = (
    <ul class="entries">
      {not_delivered.map(({ webhook_id, reason }) => (
        <li id={webhook_id}>
          <div class="what">
            <WebhookLink id={webhook_id} webhook={byId.get(webhook_id)} />
          </div>
          <p class="why break">{reasonOf(reason, event, byId.get(webhook_id))}</p>
        </li>
      ))}
    </ul>
  );
  return (
    <section class="card" aria-labelledby="not-sent">
      <div class="card-head">
        <h2 id="not-sent">Where it did not go</h2>
        <span class="small quiet">
          By today's settings: a webhook that was changed since may have had another reason.
        </span>
      </div>
      {not_delivered.length > SHOWN ? (
        <details class="more" id="not-sent-all">
          <summary class="card-body">Show {not_delivered.length} webhooks</summary>
          {entries}
        </details>
      ) : (
        entries
      )}
    </section>
  );
}
