import type { Problem } from "../../../api/problem.ts";
import { type PageContext, usePageContext } from "../../page-context.ts";
import { fieldValueOf } from "../../parts/dates.ts";
import { count } from "../../parts/figures.tsx";
import { ErrorSummary, Field, Form } from "../../parts/form.tsx";
import { Exact } from "../../parts/time.tsx";
import { replayPath } from "./addresses.ts";
import type { Webhook } from "./meaning.ts";
import type { Replay } from "./replay-progress.ts";
import { type FormValues, minuteOf, SHORTCUTS } from "./replay-request.ts";

const FIELDS = ["since", "until", "status", "events"];

type FormProps = { webhook: Webhook; asked: FormValues; problem: Problem | null; first: boolean };

/**
 * Which deliveries are to be sent again. Nothing is sent by this form: it counts.
 * @param first whether nothing was counted yet, so that this is the next step
 */
export function ReplayForm({ webhook, asked, problem, first }: FormProps) {
  const context = usePageContext();
  return (
    <section class="card" aria-labelledby="replay">
      <div class="card-head">
        <h2 id="replay">Replay a time range</h2>
      </div>
      <Form to={replayPath(context, webhook.id)} class="card-body stack">
        <p class="quiet">
          Sends deliveries again that were created in a stretch of time, for example after the receiver was down. Each
          keeps its id and its place in the list. First they are only counted.
        </p>
        <ErrorSummary problem={problem} shown={FIELDS} />
        <nav class="row" aria-label="Stretches of time">
          {SHORTCUTS.map(({ name, hours }) => (
            <a class="button small" href={shortcut(context, webhook, asked, hours)}>
              {name}
            </a>
          ))}
        </nav>
        <div class="row">
          <Field name="since" label="From (UTC)" problem={problem}>
            {(attributes) => <input {...attributes} type="datetime-local" required value={fieldValueOf(asked.since)} />}
          </Field>
          <Field name="until" label="To (UTC)" problem={problem}>
            {(attributes) => <input {...attributes} type="datetime-local" required value={fieldValueOf(asked.until)} />}
          </Field>
        </div>
        <p class="small quiet">
          It is <Exact at={context.now} /> now.
        </p>
        <fieldset class="stack-s">
          <legend>Which</legend>
          <Choice asked={asked} value="failed" name="What failed">
            Failed for good, or failed and waiting for a retry. What was delivered is left alone.
          </Choice>
          <Choice asked={asked} value="all" name="All">
            Also what was delivered already: the receiver gets it once more.
          </Choice>
        </fieldset>
        <Field
          name="events"
          label="Only these events"
          hint={
            <>
              Types or patterns such as <code>ticket.*</code>, parted by commas. Empty: every type.
            </>
          }
          problem={problem}
        >
          {(attributes) => <input {...attributes} type="text" value={asked.events} autocomplete="off" />}
        </Field>
        <div>
          <button type="submit" class={first ? "primary" : undefined}>
            Count them
          </button>
        </div>
      </Form>
    </section>
  );
}

function Choice({
  asked,
  value,
  name,
  children,
}: {
  asked: FormValues;
  value: string;
  name: string;
  children: string;
}) {
  return (
    <label class="choice">
      <input type="radio" name="status" value={value} checked={(asked.status === "all" ? "all" : "failed") === value} />
      <span>
        {name}
        <span class="hint">{children}</span>
      </span>
    </label>
  );
}

function shortcut(context: PageContext, webhook: Webhook, { status, events }: FormValues, hours: number): string {
  const since = minuteOf(context.now - hours * 3_600_000);
  return `${replayPath(context, webhook.id)}?${new URLSearchParams({ since, until: minuteOf(context.now), status, events })}`;
}

type CountedProps = { webhook: Webhook; request: Replay; total: number };

/** How many it would be, what that means, and the button that does it. */
export function CountedCard({ webhook, request, total }: CountedProps) {
  const context = usePageContext();
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
        <Form to={`${replayPath(context, webhook.id)}/start`} class="card-foot">
          <input type="hidden" name="since" value={since} />
          <input type="hidden" name="until" value={until} />
          <input type="hidden" name="status" value={status} />
          <input type="hidden" name="events" value={events.join(",")} />
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
