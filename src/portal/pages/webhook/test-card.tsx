import { EventTypeView } from "../../../api/event-types/representation.ts";
import type { PageContext } from "../../page-context.ts";
import { Card } from "../../parts/card.tsx";
import { DataField, type FieldData } from "../../parts/fields.tsx";
import { Form } from "../../parts/form.tsx";
import { webhookPath } from "../../parts/webhook-head.tsx";
import type { Webhook } from "./load.ts";
import { type TestType, testTypes } from "./test-types.ts";

/** Sends a sample, of a type that one chooses. */
export const TestCard = ({ webhook, types }: { webhook: Webhook; types: TestType[] }) => (
  <Card id="test-head" title="Send a test event" body="">
    {webhook.status === "active" ? (
      <Form to={webhookPath(webhook.id, "/test")} class="stack">
        {types.length > 0 && <DataField of={{ ...TYPE, options: types.map(optionOf) }} />}
        {types.length === 0 && <p>No known event type is among what it subscribes to: a placeholder is sent.</p>}
        <p>
          <button type="submit">Send test event</button>
        </p>
      </Form>
    ) : (
      <p>Nothing is sent while the webhook is {webhook.status}. Make it active first, then try it from here.</p>
    )}
  </Card>
);

const TYPE: FieldData = {
  ...{ name: "event", label: "Event type", kind: "select" },
  hint: "A sample of it goes out as a real one does: signed, retried, logged. The next page shows the answer.",
};

const optionOf = ({ name, title }: TestType) => ({ value: name, name: title === null ? name : `${name} – ${title}` });

/** Pages of the catalogue: a workspace with more types of its own than that finds the first of them. */
const PAGES = 10;

/** The types that a webhook can be tried with, the one to begin with first. */
export async function subscribedTypes(context: PageContext, { events, dialect }: Webhook): Promise<TestType[]> {
  const { rows: types } = await context.api.all("/event-types", EventTypeView, {}, PAGES);
  return testTypes(events, dialect, types);
}
