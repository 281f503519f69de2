import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import type { PageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, LinkButton } from "../../parts/card.tsx";
import { ActionButton, ErrorSummary } from "../../parts/form.tsx";
import { WebhookPage, webhookPath } from "../../parts/webhook-head.tsx";
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
