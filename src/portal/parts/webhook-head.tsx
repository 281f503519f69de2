import { inWorkspace, type PageContext, usePageContext } from "../page-context.ts";
import { WebhookBadge, type WebhookStatus } from "./status.tsx";
import { nameOfWebhook } from "./webhook-name.ts";

type WebhookSummary = { id: string; name: string | null; url: string; status: WebhookStatus };

const TABS = [
  { key: "overview", name: "Overview", path: "" },
  { key: "deliveries", name: "Deliveries", path: "/deliveries" },
  { key: "settings", name: "Settings", path: "/settings" },
] as const;

/** Where a webhook's pages are; `rest` begins with a slash. */
export const ofWebhook = (context: PageContext, { id }: { id: string }, rest = ""): string =>
  inWorkspace(context, `/webhooks/${encodeURIComponent(id)}${rest}`);

/** What the pages of a webhook give to Page: `<Page {...webhookTitle(context, webhook)}>`. */
export const webhookTitle = (context: PageContext, webhook: Pick<WebhookSummary, "name" | "url">) => ({
  title: nameOfWebhook(webhook),
  crumbs: [{ name: "Webhooks", path: inWorkspace(context, "/webhooks") }],
});

/** What stands above everything on a webhook's pages: its state, its address, and its tabs. */
export function WebhookHead({
  webhook,
  failing,
  current,
}: {
  webhook: WebhookSummary;
  /** By its health. */
  failing: boolean;
  /** A replay is a page below the deliveries. */
  current: "overview" | "deliveries" | "replay" | "settings";
}) {
  const context = usePageContext();
  const tab = current === "replay" ? "deliveries" : current;
  return (
    <>
      <div class="row webhook-state" id="webhook-state">
        <WebhookBadge status={webhook.status} failing={failing} />
        <span class="mono quiet break">{webhook.url}</span>
      </div>
      <nav class="tabs" aria-label="Webhook">
        {TABS.map(({ key, name, path }) => (
          <a href={ofWebhook(context, webhook, path)} aria-current={key === tab ? currentOf(current, key) : undefined}>
            {name}
          </a>
        ))}
      </nav>
    </>
  );
}

const currentOf = (current: string, tab: string): "page" | "true" => (current === tab ? "page" : "true");
