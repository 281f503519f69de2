import { systemRoutes } from "../systems/routes.ts";
import { adminRoutes } from "./admin/routes.ts";
import { auditRoutes } from "./audit/routes.ts";
import { deliveryRoutes } from "./deliveries/routes.ts";
import { eventTypeRoutes } from "./event-types/routes.ts";
import { eventRoutes } from "./events/routes.ts";
import { inRoutes } from "./in/routes.ts";
import { portalLinkRoutes } from "./portal-links/routes.ts";
import { receiptRoutes } from "./receipts/routes.ts";
import type { Route } from "./route.ts";
import { healthz, openapiRoute, root } from "./service/routes.ts";
import { sourceRoutes } from "./sources/routes.ts";
import { tokenRoutes } from "./tokens/routes.ts";
import { usageRoutes } from "./usage/routes.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { workspaceRoutes } from "./workspaces/routes.ts";

/** Every route that there is, with its scope. */
export const routes: readonly Route[] = [
  ...workspaceRoutes,
  ...tokenRoutes,
  ...portalLinkRoutes,
  ...webhookRoutes,
  ...systemRoutes,
  ...deliveryRoutes,
  ...eventRoutes,
  ...eventTypeRoutes,
  ...sourceRoutes,
  ...usageRoutes,
  ...auditRoutes,
  ...receiptRoutes,
  ...adminRoutes,
  ...inRoutes,
  healthz,
  openapiRoute(() => routes),
  root,
];
