import type * as z from "zod";
import { EventPage, type EventView } from "../../../api/events/representation.ts";
import { Page } from "../../frame.tsx";
import { addressWith, inWorkspace, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Json } from "../../parts/code.tsx";
import { Pager } from "../../parts/table.tsx";
import { Ago, Exact } from "../../parts/time.tsx";
import { allWebhooks, type Webhook } from "./all-webhooks.ts";
import { happenedBefore } from "./moments.ts";
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
      crumbs={[{ name: "Events", path: inWorkspace(context, "/events") }]}
      actions={<Actions event={event} />}
    >
      <div class="columns">
        <div class="stack">
          {where}
          <section class="card" aria-labelledby="payload">
            <div class="card-head">
              <h2 id="payload">Payload</h2>
            </div>
            <div class="card-body">
              <Json text={payloadOf(text)} label="the payload" />
            </div>
          </section>
        </div>
        <Facts event={event} />
      </div>
    </Page>
  );
});

const Id = ({ id }: { id: string }) => (
  <>
    <code class="break">{id}</code>{" "}
    <button type="button" class="small plain" data-copy={id} aria-label="Copy the id">
      Copy
    </button>
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

interface Whereabouts {
  event: Event;
  /** Where its further webhooks are. */
  next: string | null;
  byId: ReadonlyMap<string, Webhook>;
}

function Where({ event, next, byId }: Whereabouts) {
  const context = usePageContext();
  const every = lookAgain(context, event);
  const live = every
    ? {
        "hx-get": addressWith(context, { done: null }),
        "hx-trigger": `every ${every}`,
        "hx-select": "#live",
        "hx-swap": "outerMorph",
      }
    : {};
  return (
    <div id="live" class="stack" data-live {...live}>
      <SentTo deliveries={event.deliveries} missed={event.not_delivered} byId={byId} />
      <NotSent event={event} byId={byId} />
      <Pager next={next} />
    </div>
  );
}

function Facts({ event }: { event: Event }) {
  const context = usePageContext();
  return (
    <section class="card" aria-labelledby="facts">
      <div class="card-head">
        <h2 id="facts">Facts</h2>
      </div>
      <dl class="card-body facts">
        <dt>Type</dt>
        <dd>
          <a class="mono" href={inWorkspace(context, `/event-types/${encodeURIComponent(event.event)}`)}>
            {event.event}
          </a>
        </dd>
        <dt>Published</dt>
        <dd>
          <Ago at={event.published_at} />
          <br />
          <span class="small quiet">
            <Exact at={event.published_at} />
          </span>
        </dd>
        {happenedBefore(event) && (
          <>
            <dt>Happened</dt>
            <dd>
              <Ago at={event.timestamp} />
              <br />
              <span class="small quiet">
                <Exact at={event.timestamp} />
              </span>
            </dd>
          </>
        )}
        <dt>Channels</dt>
        <dd>{event.channels.length === 0 ? <span class="quiet">none</span> : event.channels.join(", ")}</dd>
      </dl>
    </section>
  );
}

function Actions({ event }: { event: Event }) {
  const context = usePageContext();
  return (
    <a class="button" href={`${inWorkspace(context, "/events")}?event=${encodeURIComponent(event.event)}`}>
      Others of this type
    </a>
  );
}
