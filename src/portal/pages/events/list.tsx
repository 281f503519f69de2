import type { Child } from "hono/jsx";
import type * as z from "zod";
import { EventRow } from "../../../api/events/representation.ts";
import type { ListResult } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { addressWith, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { Link, LinkButton, Quiet, RowName, renewed } from "../../parts/card.tsx";
import { Code } from "../../parts/code.tsx";
import { fieldValueOf, instantOf } from "../../parts/dates.ts";
import { Filters, isFiltered, zoned } from "../../parts/fields.tsx";
import { withWays } from "../../parts/json-field.ts";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { catalogueOf } from "../event-types/catalogue.ts";
import { eventPage, happenedBefore } from "./detail.tsx";
import { beginning, payloadsOf } from "./payload-text.ts";
import { publishCommand, publishPages } from "./publish.tsx";

type Row = z.infer<typeof EventRow>;

/** Of a payload, as many characters are shown. */
const LOOK = 80;

/** The parameters that narrow the list of events. */
const FILTERS = ["event", "since", "until", "search"] as const;

const listEvents = page({ path: "/portal/{workspace}/events", scope: "read" }, async (context) => {
  const found = await find(context);
  const live = mayGrow(context, found);
  const list = <List found={found} live={live} />;
  // A script that renews the list has no use for the filters.
  if (context.fragment) return list;
  const names = (await catalogueOf(context)).map(({ name }) => name);
  return (
    <Page
      title="Events"
      lead="What was published, newest first. Open an event to see where it went, and why a webhook did not get it."
      actions={
        <>
          {live && <span class="live">Live</span>}
          <LinkButton to="/events/new" kind="primary" label="Publish an event" scope="publish" plus />
        </>
      }
    >
      <div class="card">
        <Filters
          class="filters card-head"
          label="Filter the events"
          problem={found.problem}
          of={[
            {
              ...{ name: "event", label: "Event type", placeholder: "any", spellcheck: false, fieldClass: "grow" },
              ...{ list: "event-types", suggestions: [...new Set(names)] },
            },
            timeField(context, "since", zoned("Published from")),
            timeField(context, "until", zoned("to")),
            {
              ...{ name: "search", label: "Text in the id", kind: "search", placeholder: "evt_…", maxlength: 100 },
              ...{ spellcheck: false, fieldClass: "grow" },
            },
          ]}
        />
        {list}
      </div>
    </Page>
  );
});

const timeField = (context: PageContext, name: string, label: Child) => {
  return { name, label, kind: "datetime-local", value: fieldValueOf(queryParam(context, name)) } as const;
};

/** What the address asks for; with a problem where it asks for something that cannot be. */
async function find(context: PageContext): Promise<ListResult<Row>> {
  const found = await context.api.search("/events", EventRow, {
    event: queryParam(context, "event"),
    since: instantOf(queryParam(context, "since"), "first"),
    until: instantOf(queryParam(context, "until"), "last"),
    search: queryParam(context, "search").trim(),
    cursor: queryParam(context, "cursor"),
  });
  return { ...found, problem: withWays(found.problem, FILTERS) };
}

/** Whether there may be more of it in a moment: what ended in the past, or is further back, does not change. */
function mayGrow(context: PageContext, { problem }: ListResult<Row>): boolean {
  const until = Date.parse(instantOf(queryParam(context, "until"), "last"));
  return problem === null && queryParam(context, "cursor") === "" && !(until < context.now);
}

function List({ found, live }: { found: ListResult<Row>; live: boolean }) {
  const address = addressWith(usePageContext(), { done: null });
  const payloads = payloadsOf(found.text);
  return (
    <div id="live" data-live {...renewed(address, live ? "3s" : null)}>
      {found.rows.length === 0 ? (
        <Nothing found={found} />
      ) : (
        <DataTable
          label="Events"
          rows={found.rows}
          row={({ id }) => ({ id, "data-row": id })}
          columns={[
            {
              head: "Event",
              td: "main",
              cell: ({ id, event }) => <RowName to={`/events/${id}`} name={event} below={id} as="code" />,
            },
            {
              head: "Payload",
              class: "wide-only",
              td: "look wide-only",
              cell: (_, index) => <code class="quiet clip">{beginning(payloads[index] ?? "", LOOK)}</code>,
            },
            {
              head: "Channels",
              class: "wide-only",
              td: "wide-only channels",
              cell: ({ channels }) => (channels.length === 0 ? <Quiet /> : <Channels of={channels} />),
            },
            { head: "Published", cell: (event) => <Published event={event} /> },
          ]}
        />
      )}
      <Pager next={found.next} />
    </div>
  );
}

const Channels = ({ of }: { of: readonly string[] }) => (
  <>
    {of.map((channel) => (
      <>
        <span class="tag">{channel}</span>{" "}
      </>
    ))}
  </>
);

const Published = ({ event }: { event: Row }) => (
  <>
    <Ago at={event.published_at} />
    {happenedBefore(event) && (
      <span class="small quiet happened">
        happened <Ago at={event.timestamp} />
      </span>
    )}
  </>
);

function Nothing({ found }: { found: ListResult<Row> }) {
  const context = usePageContext();
  if (found.problem) {
    return <Empty title="Nothing was looked for" text="Correct the filter above, then filter again." />;
  }
  if (found.next !== null) {
    return (
      <Empty
        title="None among the events looked through so far"
        text="Older ones were not looked through yet: go on with Older, or narrow the time down."
      />
    );
  }
  if (isFiltered(context, FILTERS) || queryParam(context, "cursor") !== "") {
    return (
      <Empty title="No event matches" text="Nothing that is kept was published with this type, time and id.">
        <LinkButton to="/events" label="Show all events" />
      </Empty>
    );
  }
  return <FirstSteps />;
}

function FirstSteps() {
  const context = usePageContext();
  return (
    <Empty title="No event yet">
      <p>
        Your product publishes an event when something happens. Posthorn keeps it, and sends it to every webhook that
        subscribed to its type. This publishes one:
      </p>
      <div class="first-steps">
        <Code text={publishCommand(context)} label="the command" />
      </div>
      <p>
        <code>$TOKEN</code> is a token with the scope <code>publish</code>.{" "}
        {context.can("admin") ? <Link to="/tokens" label="Create one under Tokens" /> : "Ask your admin for one"}. The{" "}
        <Link to="/event-types" label="event catalogue" /> has the types. Events appear here as they are published.
      </p>
    </Empty>
  );
}

export const eventPages: readonly PageRoute[] = [listEvents, ...publishPages, eventPage];
