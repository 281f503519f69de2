import { inWorkspace, usePageContext } from "../../page-context.ts";
import { ActionButton } from "../../parts/form.tsx";
import { Answered, DeliveryBadge } from "../../parts/status.tsx";
import { Empty, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import type { Delivery, Webhook } from "./load.ts";

/** Sends a sample of the first type that the webhook subscribes to. */
export function SendTest({ webhook, kind = "" }: { webhook: Webhook; kind?: string }) {
  const context = usePageContext();
  if (!context.can("manage") || webhook.status !== "active") return null;
  return <ActionButton to={ofWebhook(context, webhook, "/test")} kind={kind} label="Send test event" />;
}

/** The last deliveries; what to do first, where there is none. */
export function Latest({ webhook, deliveries }: { webhook: Webhook; deliveries: Delivery[] }) {
  const context = usePageContext();
  return (
    <div id="latest" class="card">
      <div class="card-head">
        <h2>Last deliveries</h2>
        {deliveries.length > 0 && (
          <a class="right" href={ofWebhook(context, webhook, "/deliveries")}>
            All deliveries
          </a>
        )}
      </div>
      {deliveries.length === 0 ? (
        <Empty title="Nothing was sent yet">
          <p>
            Its first delivery appears here as soon as an event is published that it subscribes to
            {context.can("manage") && webhook.status === "active" && ", or when you send a test event"}.
          </p>
          <SendTest webhook={webhook} kind="primary" />
        </Empty>
      ) : (
        <Table label="Last deliveries">
          <thead>
            <tr>
              <th>Event</th>
              <th>Status</th>
              <th>Answer</th>
              <th>Created</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => (
              <tr id={`d-${delivery.id}`} data-row={delivery.id}>
                <td>
                  <a class="row-link nowrap" href={inWorkspace(context, `/deliveries/${delivery.id}`)}>
                    {delivery.event}
                  </a>
                </td>
                <td>
                  <DeliveryBadge status={delivery.status} />
                </td>
                <td>
                  <Answered status={delivery.last_status} error={delivery.last_error} />
                </td>
                <td>
                  <Ago at={delivery.created_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}
