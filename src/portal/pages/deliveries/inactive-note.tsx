import { ofWebhook } from "../../parts/webhook-head.tsx";
import type { Visit } from "../../visit.ts";
import { inactiveAdvice, type Webhook } from "./meaning.ts";

/** That nothing goes out to a webhook now, and what to do; nothing where it is active. */
export function InactiveNote({
  visit,
  webhook,
  tried,
}: {
  visit: Visit;
  webhook: Webhook;
  /** Whether somebody has just tried to send something. */
  tried: boolean;
}) {
  if (webhook.status === "active") return null;
  return (
    <div class={tried ? "note bad" : "note warn"} role={tried ? "alert" : undefined}>
      <strong>{tried ? "Nothing was sent" : `This webhook is ${webhook.status}: nothing is sent to it`}</strong>
      <span>{inactiveAdvice(webhook)}</span>
      <span>
        <a href={ofWebhook(visit, webhook)}>
          {webhook.status === "paused" ? "Resume the webhook" : "Look at the webhook"}
        </a>
      </span>
    </div>
  );
}
