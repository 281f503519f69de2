import { ActionButton } from "../../parts/form.tsx";
import { Answered, DeliveryBadge } from "../../parts/status.tsx";
import { Empty, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import { inWorkspace, type Visit } from "../../visit.ts";
import type { Delivery, Webhook } from "./load.ts";

/** Sends a sample of the first type that the webhook subscribes to. */
export function SendTest({ visit, webhook, kind = "" }: { visit: Visit; webhook: Webhook; kind?: string }) {
  if (!visit.can("manage") || webhook.status !== "active") return null;
  return (
    <ActionButton visit={visit} to={ofWebhook(visit, webhook, "/test")} kind={kind}>
      Send test event
    </ActionButton>
  );
}

/** The last deliveries; what to do first, where there is none. */
export function Latest({ visit, webhook, deliveries }: { visit: Visit; webhook: Webhook; deliveries: Delivery[] }) {
  return (
    <div id="latest" class="card">
      <div class="card-head">
        <h2>Last deliveries</h2>
        {deliveries.length > 0 && (
          <a class="right" href={ofWebhook(visit, webhook, "/deliveries")}>
            All deliveries
          </a>
        )}
      </div>
      {deliveries.length === 0 ? (
        <Empty title="Nothing was sent yet">
          <p>
            Its first delivery appears here as soon as an event is published that it subscribes to
            {visit.can("manage") && webhook.status === "active" && ", or when you send a test event"}.
          </p>
          <SendTest visit={visit} webhook={webhook} kind="primary" />
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
                  <a class="row-link nowrap" href={inWorkspace(visit, `/deliveries/${delivery.id}`)}>
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
                  <Ago at={delivery.created_at} now={visit.now} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}
