import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import { Page } from "../../frame.tsx";
import { type PageContext, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { ActionButton, ErrorSummary } from "../../parts/form.tsx";
import { ofWebhook, WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import { SettingsFacts, SigningCard } from "./facts.tsx";
import { loadHealth, loadWebhook, type Webhook } from "./load.ts";
import { heldText } from "./standing.tsx";
import { subscribedTypes, TestCard } from "./test-card.tsx";

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
    <Page {...webhookTitle(context, webhook)}>
      <WebhookHead webhook={webhook} failing={failing} current="settings" />
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
    </Page>
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
  const context = usePageContext();
  const { title, says, verb, label } = STATUS[webhook.status];
  return (
    <section class="card" aria-labelledby="status-head">
      <div class="card-head">
        <h2 id="status-head">{title}</h2>
      </div>
      <div class="card-body stack">
        <p>{says}</p>
        {webhook.status !== "active" && <p>{heldText(waiting)}</p>}
        <div class="row">
          <ActionButton
            to={ofWebhook(context, webhook, `/${verb}`)}
            kind={webhook.status === "active" ? "" : "primary"}
            label={label}
          />
        </div>
      </div>
    </section>
  );
}

const DeleteCard = ({ webhook }: { webhook: Webhook }) => {
  const context = usePageContext();
  return (
    <section class="card" aria-labelledby="delete-head">
      <div class="card-head">
        <h2 id="delete-head">Delete</h2>
      </div>
      <div class="card-body stack">
        <p>
          Ends it for good, with its secret, its held events and its log of deliveries. The next page says how many.
        </p>
        <p>
          <a class="button danger" href={ofWebhook(context, webhook, "/delete")}>
            Delete webhook…
          </a>
        </p>
      </div>
    </section>
  );
};
