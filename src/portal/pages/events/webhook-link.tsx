import { nameOfWebhook } from "../../parts/webhook-name.ts";
import { inWorkspace, type Visit } from "../../visit.ts";
import type { Webhook } from "./all-webhooks.ts";

/** A webhook by its name and URL. The one that is in no list is where the workspace's notifications go. */
export function WebhookLink({ visit, id, webhook }: { visit: Visit; id: string; webhook: Webhook | undefined }) {
  if (!webhook) {
    return (
      <>
        <span class="clip">The workspace's notifications</span>
        <code class="small quiet clip">{id}</code>
      </>
    );
  }
  return (
    <>
      <a class="row-link clip" href={inWorkspace(visit, `/webhooks/${id}`)}>
        {nameOfWebhook(webhook)}
      </a>
      <span class="small quiet clip">{webhook.url}</span>
    </>
  );
}
