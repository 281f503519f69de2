import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import { Page } from "../../frame.tsx";
import { page } from "../../page-route.ts";
import { ActionButton, Complaint } from "../../parts/form.tsx";
import { ofWebhook, WebhookHead, webhookTitle } from "../../parts/webhook-head.tsx";
import type { Visit } from "../../visit.ts";
import { SettingsFacts, SigningCard } from "./facts.tsx";
import { loadHealth, loadWebhook, type Webhook } from "./load.ts";
import { heldText } from "./standing.tsx";
import { subscribedTypes, TestCard } from "./test-card.tsx";

/** A webhook's settings, and what can be done with it. */
export const settingsPage = page({ path: "/portal/{workspace}/webhooks/{webhook}/settings", scope: "read" }, (visit) =>
  settings(visit, null),
);

/** The page; with what was refused of what one of its forms asked for. */
export async function settings(visit: Visit, problem: Problem | null): Promise<Child> {
  const webhook = await loadWebhook(visit);
  const { waiting, failing } = await loadHealth(visit);
  const canBeTried = visit.can("manage") && webhook.status === "active";
  const types = canBeTried ? await subscribedTypes(visit, webhook) : [];
  return (
    <Page visit={visit} {...webhookTitle(visit, webhook)}>
      <WebhookHead visit={visit} webhook={webhook} failing={failing} current="settings" />
      <Complaint problem={problem} />
      <div class={visit.can("manage") ? "columns" : "stack"}>
        <div class="stack">
          <SettingsFacts visit={visit} webhook={webhook} />
          <SigningCard visit={visit} webhook={webhook} />
        </div>
        {visit.can("manage") && (
          <div class="stack">
            <TestCard visit={visit} webhook={webhook} types={types} />
            <StatusCard visit={visit} webhook={webhook} waiting={waiting} />
            <DeleteCard visit={visit} webhook={webhook} />
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

function StatusCard({ visit, webhook, waiting }: { visit: Visit; webhook: Webhook; waiting: number }) {
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
            visit={visit}
            to={ofWebhook(visit, webhook, `/${verb}`)}
            kind={webhook.status === "active" ? "" : "primary"}
          >
            {label}
          </ActionButton>
        </div>
      </div>
    </section>
  );
}

const DeleteCard = ({ visit, webhook }: { visit: Visit; webhook: Webhook }) => (
  <section class="card" aria-labelledby="delete-head">
    <div class="card-head">
      <h2 id="delete-head">Delete</h2>
    </div>
    <div class="card-body stack">
      <p>Ends it for good, with its secret, its held events and its log of deliveries. The next page says how many.</p>
      <p>
        <a class="button danger" href={ofWebhook(visit, webhook, "/delete")}>
          Delete webhook…
        </a>
      </p>
    </div>
  </section>
);
