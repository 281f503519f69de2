/** The portal's pages, written by hand: each is looked at in a browser, and a page that is missing here fails a test. */
export interface PortalPage {
  /** As its route has it. */
  path: string;
  /** What its pictures in docs/portal/ are called, and what it shows. */
  name: string;
  title: string;
  query?: string;
}

export const PORTAL_PAGES: readonly PortalPage[] = [
  { path: "/portal/{workspace}/webhooks", name: "webhooks", title: "Webhooks, and how each is doing" },
  { path: "/portal/{workspace}/webhooks/new", name: "webhook-new", title: "Add webhook" },
  {
    path: "/portal/{workspace}/webhooks/{webhook}",
    name: "webhook",
    title: "One webhook: its health",
    query: "?period=7d",
  },
  { path: "/portal/{workspace}/webhooks/{webhook}/deliveries", name: "deliveries", title: "Its deliveries, live" },
  { path: "/portal/{workspace}/webhooks/{webhook}/settings", name: "webhook-settings", title: "Its settings" },
  { path: "/portal/{workspace}/webhooks/{webhook}/edit", name: "webhook-edit", title: "Change a webhook" },
  { path: "/portal/{workspace}/webhooks/{webhook}/rotate", name: "webhook-rotate", title: "Rotate its secret" },
  { path: "/portal/{workspace}/webhooks/{webhook}/delete", name: "webhook-delete", title: "Delete a webhook" },
  { path: "/portal/{workspace}/webhooks/{webhook}/replay", name: "replay", title: "Replay a time range" },
  {
    path: "/portal/{workspace}/webhooks/{webhook}/replay/progress",
    name: "replay-progress",
    title: "A replay on its way",
    query: "?since=2026-01-01T00%3A00%3A00Z&until=2036-01-01T00%3A00%3A00Z&total=3&status=all",
  },
  { path: "/portal/{workspace}/deliveries/{delivery}", name: "delivery", title: "One delivery, attempt by attempt" },
  { path: "/portal/{workspace}/events", name: "events", title: "Events" },
  {
    path: "/portal/{workspace}/events/new",
    name: "event-new",
    title: "Publish an event",
    query: "?type=ticket.created",
  },
  { path: "/portal/{workspace}/events/{event}", name: "event", title: "Where an event went, and why not elsewhere" },
  { path: "/portal/{workspace}/event-types", name: "event-types", title: "The catalogue of events" },
  { path: "/portal/{workspace}/event-types/~new", name: "event-type-new", title: "Add an event type" },
  { path: "/portal/{workspace}/event-types/{name}", name: "event-type", title: "One event type" },
  { path: "/portal/{workspace}/event-types/{name}/edit", name: "event-type-edit", title: "Change an event type" },
  { path: "/portal/{workspace}/event-types/{name}/delete", name: "event-type-delete", title: "Delete an event type" },
  { path: "/portal/{workspace}/sources", name: "sources", title: "Sources" },
  { path: "/portal/{workspace}/sources/new", name: "source-choose", title: "Choose a provider" },
  { path: "/portal/{workspace}/sources/new/{provider}", name: "source-new", title: "Add a source" },
  { path: "/portal/{workspace}/sources/{source}/setup", name: "source-setup", title: "What to do at the provider" },
  { path: "/portal/{workspace}/sources/{source}", name: "source", title: "One source: its receipts" },
  { path: "/portal/{workspace}/sources/{source}/edit", name: "source-edit", title: "Change a source" },
  { path: "/portal/{workspace}/sources/{source}/delete", name: "source-delete", title: "Delete a source" },
  { path: "/portal/{workspace}/sources/{source}/receipts/{receipt}", name: "receipt", title: "One callback" },
  { path: "/portal/{workspace}/usage", name: "usage", title: "Usage" },
  { path: "/portal/{workspace}/tokens", name: "tokens", title: "Tokens" },
  { path: "/portal/{workspace}/tokens/new", name: "token-new", title: "Create a token" },
  { path: "/portal/{workspace}/tokens/{token}/revoke", name: "token-revoke", title: "Revoke a token" },
  { path: "/portal/{workspace}/audit-log", name: "audit-log", title: "The audit log" },
  { path: "/portal/{workspace}/settings", name: "workspace", title: "One workspace" },
  { path: "/portal/{workspace}/settings/portal-link", name: "portal-link", title: "A link for your user" },
  { path: "/portal/{workspace}/settings/portal-links", name: "portal-links", title: "Portal links" },
  { path: "/portal/{workspace}/settings/portal-links/end", name: "portal-sessions-end", title: "End all sessions" },
  { path: "/portal/{workspace}/settings/delete", name: "workspace-delete", title: "Delete a workspace" },
  { path: "/portal/workspaces", name: "workspaces", title: "Workspaces" },
  { path: "/portal/workspaces/new", name: "workspace-new", title: "Create a workspace" },
  { path: "/portal/audit-log", name: "audit-log-all", title: "The audit log of all workspaces" },
  { path: "/portal/encryption", name: "encryption", title: "Encryption keys" },
];

/** Not pages: a fragment, a file, a way to where a receipt is. */
export const NO_PAGES: readonly string[] = [
  "/portal/workspaces/switch",
  "/portal/{workspace}/sources/{source}/receipts/{receipt}/attachments/{attachment}",
  "/portal/{workspace}/receipts/{receipt}",
];
