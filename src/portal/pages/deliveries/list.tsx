import type { Child } from "hono/jsx";
import type * as z from "zod";
import { DeliveryRow } from "../../../api/deliveries/representation.ts";
import type { ListResult } from "../../api.ts";
import {
  addressWith,
  inWorkspace,
  type PageContext,
  PageContextProvider,
  queryParam,
  useHref,
  usePageContext,
} from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { LinkButton, Quiet, renewed } from "../../parts/card.tsx";
import { fieldValueOf, instantOf } from "../../parts/dates.ts";
import { Filters, isFiltered, unfiltered, zoned } from "../../parts/fields.tsx";
import { Form } from "../../parts/form.tsx";
import { Answered, DeliveryBadge } from "../../parts/status.tsx";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago, Countdown, duration } from "../../parts/time.tsx";
import { WebhookPage, webhookPath } from "../../parts/webhook-head.tsx";
import { isFailing, loadWebhook, pathOf, type Webhook } from "../webhook/load.ts";
import { deliveryPath, InactiveNote, isHeld, shortId, wordOf } from "./meaning.tsx";

type Row = z.infer<typeof DeliveryRow>;

/** What a list of deliveries can be narrowed to; each is a parameter of the page's address. */
const FILTERS = ["status", "event", "search", "since", "until"] as const;

/** In people's words: what is pending is told apart by whether it has failed before, and by whether its webhook is active. */
const statusesOf = ({ status }: Webhook) => [
  { value: "", name: "any" },
  { value: "pending", name: status === "active" ? "waiting or failing" : "held" },
  { value: FAILING, name: "failing" },
  { value: "delivered", name: "delivered" },
  { value: "failed", name: "given up" },
  { value: "expired", name: "expired" },
];
const FAILING = "failing";

/** The same for the API. */
const statusQuery = (status: string) =>
  status === FAILING ? { status: "pending", failed_attempts: "true" } : { status };

export const listDeliveriesPage = page(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries", scope: "read" },
  (context) => deliveriesPage(context),
);

/** The list; `above` is what is to be said about something that was just tried. */
export async function deliveriesPage(asking: PageContext, above?: Child) {
  // A form that was refused shows the list at an address that is not the list's.
  const list = inWorkspace(asking, pathOf(asking, "/deliveries"));
  const context = { ...asking, url: new URL(list + asking.url.search, asking.url) };
  const filter = filterOf(context);
  const [webhook, found, failing] = await Promise.all([
    loadWebhook(context),
    context.api.search(pathOf(context, "/deliveries"), DeliveryRow, {
      ...filter,
      ...statusQuery(filter.status),
      since: instantOf(filter.since, "first"),
      until: instantOf(filter.until, "last"),
      cursor: queryParam(context, "cursor"),
    }),
    isFailing(context),
  ]);
  const { rows, problem } = found;
  const subscribed = webhook.events.filter((name) => !name.includes("*"));
  const types = [...new Set([...subscribed, ...rows.map((row) => row.event)])];
  const to = `${pathOf(context, "/deliveries/redeliver")}${context.url.search}`;
  return (
    <PageContextProvider value={context}>
      <WebhookPage
        webhook={webhook}
        failing={failing}
        current="deliveries"
        actions={context.can("manage") && <LinkButton to={pathOf(context, "/replay")} label="Replay a time range" />}
      >
        {above ?? <InactiveNote webhook={webhook} tried={false} />}
        <div class="card">
          <div class="card-head">
            <FilterForm webhook={webhook} filter={filter} types={types} problem={problem} />
          </div>
          <Form to={to} label="Deliveries">
            <div id="live" class="listed" data-live {...renewedList(context, problem === null)}>
              <Toolbar some={rows.length > 0} />
              {rows.length > 0 ? <Rows webhook={webhook} rows={rows} /> : <NoRows webhook={webhook} found={found} />}
              <Pager next={found.next} />
            </div>
          </Form>
        </div>
      </WebhookPage>
    </PageContextProvider>
  );
}

/** What was asked for, as it was typed. */
type Filter = Record<(typeof FILTERS)[number], string>;

function filterOf(context: Pick<PageContext, "url">): Filter {
  const of = (name: (typeof FILTERS)[number]): string => queryParam(context, name).trim();
  return { status: of("status"), event: of("event"), search: of("search"), since: of("since"), until: of("until") };
}

type FilterProps = { webhook: Webhook; filter: Filter; types: readonly string[]; problem: ListResult<Row>["problem"] };

/** @param types to choose from while one types */
function FilterForm({ webhook, filter, types, problem }: FilterProps) {
  const live = queryParam(usePageContext(), "live");
  const since = { value: fieldValueOf(filter.since), kind: "datetime-local" } as const;
  const until = { value: fieldValueOf(filter.until), kind: "datetime-local" } as const;
  return (
    <Filters
      class="filters deliveries-filter"
      label="Filter deliveries"
      problem={problem}
      of={[
        { name: "status", label: "Status", kind: "select", options: statusesOf(webhook) },
        { name: "event", label: "Event", kind: "search", list: "event-types", suggestions: types },
        { name: "search", label: "In the id", kind: "search" },
        { name: "since", label: zoned("From"), ...since },
        { name: "until", label: zoned("To"), ...until },
      ]}
    >
      {live === "off" && <input type="hidden" name="live" value="off" />}
    </Filters>
  );
}

/** Whether the page renews itself: its first page does, unless somebody has paused it. */
const isLive = (context: PageContext): boolean =>
  queryParam(context, "cursor") === "" && queryParam(context, "live") !== "off";

/** The first page asks for itself again and again; an older one would only move under its reader. */
const renewedList = (context: PageContext, readable: boolean) =>
  renewed(addressWith(context, { done: null }), readable && isLive(context) ? "3s" : null);

function Toolbar({ some }: { some: boolean }) {
  const context = usePageContext();
  const live = isLive(context);
  return (
    <div class="toolbar">
      {queryParam(context, "cursor") === "" && (
        <>
          <span class={live ? "live" : "quiet small"}>{live ? "Live" : "Not live"}</span>
          <a class="small" href={addressWith(context, { live: live ? "off" : null, done: null })}>
            {live ? "Pause the list" : "Go live"}
          </a>
        </>
      )}
      {some && context.can("manage") && (
        <span class="right row">
          <span class="small quiet wide-only">
            <span data-chosen>0</span> selected
          </span>
          <button type="submit" class="small">
            Redeliver selected
          </button>
        </span>
      )}
    </div>
  );
}

/** The list as a table of fixed columns: what changes in it moves nothing beside it. */
function Rows({ webhook, rows }: { webhook: Webhook; rows: readonly Row[] }) {
  const choosable = usePageContext().can("manage");
  return (
    <DataTable
      label="Deliveries"
      class="deliveries"
      rows={rows}
      row={({ id }) => ({ id: `d-${id}`, "data-row": id })}
      columns={[
        choosable && { head: <input type="checkbox" data-all aria-label="Select all on this page" />, ...CHOICE },
        { head: "Status", class: "c-status", cell: (row) => <DeliveryBadge state={wordOf(row, webhook)} /> },
        { head: "Event", class: "c-event", cell: (row) => <Event row={row} /> },
        { head: "Delivery", class: "c-id", td: "mono quiet", title: ({ id }) => id, cell: ({ id }) => shortId(id) },
        { head: "Attempts", class: "c-num num", td: "num", cell: ({ attempts }) => attempts },
        {
          head: "Last answer",
          class: "c-answer",
          cell: ({ last_status, last_error }) => <Answered status={last_status} error={last_error} />,
        },
        { head: "Duration", class: "c-num num", td: "num", cell: ({ duration_ms }) => duration(duration_ms) },
        { head: "Created", class: "c-time", cell: ({ created_at }) => <Ago at={created_at} /> },
        { head: "Next attempt", class: "c-next", cell: (row) => <Next webhook={webhook} row={row} /> },
      ]}
    />
  );
}

const CHOICE = {
  class: "c-box",
  cell: ({ id }: Row) => (
    <input type="checkbox" name="delivery" value={id} data-each aria-label={`Select ${shortId(id)}`} />
  ),
};

const Event = ({ row: { id, event } }: { row: Row }) => (
  <a
    class="row-link clip"
    href={useHref(deliveryPath(id))}
    title={event}
    aria-label={`${event}, delivery ${shortId(id)}`}
  >
    {event}
  </a>
);

function Next({ webhook, row }: { webhook: Webhook; row: Row }) {
  if (row.next_attempt_at !== null) {
    const countdown = <Countdown to={row.next_attempt_at} />;
    if (!row.waiting_for_endpoint) return countdown;
    return <span title="It waits for the endpoint, which is failing, until a probe succeeds">probe {countdown}</span>;
  }
  if (row.status !== "pending") return <Quiet />;
  return isHeld(row, webhook) ? <span title={`The webhook is ${webhook.status}`}>held</span> : <span>on its way</span>;
}

/** Why the list is empty, and what to do first. */
function NoRows({ webhook, found }: { webhook: Webhook; found: ListResult<Row> }) {
  const context = usePageContext();
  const all = <a href={unfiltered(context, FILTERS)}>Show all deliveries</a>;
  if (found.problem) {
    return (
      <Empty title="The filter cannot be read" text="Correct the marked field above, or show all deliveries.">
        {all}
      </Empty>
    );
  }
  if (found.next !== null) {
    return (
      <Empty
        title="Nothing found so far"
        text="Many deliveries were looked through, and older ones are left. Go on with “Older”, or narrow the time."
      />
    );
  }
  if (queryParam(context, "status") === "failed") {
    const failing = addressWith(context, { status: FAILING, cursor: null, done: null });
    return (
      <Empty title="None was given up" text="What has failed and is tried again by itself is failing, not given up.">
        <a href={failing}>Show what is failing</a>
        {all}
      </Empty>
    );
  }
  if (isFiltered(context, FILTERS) || queryParam(context, "cursor") !== "") {
    return (
      <Empty
        title="No delivery matches"
        text="There are none with all that the filter asks for. Take something away from it, or show all deliveries."
      >
        {all}
      </Empty>
    );
  }
  return (
    <Empty
      title="No deliveries yet"
      text="A delivery appears here as soon as an event is published that this webhook subscribes to. A test event shows whether the receiver answers."
    >
      {context.can("manage") && webhook.status === "active" && (
        <button type="submit" class="primary" formaction={useHref(webhookPath(webhook.id, "/deliveries/test"))}>
          Send a test event
        </button>
      )}
    </Empty>
  );
}
