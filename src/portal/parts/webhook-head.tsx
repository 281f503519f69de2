import { inWorkspace, type Visit } from "../visit.ts";
import { WebhookBadge, type WebhookStatus } from "./status.tsx";
import { nameOfWebhook } from "./webhook-name.ts";

type Shown = { id: string; name: string | null; url: string; status: WebhookStatus };

const TABS = [
  { key: "overview", name: "Overview", path: "" },
  { key: "deliveries", name: "Deliveries", path: "/deliveries" },
  { key: "settings", name: "Settings", path: "/settings" },
] as const;

/** Where a webhook's pages are; `rest` begins with a slash. */
export const ofWebhook = (visit: Visit, { id }: { id: string }, rest = ""): string =>
  inWorkspace(visit, `/webhooks/${encodeURIComponent(id)}${rest}`);

/** What the pages of a webhook give to Page: `<Page visit={visit} {...webhookTitle(visit, webhook)}>`. */
export const webhookTitle = (visit: Visit, webhook: Pick<Shown, "name" | "url">) => ({
  title: nameOfWebhook(webhook),
  crumbs: [{ name: "Webhooks", path: inWorkspace(visit, "/webhooks") }],
});

/** What stands above everything on a webhook's pages: its state, its address, and its tabs. */
export function WebhookHead({
  visit,
  webhook,
  failing,
  current,
}: {
  visit: Visit;
  webhook: Shown;
  /** By its health. */
  failing: boolean;
  /** A replay is a page below the deliveries. */
  current: "overview" | "deliveries" | "replay" | "settings";
}) {
  const tab = current === "replay" ? "deliveries" : current;
  return (
    <>
      <div class="row webhook-state" id="webhook-state">
        <WebhookBadge status={webhook.status} failing={failing} />
        <span class="mono quiet break">{webhook.url}</span>
      </div>
      <nav class="tabs" aria-label="Webhook">
        {TABS.map(({ key, name, path }) => (
          <a href={ofWebhook(visit, webhook, path)} aria-current={key === tab ? currentOf(current, key) : undefined}>
            {name}
          </a>
        ))}
      </nav>
    </>
  );
}

const currentOf = (current: string, tab: string): "page" | "true" => (current === tab ? "page" : "true");
