import type { Problem } from "../../../api/problem.ts";
import { useHref } from "../../page-context.ts";
import { Card } from "../../parts/card.tsx";
import { fieldValueOf, minuteOf } from "../../parts/dates.ts";
import { Choices, DataField, type FieldData, Fields, zoned } from "../../parts/fields.tsx";
import { count } from "../../parts/figures.tsx";
import { ErrorSummary, Form } from "../../parts/form.tsx";
import { Exact } from "../../parts/time.tsx";
import { webhookPath } from "../../parts/webhook-head.tsx";
import type { Webhook } from "../webhook/load.ts";
import type { Replay } from "./replay-progress.ts";
import { type FormValues, SHORTCUTS } from "./replay-request.ts";

const FIELDS = ["since", "until", "status", "events"];

type FormProps = { webhook: Webhook; values: FormValues; problem: Problem | null; first: boolean; now: number };

/**
 * Which deliveries are to be sent again. Nothing is sent by this form: it counts.
 * @param first whether nothing was counted yet, so that this is the next step
 */
export function ReplayForm({ webhook, values, problem, first, now }: FormProps) {
  const path = webhookPath(webhook.id, "/replay");
  const { since, until, status, events } = values;
  const moments = { since: fieldValueOf(since), until: fieldValueOf(until) };
  const shortcut = (hours: number): string =>
    `${path}?${new URLSearchParams({ since: minuteOf(now - hours * 3_600_000), until: minuteOf(now), status, events })}`;
  return (
    <Card id="replay" title="Replay a time range" body={null}>
      <Form to={path} class="card-body stack">
        <p class="quiet">
          Sends deliveries again that were created in a stretch of time, for example after the receiver was down. Each
          keeps its id and its place in the list. First they are only counted.
        </p>
        <ErrorSummary problem={problem} shown={FIELDS} />
        <nav class="row" aria-label="Stretches of time">
          {SHORTCUTS.map(({ name, hours }) => (
            <a class="button small" href={useHref(shortcut(hours))}>
              {name}
            </a>
          ))}
        </nav>
        <div class="row">
          <Fields of={MOMENTS} values={moments} problem={problem} />
        </div>
        <p class="small quiet">
          It is <Exact at={now} /> now.
        </p>
        <Choices legend="Which" name="status" of={STATUSES} chosen={[status === "all" ? "all" : "failed"]} />
        <DataField of={EVENTS} values={values} problem={problem} />
        <div>
          <button type="submit" class={first ? "primary" : undefined}>
            Count them
          </button>
        </div>
      </Form>
    </Card>
  );
}

const MOMENTS: readonly FieldData[] = [
  { name: "since", label: zoned("From"), kind: "datetime-local", required: true },
  { name: "until", label: zoned("To"), kind: "datetime-local", required: true },
];

const STATUSES = [
  {
    ...{ value: "failed", name: "What failed" },
    hint: "Failed for good, or failed and waiting for a retry. What was delivered is left alone.",
  },
  { value: "all", name: "All", hint: "Also what was delivered already: the receiver gets it once more." },
];

const EVENTS: FieldData = {
  name: "events",
  label: "Only these events",
  hint: (
    <>
      Types or patterns such as <code>ticket.*</code>, parted by commas. Empty: every type.
    </>
  ),
};

type CountedProps = { webhook: Webhook; request: Replay; total: number };

/** How many it would be, what that means, and the button that does it. */
export function CountedCard({ webhook, request, total }: CountedProps) {
  const { since, until, status, events = [] } = request;
  const all = status === "all";
  return (
    <section class="card" aria-labelledby="counted" id="counted-card">
      <div class="card-head" role="status">
        <h2 id="counted">
          {total === 0
            ? "Nothing would be sent again"
            : `${count(total)} ${total === 1 ? "delivery" : "deliveries"} would be sent again`}
        </h2>
      </div>
      <div class="card-body stack-s">
        <p>
          {all ? "All" : "What failed"} between <Exact at={since} /> and <Exact at={until} />
          {events.length > 0 && <>, of {events.join(", ")}</>}.
        </p>
        {total === 0 ? (
          <p class="quiet">
            {all
              ? "No delivery was created in that time. Choose a longer one, or other events."
              : "No delivery of that time has failed. Choose a longer time, or “All” to send what was delivered once more."}
          </p>
        ) : (
          <p>
            Each goes to <span class="mono break">{webhook.url}</span> at once, as fast as the receiver answers.{" "}
            {all && "The receiver may have most of them already: it must know them by their delivery id. "}
            {total >= MANY && "That is a lot: make sure that the receiver can take it, or replay shorter stretches. "}A
            replay cannot be taken back; pausing the webhook holds what was not sent yet.
          </p>
        )}
      </div>
      {total > 0 && webhook.status === "active" && (
        <Form to={webhookPath(webhook.id, "/replay/start")} class="card-foot">
          {Object.entries({ since, until, status, events: events.join(",") }).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit" class="primary">
            Send {count(total)} again
          </button>
        </Form>
      )}
    </section>
  );
}

/** From here on a receiver may feel it. */
const MANY = 1000;
