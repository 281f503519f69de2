import type { PageRoute } from "../page-route.ts";
import { auditLogPages } from "./audit-log/index.ts";
import { deliveryPages } from "./deliveries/index.ts";
import { encryptionPages } from "./encryption/index.ts";
import { eventTypePages } from "./event-types/index.ts";
import { eventPages } from "./events/index.ts";
import { sourcePages } from "./sources/index.ts";
import { tokenPages } from "./tokens/index.ts";
import { usagePages } from "./usage/index.ts";
import { webhookPages } from "./webhook/index.ts";
import { webhookListPages } from "./webhooks/index.ts";
import { workspacePages } from "./workspaces/index.ts";

/** Every page that takes somebody who has signed in. A path that is spelled out comes before one with a parameter in its place. */
export const pages: readonly PageRoute[] = [
  ...workspacePages,
  ...encryptionPages,
  ...webhookListPages,
  ...webhookPages,
  ...deliveryPages,
  ...eventPages,
  ...eventTypePages,
  ...sourcePages,
  ...usagePages,
  ...tokenPages,
  ...auditLogPages,
];
