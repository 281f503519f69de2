import type * as z from "zod";
import { EventRow } from "../../../api/events/representation.ts";
import { list } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { page } from "../../page-route.ts";
import { Code } from "../../parts/code.tsx";
import { Complaint } from "../../parts/form.tsx";
import { Plus } from "../../parts/icons.tsx";
import { withWays } from "../../parts/json-field.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { addressWith, apiPath, asked, inWorkspace, type Visit } from "../../visit.ts";
import { catalogueOf } from "../event-types/catalogue.ts";
import { publishCommand } from "./curl.ts";
import { FILTERS, FilterForm, isFiltered } from "./filter-form.tsx";
import { momentOf } from "./filters.ts";
import { happenedBefore } from "./moments.ts";
import { beginning, payloadsOf } from "./payload-text.ts";

type Row = z.infer<typeof EventRow>;
type Found = { rows: Row[]; payloads: string[]; next: string | null; problem: Problem | null };

/** Of a payload, as many characters are shown. */
const LOOK = 80;

export const listEventsPage = page({ path: "/portal/{workspace}/events", scope: "read" }, async (visit) => {
  const found = await find(visit);
  // A script that renews the list has no use for the filters.
  if (visit.fragment) return <List visit={visit} found={found} />;
  const names = (await catalogueOf(visit)).map(({ name }) => name);
  return (
    <Page
      visit={visit}
      title="Events"
      lead="What was published, newest first. Open an event to see where it went, and why a webhook did not get it."
      actions={
        <>
          {mayGrow(visit, found) && <span class="live">Live</span>}
          {visit.can("publish") && <PublishButton visit={visit} />}
        </>
      }
    >
      <Complaint problem={found.problem} />
      <div class="card">
        <FilterForm visit={visit} types={[...new Set(names)]} problem={found.problem} />
        <List visit={visit} found={found} />
      </div>
    </Page>
  );
});

/** What the address asks for; with a problem where it asks for something that cannot be. */
async function find(visit: Visit): Promise<Found> {
  try {
    const { answer, text } = await visit.api.getExact(apiPath(visit, "/events"), list(EventRow), {
      event: asked(visit, "event"),
      since: momentOf(asked(visit, "since"), "first"),
      until: momentOf(asked(visit, "until"), "last"),
      search: asked(visit, "search").trim(),
      cursor: asked(visit, "cursor"),
    });
    return { rows: answer.data, payloads: payloadsOf(text), next: answer.next_cursor, problem: null };
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 422) throw error;
    return { rows: [], payloads: [], next: null, problem: withWays(error.problem, FILTERS) };
  }
}

/** Whether there may be more of it in a moment: what ended in the past, or is further back, does not change. */
function mayGrow(visit: Visit, { problem }: Found): boolean {
  const until = Date.parse(momentOf(asked(visit, "until"), "last"));
  return problem === null && asked(visit, "cursor") === "" && !(until < visit.now);
}

function List({ visit, found }: { visit: Visit; found: Found }) {
  const live = mayGrow(visit, found)
    ? {
        "hx-get": addressWith(visit, { done: null }),
        "hx-trigger": "every 3s",
        "hx-select": "#live",
        "hx-swap": "outerMorph",
      }
    : {};
  return (
    <div id="live" data-live {...live}>
      {found.rows.length === 0 ? (
        <Nothing visit={visit} found={found} />
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
              <EventLine visit={visit} event={event} payload={found.payloads[index] ?? ""} />
            ))}
          </tbody>
        </Table>
      )}
      <Pager visit={visit} next={found.next} />
    </div>
  );
}

function EventLine({ visit, event, payload }: { visit: Visit; event: Row; payload: string }) {
  return (
    <tr id={event.id} data-row={event.id}>
      <td class="main">
        <a class="row-link clip" href={inWorkspace(visit, `/events/${event.id}`)}>
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
        <Ago at={event.published_at} now={visit.now} />
        {happenedBefore(event) && (
          <span class="small quiet happened">
            happened <Ago at={event.timestamp} now={visit.now} />
          </span>
        )}
      </td>
    </tr>
  );
}

function Nothing({ visit, found }: { visit: Visit; found: Found }) {
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
  if (isFiltered(visit) || asked(visit, "cursor") !== "") {
    return (
      <Empty title="No event matches">
        <p>Nothing that is kept was published with this type, time and id.</p>
        <a class="button" href={inWorkspace(visit, "/events")}>
          Show all events
        </a>
      </Empty>
    );
  }
  return <FirstSteps visit={visit} />;
}

function FirstSteps({ visit }: { visit: Visit }) {
  const origin = visit.url.origin;
  return (
    <Empty title="No event yet">
      <p>
        Your product publishes an event when something happens. Posthorn keeps it, and sends it to every webhook that
        subscribed to its type. This publishes one:
      </p>
      <div class="first-steps">
        <Code text={publishCommand(origin, visit.workspace?.id ?? 0)} label="the command" />
      </div>
      <p>
        <code>$TOKEN</code> is a token with the scope <code>publish</code>.{" "}
        {visit.can("admin") ? (
          <a href={inWorkspace(visit, "/tokens")}>Create one under Tokens</a>
        ) : (
          "Ask your admin for one"
        )}
        . The <a href={inWorkspace(visit, "/event-types")}>event catalogue</a> has the types. Events appear here as they
        are published.
      </p>
    </Empty>
  );
}

function PublishButton({ visit }: { visit: Visit }) {
  return (
    <a class="button primary" href={inWorkspace(visit, "/events/new")}>
      <Plus /> Publish an event
    </a>
  );
}
