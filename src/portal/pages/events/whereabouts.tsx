import type * as z from "zod";

import type { EventView, NotDelivered } from "../../../api/events/representation.ts";
import { Card, Link, Note, RowName } from "../../parts/card.tsx";

import { Badge, DeliveryBadge, deliveryState } from "../../parts/status.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import type { Webhook } from "../webhook/load.ts";

type Event = z.infer<typeof EventView>;
type Delivery = Event["deliveries"][number];
type ById = ReadonlyMap<string, Webhook>;

/** More webhooks that did not get an event than these are folded away. */
const SHOWN = 20;

/** The webhooks that an event went to, and how it went. */
export function SentTo({
  deliveries,
  missed,
  isPart,
  byId,
}: {
  deliveries: Event["deliveries"];
  missed: Event["not_delivered"];
  /** Whether there are webhooks on other pages. */
  isPart: boolean;
  byId: ById;
}) {
  const none = isPart ? "It went to none of these webhooks: see why below." : "It went to no webhook: see why below.";
  const head = isPart ? `${summary(deliveries) || "none"} on this page of webhooks` : summary(deliveries);
  return (
    <Card id="sent-to" title="Where it went" head={<Note>{head}</Note>} body={null}>
      {deliveries.length === 0 ? (
        <div class="card-body">
          <p>{missed.length === 0 ? "There was no webhook to send it to." : none}</p>
        </div>
      ) : (
        <ul class="entries">
          {deliveries.map((delivery) => (
            <Entry delivery={delivery} webhook={byId.get(delivery.webhook_id)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

type EntryProps = { delivery: Delivery; webhook: Webhook | undefined };

function Entry({ delivery, webhook }: EntryProps) {
  const attempts = (
    <>
      Attempts
      <span class="visually-hidden"> of the delivery to {webhook ? nameOfWebhook(webhook) : delivery.webhook_id}</span>
    </>
  );
  return (
    <li id={delivery.delivery_id}>
      <div class="what">
        <WebhookLink id={delivery.webhook_id} webhook={webhook} />
      </div>
      <Status delivery={delivery} webhook={webhook} />
      <Link to={`/deliveries/${delivery.delivery_id}`} label={attempts} />
    </li>
  );
}

/** A webhook by its name and URL. The one that is in no list is where the workspace's notifications go. */
export function WebhookLink({ id, webhook }: { id: string; webhook: Webhook | undefined }) {
  return webhook ? (
    <RowName to={`/webhooks/${id}`} name={nameOfWebhook(webhook)} below={webhook.url} />
  ) : (
    <>
      <span class="clip">The workspace's notifications</span>
      <code class="small quiet clip">{id}</code>
    </>
  );
}

/** How many there are in each state. */
function summary(deliveries: Event["deliveries"]): string {
  const states = deliveries.map(({ status, held }) => deliveryState(status, { held }));
  return (["delivered", "waiting", "held", "given up", "expired"] as const)
    .map((state) => [states.filter((each) => each === state).length, state] as const)
    .filter(([many]) => many > 0)
    .map(([many, state]) => `${many} ${state}`)
    .join(" · ");
}

function Status({ delivery, webhook }: EntryProps) {
  const path = `/webhooks/${webhook?.id}`;
  if (!delivery.held) {
    return (
      <div class="stack-s why">
        <span>
          <DeliveryBadge state={deliveryState(delivery.status)} />
        </span>
        {delivery.waiting_for_endpoint && (
          <Note>It waits for the webhook, which is failing. {webhook && <Link to={path} label="See why" />}</Note>
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
      <Note>
        The webhook is {inactive}. {webhook && <Link to={path} label={`${verb} it`} />}
        {webhook ? ", and this goes out." : "It goes out when it is active again."}
      </Note>
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
    <Card
      id="not-sent"
      title="Where it did not go"
      head={<Note>By today's settings: a webhook that was changed since may have had another reason.</Note>}
      body={null}
    >
      {not_delivered.length > SHOWN ? (
        <details class="more" id="not-sent-all">
          <summary class="card-body">Show {not_delivered.length} webhooks</summary>
          {entries}
        </details>
      ) : (
        entries
      )}
    </Card>
  );
}

const listed = (words: readonly string[]): string => words.join(", ");

/** Why a webhook has no delivery of an event, for people, and what would change it. */
function reasonOf(reason: NotDelivered, event: Event, webhook: Webhook | undefined): string {
  switch (reason) {
    case "created_later":
      return "The webhook was added after this event was published. A webhook gets what is published from then on.";
    case "not_subscribed":
      return `It does not subscribe to ${event.event}${webhook ? `, only to ${listed(webhook.events)}` : ""}. Add the type to its events to get the next ones.`;
    case "other_channel":
      return `It listens to ${webhook ? `the channels ${listed(webhook.channels)}` : "other channels"} only, and the event ${
        event.channels.length === 0 ? "has none" : `was published to ${listed(event.channels)}`
      }.`;
    case "expired":
      return "A delivery would be older than what is kept. Whether there was one is not known any more.";
    case "unknown":
      return "Its settings do not say why. It may be about to arrive, the webhook was changed since, or the delivery was let go of to make room.";
  }
}
