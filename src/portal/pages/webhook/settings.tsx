import type { Child } from "hono/jsx";
import { EventTypeView } from "../../../api/event-types/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { dialectOf } from "../../../systems/index.ts";
import type { PageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, FactsCard, LinkButton, Quiet } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { disabledAfter } from "../../parts/disabling.ts";
import { DataField, type FieldData } from "../../parts/fields.tsx";
import { count } from "../../parts/figures.tsx";
import { ActionButton, ErrorSummary, Form } from "../../parts/form.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { Ago, duration, span } from "../../parts/time.tsx";
import { WebhookPage, webhookPath } from "../../parts/webhook-head.tsx";
import { loadHealth, loadWebhook, type Webhook } from "./load.ts";
import { heldText } from "./status-note.tsx";
import { type TestType, testTypes } from "./test-types.ts";

/** A webhook's settings, and what can be done with it. */
export const settingsPage = page(
  { path: "/portal/{workspace}/webhooks/{webhook}/settings", scope: "read" },
  (context) => settings(context, null),
);

/** The page; with what was refused of what one of its forms asked for. */
export async function settings(context: PageContext, problem: Problem | null): Promise<Child> {
  const webhook = await loadWebhook(context);
  const { waiting, failing } = await loadHealth(context);
  const canBeTried = context.can("manage") && webhook.status === "active";
  const types = canBeTried ? await subscribedTypes(context, webhook) : [];
  return (
    <WebhookPage webhook={webhook} failing={failing} current="settings">
      <ErrorSummary problem={problem} />
      <div class={context.can("manage") ? "columns" : "stack"}>
        <div class="stack">
          <SettingsFacts webhook={webhook} />
          <SigningCard webhook={webhook} />
        </div>
        {context.can("manage") && (
          <div class="stack">
            <TestCard webhook={webhook} types={types} />
            <StatusCard webhook={webhook} waiting={waiting} />
            <DeleteCard webhook={webhook} />
          </div>
        )}
      </div>
    </WebhookPage>
  );
}

const STATUS = {
  active: {
    title: "Pause",
    says: "Nothing more is sent from then on. Events that come are held, and go out when you resume, oldest first.",
    verb: "pause",
    label: "Pause webhook",
  },
  paused: {
    title: "Resume",
    says: "It is paused: nothing is sent. On resume, what is held goes out, oldest first.",
    verb: "resume",
    label: "Resume webhook",
  },
  disabled: {
    title: "Enable",
    says: "It was disabled for its failures: nothing is sent. Repair your receiver first; then what is held goes out, oldest first. If it goes on to fail, the webhook is disabled again.",
    verb: "enable",
    label: "Enable webhook",
  },
} as const;

function StatusCard({ webhook, waiting }: { webhook: Webhook; waiting: number }) {
  const { title, says, verb, label } = STATUS[webhook.status];
  const kind = webhook.status === "active" ? "" : "primary";
  return (
    <Card id="status-head" title={title}>
      <p>{says}</p>
      {webhook.status !== "active" && <p>{heldText(waiting)}</p>}
      <div class="row">
        <ActionButton to={webhookPath(webhook.id, `/${verb}`)} kind={kind} label={label} />
      </div>
    </Card>
  );
}

const DeleteCard = ({ webhook }: { webhook: Webhook }) => (
  <Card id="delete-head" title="Delete">
    <p>Ends it for good, with its secret, its held events and its log of deliveries. The next page says how many.</p>
    <p>
      <LinkButton to={webhookPath(webhook.id, "/delete")} kind="danger" label="Delete webhook…" />
    </p>
  </Card>
);

/** Everything that can be set of a webhook, as it is. */
function SettingsFacts({ webhook }: { webhook: Webhook }) {
  const { channels, survey, max_concurrency: most } = webhook;
  const headers = Object.entries(webhook.headers);
  const edit = (
    <>
      Edit<span class="visually-hidden"> webhook</span>
    </>
  );
  return (
    <FactsCard
      id="facts-head"
      title="Webhook"
      head={<LinkButton to={webhookPath(webhook.id, "/edit")} kind="small right" label={edit} scope="manage" />}
      of={[
        ["URL", <CopyLine text={webhook.url} label="URL" />],
        ["Name", webhook.name ?? <Quiet text="None" />],
        ["Description", webhook.description ?? <Quiet text="None" />],
        ["Events", <TagList of={webhook.events} />],
        ["Channels", channels.length === 0 ? <Quiet text={ALL_CHANNELS} /> : <TagList of={channels} />],
        survey !== null && ["Survey", <span class="mono">{survey}</span>],
        ["Dialect", <span class="tag">{webhook.dialect}</span>],
        ["Headers", headers.length === 0 ? <Quiet text="None beside the dialect's" /> : <Headers of={headers} />],
        ["Retries", retriesText(webhook.retry_policy)],
        ["Timeout", `${duration(webhook.timeout_ms)} for connecting, headers and body`],
        ["Requests at once", most === null ? <Quiet text={AS_MANY} /> : `At most ${count(most)}`],
        ["Disabled after", disabledAfter(webhook.disable_after) ?? "Never: it is probed until it answers"],
        ["410 Gone", webhook.disable_on_gone ? "Disables the webhook at once" : "Is tried again, as any failure"],
        ["Id", <CopyLine text={webhook.id} label="id" />],
        ["Created", <Ago at={webhook.created_at} />],
        ["Changed", <Ago at={webhook.updated_at} />],
      ]}
    />
  );
}

const ALL_CHANNELS = "All: events of every channel and of none";
const AS_MANY = "As many as the deployment allows";

/** How receivers know that a delivery is ours. */
function SigningCard({ webhook }: { webhook: Webhook }) {
  const { required } = dialectOf(webhook.dialect).secret;
  const label = required ? "Rotate secret…" : "Set or rotate secret…";
  return (
    <Card
      id="signing-head"
      title="Signing secret"
      head={<LinkButton to={webhookPath(webhook.id, "/rotate")} kind="small right" label={label} scope="manage" />}
    >
      <p>
        {required
          ? "Every delivery is signed with it."
          : "Deliveries are signed as soon as the webhook has a secret; in this dialect it may have none."}{" "}
        Your receiver computes the same signature and refuses what bears another. A secret is shown once, when it is
        set: if yours is lost, rotate it.
      </p>
      <Snippets dialect={webhook.dialect} />
    </Card>
  );
}

const TagList = ({ of }: { of: readonly string[] }) => (
  <ul class="tag-list">
    {of.map((each) => (
      <li class="tag">{each}</li>
    ))}
  </ul>
);

const Headers = ({ of }: { of: [string, string][] }) => (
  <ul class="plain-list mono">
    {of.map(([name, value]) => (
      <li>
        {name}: {value}
      </li>
    ))}
  </ul>
);

/** `5 retries, after 30 s, 2 min …; given up after 2.8 h`. */
function retriesText(delays: readonly number[]): string {
  if (delays.length === 0) return "None: a delivery that fails is not tried again";
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  const number = delays.length === 1 ? "1 retry" : `${delays.length} retries`;
  return `${number}, after ${delays.map(span).join(", ")}; given up ${span(total)} after the first attempt`;
}

/** Sends a sample, of a type that one chooses. */
const TestCard = ({ webhook, types }: { webhook: Webhook; types: TestType[] }) => (
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
async function subscribedTypes(context: PageContext, { events, dialect }: Webhook): Promise<TestType[]> {
  const { rows: types } = await context.api.all("/event-types", EventTypeView, {}, PAGES);
  return testTypes(events, dialect, types);
}
