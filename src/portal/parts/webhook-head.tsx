import type { PropsWithChildren } from "hono/jsx";
import { Page, type PageProps } from "../frame.tsx";
import { useHref } from "../page-context.ts";
import { WebhookBadge, type WebhookStatus } from "./status.tsx";
import { nameOfWebhook } from "./webhook-name.ts";

type WebhookSummary = { id: string; name: string | null; url: string; status: WebhookStatus };

const TABS = [
  { key: "overview", name: "Overview", path: "" },
  { key: "deliveries", name: "Deliveries", path: "/deliveries" },
  { key: "settings", name: "Settings", path: "/settings" },
] as const;

/** Where a webhook is, of the pages as of the API, below the workspace; `rest` begins with a slash. */
export const webhookPath = (id: string, rest = ""): string => `/webhooks/${encodeURIComponent(id)}${rest}`;

/** The way to what lies below a webhook's page. */
export const webhookCrumbs = (webhook: WebhookSummary, below = "") => [
  { name: "Webhooks", path: "/webhooks" },
  { name: nameOfWebhook(webhook), path: webhookPath(webhook.id, below) },
];

type WebhookPageProps = Pick<PageProps, "actions" | "charts"> & {
  webhook: WebhookSummary;
  /** By its health. */
  failing: boolean;
  /** A replay is a page below the deliveries. */
  current: "overview" | "deliveries" | "replay" | "settings";
};

/** A page of a webhook. Above everything stand its state, its address, and its tabs. */
export function WebhookPage({ webhook, failing, current, children, ...page }: PropsWithChildren<WebhookPageProps>) {
  const tab = current === "replay" ? "deliveries" : current;
  return (
    <Page title={nameOfWebhook(webhook)} crumbs={[{ name: "Webhooks", path: "/webhooks" }]} {...page}>
      <div class="row webhook-state" id="webhook-state">
        <WebhookBadge status={webhook.status} failing={failing} />
        <span class="mono quiet break">{webhook.url}</span>
      </div>
      <nav class="tabs" aria-label="Webhook">
        {TABS.map(({ key, name, path }) => (
          <a
            href={useHref(webhookPath(webhook.id, path))}
            aria-current={key === tab ? currentOf(current, key) : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {children}
    </Page>
  );
}

const currentOf = (current: string, tab: string): "page" | "true" => (current === tab ? "page" : "true");
