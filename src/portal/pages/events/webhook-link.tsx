import { inWorkspace, usePageContext } from "../../page-context.ts";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import type { Webhook } from "./all-webhooks.ts";

/** A webhook by its name and URL. The one that is in no list is where the workspace's notifications go. */
export function WebhookLink({ id, webhook }: { id: string; webhook: Webhook | undefined }) {
  const context = usePageContext();
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
      <a class="row-link clip" href={inWorkspace(context, `/webhooks/${id}`)}>
        {nameOfWebhook(webhook)}
      </a>
      <span class="small quiet clip">{webhook.url}</span>
    </>
  );
}
