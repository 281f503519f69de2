import type * as z from "zod";
import { EventRow } from "../../../api/events/representation.ts";
import type { ListResult } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { addressWith, inWorkspace, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Code } from "../../parts/code.tsx";
import { ErrorSummary } from "../../parts/form.tsx";
import { Plus } from "../../parts/icons.tsx";
import { withWays } from "../../parts/json-field.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { catalogueOf } from "../event-types/catalogue.ts";
import { publishCommand } from "./curl.ts";
import { FILTERS, FilterForm, isFiltered } from "./filter-form.tsx";
import { momentOf } from "./filters.ts";
import { happenedBefore } from "./moments.ts";
import { beginning, payloadsOf } from "./payload-text.ts";

type Row = z.infer<typeof EventRow>;

/** Of a payload, as many characters are shown. */
const LOOK = 80;

export const listEventsPage = page({ path: "/portal/{workspace}/events", scope: "read" }, async (context) => {
  const found = await find(context);
  // A script that renews the list has no use for the filters.
  if (context.fragment) return <List found={found} />;
  const names = (await catalogueOf(context)).map(({ name }) => name);
  return (
    <Page
      title="Events"
      lead="What was published, newest first. Open an event to see where it went, and why a webhook did not get it."
      actions={
        <>
          {mayGrow(context, found) && <span class="live">Live</span>}
          {context.can("publish") && <PublishButton />}
        </>
      }
    >
      <ErrorSummary problem={found.problem} />
      <div class="card">
        <FilterForm types={[...new Set(names)]} problem={found.problem} />
        <List found={found} />
      </div>
    </Page>
  );
});

/** What the address asks for; with a problem where it asks for something that cannot be. */
async function find(context: PageContext): Promise<ListResult<Row>> {
  const found = await context.api.search("/events", EventRow, {
    event: queryParam(context, "event"),
    since: momentOf(queryParam(context, "since"), "first"),
    until: momentOf(queryParam(context, "until"), "last"),
    search: queryParam(context, "search").trim(),
    cursor: queryParam(context, "cursor"),
  });
  return { ...found, problem: withWays(found.problem, FILTERS) };
}

/** Whether there may be more of it in a moment: what ended in the past, or is further back, does not change. */
function mayGrow(context: PageContext, { problem }: ListResult<Row>): boolean {
  const until = Date.parse(momentOf(queryParam(context, "until"), "last"));
  return problem === null && queryParam(context, "cursor") === "" && !(until < context.now);
}

function List({ found }: { found: ListResult<Row> }) {
  const context = usePageContext();
  const payloads = payloadsOf(found.text);
  const live = mayGrow(context, found)
    ? {
        "hx-get": addressWith(context, { done: null }),
        "hx-trigger": "every 3s",
        "hx-select": "#live",
        "hx-swap": "outerMorph",
      }
    : {};
  return (
    <div id="live" data-live {...live}>
      {found.rows.length === 0 ? (
        <Nothing found={found} />
      ) : (
        <Table label="Events">
          <thead>
            <tr>
              <th>Event</th>
              <th class="wide-only">Payload</th>
              <th class="wide-only">Channels</th>
              <th>Published</th>
            </tr>
          </thead>
          <tbody>
            {found.rows.map((event, index) => (
              <EventLine event={event} payload={payloads[index] ?? ""} />
            ))}
          </tbody>
        </Table>
      )}
      <Pager next={found.next} />
    </div>
  );
}

function EventLine({ event, payload }: { event: Row; payload: string }) {
  const context = usePageContext();
  return (
    <tr id={event.id} data-row={event.id}>
      <td class="main">
        <a class="row-link clip" href={inWorkspace(context, `/events/${event.id}`)}>
          {event.event}
        </a>
        <code class="small quiet clip">{event.id}</code>
      </td>
      <td class="look wide-only">
        <code class="quiet clip">{beginning(payload, LOOK)}</code>
      </td>
      <td class="wide-only channels">
        {event.channels.length === 0 ? (
          <span class="quiet">–</span>
        ) : (
          event.channels.map((channel) => (
            <>
              <span class="tag">{channel}</span>{" "}
            </>
          ))
        )}
      </td>
      <td>
        <Ago at={event.published_at} />
        {happenedBefore(event) && (
          <span class="small quiet happened">
            happened <Ago at={event.timestamp} />
          </span>
        )}
      </td>
    </tr>
  );
}

function Nothing({ found }: { found: ListResult<Row> }) {
  const context = usePageContext();
  if (found.problem) {
    return (
      <Empty title="Nothing was looked for">
        <p>Correct the filter above, then filter again.</p>
      </Empty>
    );
  }
  if (found.next !== null) {
    return (
      <Empty title="None among the events looked through so far">
        <p>Older ones were not looked through yet: go on with Older, or narrow the time down.</p>
      </Empty>
    );
  }
  if (isFiltered(context) || queryParam(context, "cursor") !== "") {
    return (
      <Empty title="No event matches">
        <p>Nothing that is kept was published with this type, time and id.</p>
        <a class="button" href={inWorkspace(context, "/events")}>
          Show all events
        </a>
      </Empty>
    );
  }
  return <FirstSteps />;
}

function FirstSteps() {
  const context = usePageContext();
  const origin = context.url.origin;
  return (
    <Empty title="No event yet">
      <p>
        Your product publishes an event when something happens. Posthorn keeps it, and sends it to every webhook that
        subscribed to its type. This publishes one:
      </p>
      <div class="first-steps">
        <Code text={publishCommand(origin, context.workspace?.id ?? 0)} label="the command" />
      </div>
      <p>
        <code>$TOKEN</code> is a token with the scope <code>publish</code>.{" "}
        {context.can("admin") ? (
          <a href={inWorkspace(context, "/tokens")}>Create one under Tokens</a>
        ) : (
          "Ask your admin for one"
        )}
        . The <a href={inWorkspace(context, "/event-types")}>event catalogue</a> has the types. Events appear here as
        they are published.
      </p>
    </Empty>
  );
}

function PublishButton() {
  const context = usePageContext();
  return (
    <a class="button primary" href={inWorkspace(context, "/events/new")}>
      <Plus /> Publish an event
    </a>
  );
}
