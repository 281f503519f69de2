import { EventTypeView } from "../../../api/event-types/representation.ts";
import { type PageContext, usePageContext } from "../../page-context.ts";
import { Field, Form } from "../../parts/form.tsx";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import type { Webhook } from "./load.ts";
import { type TestType, testTypes } from "./test-types.ts";

/** Sends a sample, of a type that one chooses. */
export function TestCard({ webhook, types }: { webhook: Webhook; types: TestType[] }) {
  return (
    <section class="card" aria-labelledby="test-head">
      <div class="card-head">
        <h2 id="test-head">Send a test event</h2>
      </div>
      <div class="card-body">
        {webhook.status === "active" ? (
          <TestForm webhook={webhook} types={types} />
        ) : (
          <p>Nothing is sent while the webhook is {webhook.status}. Make it active first, then try it from here.</p>
        )}
      </div>
    </section>
  );
}

function TestForm({ webhook, types }: { webhook: Webhook; types: TestType[] }) {
  const context = usePageContext();
  return (
    <Form to={ofWebhook(context, webhook, "/test")} class="stack">
      {types.length > 0 && (
        <Field
          name="event"
          label="Event type"
          hint="A sample of it goes out as a real one does: signed, retried, logged. The next page shows the answer."
        >
          {(attributes) => (
            <select {...attributes}>
              {types.map(({ name, title }) => (
                <option value={name}>{title === null ? name : `${name} – ${title}`}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      {types.length === 0 && <p>No known event type is among what it subscribes to: a placeholder is sent.</p>}
      <p>
        <button type="submit">Send test event</button>
      </p>
    </Form>
  );
}

/** Pages of the catalogue: a workspace with more types of its own than that finds the first of them. */
const PAGES = 10;

/** The types that a webhook can be tried with, the one to begin with first. */
export async function subscribedTypes(context: PageContext, { events, dialect }: Webhook): Promise<TestType[]> {
  const { rows: types } = await context.api.all("/event-types", EventTypeView, {}, PAGES);
  return testTypes(events, dialect, types);
}
