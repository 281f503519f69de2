import { usePageContext } from "../../page-context.ts";
import { ofWebhook } from "../../parts/webhook-head.tsx";
import { inactiveAdvice, type Webhook } from "./meaning.ts";

/** That nothing goes out to a webhook now, and what to do; nothing where it is active. */
export function InactiveNote({
  webhook,
  tried,
}: {
  webhook: Webhook;
  /** Whether somebody has just tried to send something. */
  tried: boolean;
}) {
  const context = usePageContext();
  if (webhook.status === "active") return null;
  return (
    <div class={tried ? "note bad" : "note warn"} role={tried ? "alert" : undefined}>
      <strong>{tried ? "Nothing was sent" : `This webhook is ${webhook.status}: nothing is sent to it`}</strong>
      <span>{inactiveAdvice(webhook)}</span>
      <span>
        <a href={ofWebhook(context, webhook)}>
          {webhook.status === "paused" ? "Resume the webhook" : "Look at the webhook"}
        </a>
      </span>
    </div>
  );
}
