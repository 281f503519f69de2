import type * as z from "zod";
import { EventPage, type EventView } from "../../../api/events/representation.ts";
import { Page } from "../../frame.tsx";
import { addressWith, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, FactsCard, Link, LinkButton, Quiet, renewed } from "../../parts/card.tsx";
import { CopyButton, Json } from "../../parts/code.tsx";
import { Pager } from "../../parts/table.tsx";
import { Ago, Exact } from "../../parts/time.tsx";
import { allWebhooks, type Webhook } from "../webhook/load.ts";
import { payloadOf } from "./payload-text.ts";
import { NotSent, SentTo } from "./whereabouts.tsx";

type Event = z.infer<typeof EventView>;

/** So long after its publication an event may still be on its way to a webhook that has no delivery of it. */
const ARRIVING_MS = 20_000;

export const eventPage = page({ path: "/portal/{workspace}/events/{event}", scope: "read" }, async (context) => {
  const path = `/events/${encodeURIComponent(context.params.event ?? "")}`;
  const [{ answer, text }, webhooks] = await Promise.all([
    context.api.getExact(path, EventPage, { cursor: queryParam(context, "cursor") }),
    allWebhooks(context),
  ]);
  const event = answer.data;
  const byId = new Map(webhooks.map((webhook) => [webhook.id, webhook]));
  const where = <Where event={event} next={answer.next_cursor} byId={byId} />;
  if (context.fragment) return where;
  return (
    <Page
      title={event.event}
      lead={<Id id={event.id} />}
      crumbs={[{ name: "Events", path: "/events" }]}
      actions={<LinkButton to={`/events?event=${encodeURIComponent(event.event)}`} label="Others of this type" />}
    >
      <div class="columns">
        <div class="stack">
          {where}
          <Card id="payload" title="Payload" body="">
            <Json text={payloadOf(text)} label="the payload" />
          </Card>
        </div>
        <EventFacts event={event} />
      </div>
    </Page>
  );
});

const Id = ({ id }: { id: string }) => (
  <>
    <code class="break">{id}</code> <CopyButton text={id} label="the id" kind="small plain" />
  </>
);

/** How soon it is worth looking again; null where nothing can change by itself. */
function lookAgain(context: PageContext, { deliveries, not_delivered, published_at }: Event): "3s" | "15s" | null {
  const pending = deliveries.filter(({ status }) => status === "pending");
  const young = context.now - Date.parse(published_at) < ARRIVING_MS;
  if (pending.some(({ held }) => !held) || (young && not_delivered.some(({ reason }) => reason === "unknown"))) {
    return "3s";
  }
  // What is held moves when somebody resumes the webhook.
  return pending.length > 0 ? "15s" : null;
}

type WhereProps = {
  event: Event;
  /** Where its further webhooks are. */
  next: string | null;
  byId: ReadonlyMap<string, Webhook>;
};

function Where({ event, next, byId }: WhereProps) {
  const context = usePageContext();
  return (
    <div
      id="live"
      class="stack"
      data-live
      {...renewed(addressWith(context, { done: null }), lookAgain(context, event))}
    >
      <SentTo
        deliveries={event.deliveries}
        missed={event.not_delivered}
        isPart={next !== null || queryParam(context, "cursor") !== ""}
        byId={byId}
      />
      <NotSent event={event} byId={byId} />
      <Pager next={next} />
    </div>
  );
}

/** Between an event and its publication there is always a moment. Longer than this, it is worth telling. */
const WORTH_TELLING_MS = 1000;

/** Whether an event is said to have happened at another time than it was published. */
export const happenedBefore = ({ timestamp, published_at }: { timestamp: string; published_at: string }): boolean =>
  Math.abs(Date.parse(timestamp) - Date.parse(published_at)) > WORTH_TELLING_MS;

const Moment = ({ at }: { at: string }) => (
  <>
    <Ago at={at} />
    <br />
    <span class="small quiet">
      <Exact at={at} />
    </span>
  </>
);

const EventFacts = ({ event }: { event: Event }) => (
  <FactsCard
    id="facts"
    title="Facts"
    of={[
      ["Type", <Link to={`/event-types/${encodeURIComponent(event.event)}`} class="mono" label={event.event} />],
      ["Published", <Moment at={event.published_at} />],
      happenedBefore(event) && ["Happened", <Moment at={event.timestamp} />],
      ["Channels", event.channels.length === 0 ? <Quiet text="none" /> : event.channels.join(", ")],
    ]}
  />
);
