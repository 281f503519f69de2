import type { Child } from "hono/jsx";
import { DeliveryRow } from "../../../api/deliveries/representation.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import type { ListResult } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { addressWith, type PageContext, PageContextProvider, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Form } from "../../parts/form.tsx";
import { Empty, Pager } from "../../parts/table.tsx";
import { WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { isFailing } from "../webhook/load.ts";
import { isLive, listPath, param, replayPath } from "./addresses.ts";
import { type Filter, filterOf, isNarrow, queryOf } from "./filter.ts";
import { clearedAddress, FilterForm } from "./filter-form.tsx";
import { InactiveNote } from "./inactive-note.tsx";
import type { Webhook } from "./meaning.ts";
import { type Row, Rows } from "./rows.tsx";

export const listDeliveriesPage = page(
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries", scope: "read" },
  (context) => deliveriesPage(context),
);

/** The list; `above` is what is to be said about something that was just tried. */
export async function deliveriesPage(asking: PageContext, above?: Child) {
  // A form that was refused shows the list at an address that is not the list's.
  const { search } = asking.url;
  const context = { ...asking, url: new URL(listPath(asking, param(asking, "webhook")) + search, asking.url) };
  const path = `/webhooks/${encodeURIComponent(param(context, "webhook"))}`;
  const filter = filterOf(context);
  const [webhook, found, failing] = await Promise.all([
    context.api.one(path, WebhookView),
    context.api.search(`${path}/deliveries`, DeliveryRow, {
      ...queryOf(filter),
      cursor: queryParam(context, "cursor"),
    }),
    isFailing(context),
  ]);
  const rows = found.rows;
  const types = [
    ...new Set([...webhook.events.filter((name) => !name.includes("*")), ...rows.map((row) => row.event)]),
  ];
  return (
    <PageContextProvider value={context}>
      <Page
        {...webhookTitle(context, webhook)}
        actions={
          context.can("manage") && (
            <a class="button" href={replayPath(context, webhook.id)}>
              Replay a time range
            </a>
          )
        }
      >
        <WebhookHead webhook={webhook} failing={failing} current="deliveries" />
        {above}
        {!above && <InactiveNote webhook={webhook} tried={false} />}
        <div class="card">
          <div class="card-head">
            <FilterForm filter={filter} types={types} problem={found.problem} />
          </div>
          <Form to={`${listPath(context, webhook.id)}/redeliver${context.url.search}`} label="Deliveries">
            <div id="live" class="listed" data-live {...(found.problem ? {} : polling(context))}>
              <Toolbar some={rows.length > 0} />
              {rows.length > 0 ? (
                <Rows webhook={webhook} rows={rows} choosable={context.can("manage")} />
              ) : (
                <NoRows webhook={webhook} filter={filter} found={found} />
              )}
              <Pager next={found.next} />
            </div>
          </Form>
        </div>
      </Page>
    </PageContextProvider>
  );
}

/** The first page asks for itself again and again; an older one would only move under its reader. */
function polling(context: PageContext): Record<string, string> {
  if (!isLive(context)) return {};
  const address = addressWith(context, { done: null });
  return { "hx-get": address, "hx-trigger": "every 3s", "hx-select": "#live", "hx-swap": "outerMorph" };
}

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

type NoRowsProps = { webhook: Webhook; filter: Filter; found: ListResult<Row> };

/** Why the list is empty, and what to do first. */
function NoRows({ webhook, filter, found }: NoRowsProps) {
  const context = usePageContext();
  if (found.problem) {
    return (
      <Empty title="The filter cannot be read">
        <p>Correct the marked field above, or show all deliveries.</p>
        <a href={clearedAddress(context)}>Show all deliveries</a>
      </Empty>
    );
  }
  if (found.next !== null) {
    return (
      <Empty title="Nothing found so far">
        <p>Many deliveries were looked through, and older ones are left. Go on with “Older”, or narrow the time.</p>
      </Empty>
    );
  }
  if (isNarrow(filter) || queryParam(context, "cursor") !== "") {
    return (
      <Empty title="No delivery matches">
        <p>There are none with all that the filter asks for. Take something away from it, or show all deliveries.</p>
        <a href={clearedAddress(context)}>Show all deliveries</a>
      </Empty>
    );
  }
  return (
    <Empty title="No deliveries yet">
      <p>
        A delivery appears here as soon as an event is published that this webhook subscribes to. A test event shows
        whether the receiver answers.
      </p>
      {context.can("manage") && webhook.status === "active" && (
        <button type="submit" class="primary" formaction={`${listPath(context, webhook.id)}/test`}>
          Send a test event
        </button>
      )}
    </Empty>
  );
}
