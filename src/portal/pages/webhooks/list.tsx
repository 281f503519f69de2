import type * as z from "zod";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { addressWith, inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { count, percent } from "../../parts/figures.tsx";
import { Plus } from "../../parts/icons.tsx";
import { WebhookBadge } from "../../parts/status.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago, Countdown } from "../../parts/time.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import { Day, type Figures, figuresOf } from "./figures.tsx";

type Webhook = z.infer<typeof WebhookView>;

export const listWebhooksPage = page({ path: "/portal/{workspace}/webhooks", scope: "read" }, async (context) => {
  const cursor = queryParam(context, "cursor");
  const [{ rows: data, next: next_cursor }, figures] = await Promise.all([
    context.api.list("/webhooks", WebhookView, { cursor }),
    figuresOf(context, cursor),
  ]);
  const isEmpty = data.length === 0 && cursor === "";
  return (
    <Page
      title="Webhooks"
      lead="Get notified in real time when things happen in your workspace. Each event goes to every webhook that subscribed to it."
      actions={!isEmpty && <AddButton />}
    >
      <div
        id="live"
        data-live
        hx-get={addressWith(context, { done: null })}
        hx-trigger="every 10s"
        hx-select="#live"
        hx-swap="outerMorph"
      >
        {figures === null && (
          <p class="note warn" role="status">
            The figures cannot be read just now. The list is complete without them, and asks again by itself.
          </p>
        )}
        <div class="card webhooks">
          {isEmpty ? <NoWebhook /> : <List webhooks={data} figures={figures} />}
          <Pager next={next_cursor} />
        </div>
      </div>
    </Page>
  );
});

function NoWebhook() {
  const context = usePageContext();
  return (
    <Empty title="No webhook yet">
      <p>
        A webhook is a URL of yours that receives events as they happen: signed, tried again when your server is away,
        and none lost.
      </p>
      <ol class="steps">
        <li>Give the URL, and choose the events.</li>
        <li>Copy the secret, and verify signatures with it.</li>
        <li>Send a test event, and see it arrive.</li>
      </ol>
      {context.can("manage") ? (
        <AddButton />
      ) : (
        <p>What you signed in with may read only. Sign in with a token of the scope manage to add one.</p>
      )}
    </Empty>
  );
}

function List({ webhooks, figures }: { webhooks: readonly Webhook[]; figures: ReadonlyMap<string, Figures> | null }) {
  const context = usePageContext();
  return (
    <Table label="Webhooks">
      <thead>
        <tr>
          <th scope="col">Webhook</th>
          <th scope="col">Status</th>
          <th scope="col">Events</th>
          <th scope="col">Dialect</th>
          <th scope="col">Last 24 h</th>
          <th scope="col" class="num">
            Success
          </th>
          <th scope="col" class="num">
            Waiting
          </th>
          <th scope="col">Last delivery</th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map((webhook) => {
          const its = figures?.get(webhook.id);
          return (
            <tr id={`row-${webhook.id}`}>
              <td class="main">
                <a class="row-link clip" href={inWorkspace(context, `/webhooks/${webhook.id}`)} title={webhook.url}>
                  {nameOfWebhook(webhook)}
                </a>
                <span class="small quiet clip">{webhook.url}</span>
              </td>
              <td class="state">
                <WebhookBadge status={webhook.status} failing={its?.failing ?? false} />
                {webhook.disabled_reason !== null && <span class="small quiet reason">{webhook.disabled_reason}</span>}
                {its?.next_probe_at != null && its.waiting > 0 && (
                  <span class="small quiet reason">
                    next probe <Countdown to={its.next_probe_at} />
                  </span>
                )}
              </td>
              <td>
                <Patterns events={webhook.events} />
              </td>
              <td>{webhook.dialect}</td>
              <FigureCells figures={its} />
            </tr>
          );
        })}
      </tbody>
    </Table>
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

function FigureCells({ figures }: { figures: Figures | undefined }) {
  if (!figures) {
    return (
      <>
        <td class="quiet">–</td>
        <td class="num quiet">–</td>
        <td class="num quiet">–</td>
        <td class="quiet">–</td>
      </>
    );
  }
  return (
    <>
      <td>
        <Day figures={figures} />
      </td>
      <td class="num nowrap">{percent(figures.success_rate)}</td>
      <td class="num">{figures.waiting === 0 ? <span class="quiet">0</span> : count(figures.waiting)}</td>
      <td>
        <Ago at={figures.last_delivery_at} />
      </td>
    </>
  );
}

function AddButton() {
  const context = usePageContext();
  if (!context.can("manage")) return null;
  return (
    <a class="button primary" href={inWorkspace(context, "/webhooks/new")}>
      <Plus /> Add webhook
    </a>
  );
}
