import { usePageContext } from "../../page-context.ts";
import { adviceFor } from "../../parts/advice.ts";
import { Card, Facts, Link } from "../../parts/card.tsx";
import { Json } from "../../parts/code.tsx";
import { ActionButton } from "../../parts/form.tsx";
import { Answered, DeliveryBadge, meaningOf } from "../../parts/status.tsx";
import { DataTable, Empty } from "../../parts/table.tsx";
import { Ago, duration } from "../../parts/time.tsx";
import { webhookPath } from "../../parts/webhook-head.tsx";
import { wordOf } from "../deliveries/meaning.tsx";
import type { Delivery, LastFailure, Webhook } from "./load.ts";

/** Sends a sample of the first type that the webhook subscribes to. */
export const SendTest = ({ webhook, kind = "" }: { webhook: Webhook; kind?: string }) =>
  webhook.status === "active" ? (
    <ActionButton to={webhookPath(webhook.id, "/test")} kind={kind} label="Send test event" scope="manage" />
  ) : null;

/** The last deliveries; what to do first, where there is none. */
export function Latest({ webhook, deliveries }: { webhook: Webhook; deliveries: Delivery[] }) {
  const canTest = usePageContext().can("manage") && webhook.status === "active";
  const all = <Link to={webhookPath(webhook.id, "/deliveries")} class="right" label="All deliveries" />;
  return (
    <Card title="Last deliveries" head={deliveries.length > 0 && all} body={null} attributes={{ id: "latest" }}>
      {deliveries.length === 0 ? (
        <Empty title="Nothing was sent yet">
          <p>
            Its first delivery appears here as soon as an event is published that it subscribes to
            {canTest && ", or when you send a test event"}.
          </p>
          <SendTest webhook={webhook} kind="primary" />
        </Empty>
      ) : (
        <DataTable
          label="Last deliveries"
          rows={deliveries}
          row={({ id }) => ({ id: `d-${id}`, "data-row": id })}
          columns={[
            {
              head: "Event",
              cell: ({ id, event }) => <Link to={`/deliveries/${id}`} class="row-link nowrap" label={event} />,
            },
            { head: "Status", cell: (delivery) => <DeliveryBadge state={wordOf(delivery, webhook)} /> },
            {
              head: "Answer",
              cell: ({ last_status: status, last_error: error }) => <Answered {...{ status, error }} />,
            },
            { head: "Created", cell: ({ created_at }) => <Ago at={created_at} /> },
          ]}
        />
      )}
    </Card>
  );
}

/** The latest attempt that failed: what came back, what it means, and what to do. An empty place where there is none. */
export function LastFailureCard({ failure }: { failure: LastFailure | null }) {
  if (!failure) return <div id="last-failure" class="gone" />;
  const { delivery, attempt } = failure;
  const { at, number, status, error, response_body: body } = attempt;
  const advice = adviceFor(attempt);
  const head = (
    <>
      <span class="quiet">
        <Ago at={at} />
      </span>
      <Link to={`/deliveries/${delivery.id}`} class="right" label="Open delivery" />
    </>
  );
  return (
    <Card id="last-failure-head" title="Last failure" head={head} attributes={{ id: "last-failure", tabindex: -1 }}>
      {error !== null && (
        <div class="stack-s">
          <p>
            <strong>
              <Answered status={status} error={error} />
            </strong>{" "}
            {meaningOf(error)}
          </p>
          {advice && <p>{advice}</p>}
        </div>
      )}
      <Facts
        of={[
          ["Event", delivery.event, "mono"],
          ["Attempt", `${number}, which took ${duration(attempt.duration_ms)}`],
        ]}
      />
      {body !== "" && (
        <div class="stack-s short">
          <h3>Its answer</h3>
          <Json text={body} label="answer body" />
        </div>
      )}
      {body === "" && status !== null && <p class="quiet">Its answer had no body.</p>}
    </Card>
  );
}
