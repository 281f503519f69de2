import type { Child } from "hono/jsx";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { addressWith, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { LinkButton, Quiet, RowName, renewed } from "../../parts/card.tsx";
import { count, percent } from "../../parts/figures.tsx";
import { WebhookBadge } from "../../parts/status.tsx";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago, Countdown } from "../../parts/time.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import { Day, type Figures, figuresOf } from "./figures.tsx";
import type { Webhook } from "./form-values.ts";

const ADD = <LinkButton to="/webhooks/new" kind="primary" label="Add webhook" scope="manage" plus />;

export const listWebhooksPage = page({ path: "/portal/{workspace}/webhooks", scope: "read" }, async (context) => {
  const cursor = queryParam(context, "cursor");
  const [{ rows, next }, figures] = await Promise.all([
    context.api.list("/webhooks", WebhookView, { cursor }),
    figuresOf(context, cursor),
  ]);
  const isEmpty = rows.length === 0 && cursor === "";
  return (
    <Page
      title="Webhooks"
      lead="Get notified in real time when things happen in your workspace. Each event goes to every webhook that subscribed to it."
      actions={!isEmpty && ADD}
    >
      <div id="live" data-live {...renewed(addressWith(context, { done: null }), "10s")}>
        {figures === null && (
          <p class="note warn" role="status">
            The figures cannot be read just now. The list is complete without them, and asks again by itself.
          </p>
        )}
        <div class="card webhooks">
          {isEmpty ? <NoWebhook /> : <List webhooks={rows} figures={figures} />}
          <Pager next={next} />
        </div>
      </div>
    </Page>
  );
});

const NoWebhook = () => (
  <Empty
    title="No webhook yet"
    text="A webhook is a URL of yours that receives events as they happen: signed, tried again when your server is away, and none lost."
  >
    <ol class="steps">
      <li>Give the URL, and choose the events.</li>
      <li>Copy the secret, and verify signatures with it.</li>
      <li>Send a test event, and see it arrive.</li>
    </ol>
    {usePageContext().can("manage") ? (
      ADD
    ) : (
      <p>What you signed in with may read only. Sign in with a token of the scope manage to add one.</p>
    )}
  </Empty>
);

type ListProps = { webhooks: readonly Webhook[]; figures: ReadonlyMap<string, Figures> | null };

function List({ webhooks, figures }: ListProps) {
  /** A cell of what was counted of a webhook. */
  const counted = (cell: (its: Figures) => Child) => (webhook: Webhook) => {
    const its = figures?.get(webhook.id);
    return its ? cell(its) : <Quiet />;
  };
  return (
    <DataTable
      label="Webhooks"
      scope="col"
      rows={webhooks}
      row={({ id }) => ({ id: `row-${id}` })}
      columns={[
        {
          head: "Webhook",
          td: "main",
          cell: (webhook) => (
            <RowName
              to={`/webhooks/${webhook.id}`}
              name={nameOfWebhook(webhook)}
              title={webhook.url}
              below={webhook.url}
            />
          ),
        },
        {
          head: "Status",
          td: "state",
          cell: (webhook) => <Status webhook={webhook} figures={figures?.get(webhook.id)} />,
        },
        { head: "Events", cell: ({ events }) => <Patterns events={events} /> },
        { head: "Dialect", cell: ({ dialect }) => dialect },
        { head: "Last 24 h", cell: counted((its) => <Day figures={its} />) },
        { head: "Success", class: "num", td: "num nowrap", cell: counted((its) => percent(its.success_rate)) },
        {
          head: "Waiting",
          class: "num",
          cell: counted(({ waiting }) => (waiting === 0 ? <Quiet text="0" /> : count(waiting))),
        },
        { head: "Last delivery", cell: counted((its) => <Ago at={its.last_delivery_at} />) },
      ]}
    />
  );
}

function Status({ webhook, figures: its }: { webhook: Webhook; figures: Figures | undefined }) {
  return (
    <>
      <WebhookBadge status={webhook.status} failing={its?.failing ?? false} />
      {webhook.disabled_reason !== null && <span class="small quiet reason">{webhook.disabled_reason}</span>}
      {its?.next_probe_at != null && its.waiting > 0 && (
        <span class="small quiet reason">
          next probe <Countdown to={its.next_probe_at} />
        </span>
      )}
    </>
  );
}

/** The first few of what it subscribes to. */
const SHOWN = 2;

function Patterns({ events }: { events: readonly string[] }) {
  if (events.includes("*")) return <>All events</>;
  const more = events.length - SHOWN;
  return (
    <span class="tags" title={events.join(", ")}>
      {events.slice(0, SHOWN).map((pattern) => (
        <span class="tag">{pattern}</span>
      ))}
      {more > 0 && <span class="small quiet nowrap">+ {more}</span>}
    </span>
  );
}
