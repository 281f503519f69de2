import type * as z from "zod";
import type { DeliveryRow } from "../../../api/deliveries/representation.ts";
import { usePageContext } from "../../page-context.ts";
import { Answered, DeliveryBadge } from "../../parts/status.tsx";
import { Ago, Countdown, duration } from "../../parts/time.tsx";
import { deliveryPath } from "./addresses.ts";
import { shortId } from "./filter.ts";
import { isHeld, type Webhook } from "./meaning.ts";

export type Row = z.infer<typeof DeliveryRow>;

/** The list as a table of fixed columns: what changes in it moves nothing beside it. */
export function Rows({ webhook, rows, choosable }: { webhook: Webhook; rows: readonly Row[]; choosable: boolean }) {
  const context = usePageContext();
  return (
    <section class="scroll" tabindex={0} aria-label="Deliveries">
      <table class="deliveries">
        <thead>
          <tr>
            {choosable && (
              <th class="c-box">
                <input type="checkbox" data-all aria-label="Select all on this page" />
              </th>
            )}
            <th class="c-status">Status</th>
            <th>Event</th>
            <th class="c-id">Delivery</th>
            <th class="c-num num">Attempts</th>
            <th class="c-answer">Last answer</th>
            <th class="c-num num">Duration</th>
            <th class="c-time">Created</th>
            <th class="c-next">Next attempt</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr id={`d-${row.id}`} data-row={row.id}>
              {choosable && (
                <td class="c-box">
                  <input
                    type="checkbox"
                    name="delivery"
                    value={row.id}
                    data-each
                    aria-label={`Select ${shortId(row.id)}`}
                  />
                </td>
              )}
              <td>
                <DeliveryBadge status={row.status} />
              </td>
              <td>
                <a
                  class="row-link clip"
                  href={deliveryPath(context, row.id)}
                  title={row.event}
                  aria-label={`${row.event}, delivery ${shortId(row.id)}`}
                >
                  {row.event}
                </a>
              </td>
              <td class="mono quiet" title={row.id}>
                {shortId(row.id)}
              </td>
              <td class="num">{row.attempts}</td>
              <td>
                <Answered status={row.last_status} error={row.last_error} />
              </td>
              <td class="num">{duration(row.duration_ms)}</td>
              <td>
                <Ago at={row.created_at} />
              </td>
              <td>
                <Next webhook={webhook} row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Next({ webhook, row }: { webhook: Webhook; row: Row }) {
  if (row.next_attempt_at !== null) {
    const countdown = <Countdown to={row.next_attempt_at} />;
    if (!row.waiting_for_endpoint) return countdown;
    return <span title="It waits for the endpoint, which is failing, until a probe succeeds">probe {countdown}</span>;
  }
  if (row.status !== "pending") return <span class="quiet">–</span>;
  return isHeld(row, webhook) ? <span title={`The webhook is ${webhook.status}`}>held</span> : <span>on its way</span>;
}
