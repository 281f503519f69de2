import type { PageRoute } from "../page-route.ts";
import { auditLogPages } from "./audit-log/list.tsx";
import { deliveryPages } from "./deliveries/replay.tsx";
import { encryptionPages } from "./encryption/page.tsx";
import { eventTypeFormPages } from "./event-types/edit.tsx";
import { eventTypeListPages } from "./event-types/list.tsx";
import { eventPages } from "./events/list.tsx";
import { sourcePages } from "./sources/list.tsx";
import { tokenPages } from "./tokens/pages.tsx";
import { usagePages } from "./usage/overview.tsx";
import { webhookPages } from "./webhook/overview.tsx";
import { webhookListPages } from "./webhooks/pages.tsx";
import { workspaceListPages } from "./workspaces/list.tsx";
import { portalLinkPages } from "./workspaces/portal-links.tsx";
import { deleteWorkspacePages, newWorkspacePages, settingsPages } from "./workspaces/workspace.tsx";

/** Every page that takes somebody who has signed in. A path that is spelled out comes before one with a parameter in its place. */
export const pages: readonly PageRoute[] = [
  ...workspaceListPages,
  ...newWorkspacePages,
  ...settingsPages,
  ...portalLinkPages,
  ...deleteWorkspacePages,
  ...encryptionPages,
  ...webhookListPages,
  ...webhookPages,
  ...deliveryPages,
  ...eventPages,
  ...eventTypeFormPages,
  ...eventTypeListPages,
  ...sourcePages,
  ...usagePages,
  ...tokenPages,
  ...auditLogPages,
];
