import type * as z from "zod";
import type { CreatedWebhook } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, usePageContext } from "../../page-context.ts";
import { CopyLine } from "../../parts/code.tsx";
import { ActionButton } from "../../parts/form.tsx";
import { Snippets } from "../../parts/snippets.tsx";
import { nameOfWebhook } from "../../parts/webhook-name.ts";

/** What is shown once, right after a webhook was made: its secret, and what to do with it. */
export function CreatedPage({ webhook }: { webhook: z.infer<typeof CreatedWebhook> }) {
  const context = usePageContext();
  const { id, url, secret, dialect } = webhook;
  const own = inWorkspace(context, `/webhooks/${id}`);
  return (
    <Page
      title="Webhook added"
      lead={
        <>
          Events go to <span class="break">{url}</span> from now on.
        </>
      }
      crumbs={[
        { name: "Webhooks", path: inWorkspace(context, "/webhooks") },
        { name: nameOfWebhook(webhook), path: own },
      ]}
    >
      <ol class="todo stack" data-replace-url={own}>
        <li class="card">
          <div class="card-head">
            <h2>Copy the secret</h2>
          </div>
          <div class="card-body stack-s">
            {secret === null ? (
              <p>It has none: its requests are not signed. Rotate the secret on the webhook's page to give it one.</p>
            ) : (
              <>
                <CopyLine text={secret} label="the secret" />
                <p class="small quiet">
                  It is shown this once, and never again. Keep it where your server keeps its credentials. If it is
                  lost, rotate it on the webhook's page.
                </p>
              </>
            )}
          </div>
        </li>
        <li class="card">
          <div class="card-head">
            <h2>Verify the signature</h2>
          </div>
          <div class="card-body stack-s">
            <p>
              Your server takes a request for genuine only if its signature fits. Then it answers 2xx within{" "}
              {webhook.timeout_ms / 1000} seconds; anything else is tried again.
            </p>
            <Snippets dialect={dialect} />
          </div>
        </li>
        <li class="card">
          <div class="card-head">
            <h2>Send a test event</h2>
          </div>
          <div class="card-body stack-s">
            <p>
              A sample of what it subscribes to, delivered as a real event is. You see it arrive on the webhook's page.
            </p>
            <div class="row">
              <ActionButton to={`${own}/test`} kind="primary" label="Send test event" />
              <a class="button" href={own}>
                Go to the webhook
              </a>
            </div>
          </div>
        </li>
      </ol>
    </Page>
  );
}
