import { systemRoutes } from "../systems/routes.ts";
import { adminRoutes } from "./admin/index.ts";
import { auditRoutes } from "./audit/index.ts";
import { deliveryRoutes } from "./deliveries/index.ts";
import { eventTypeRoutes } from "./event-types/index.ts";
import { eventRoutes } from "./events/index.ts";
import { inRoutes } from "./in/receive.ts";
import { portalLinkRoutes } from "./portal-links/index.ts";
import { receiptRoutes } from "./receipts/index.ts";
import type { Route } from "./route.ts";
import { healthz } from "./service/health.ts";
import { openapiRoute } from "./service/openapi.ts";
import { root } from "./service/root.ts";
import { sourceRoutes } from "./sources/index.ts";
import { tokenRoutes } from "./tokens/index.ts";
import { usageRoutes } from "./usage/index.ts";
import { webhookRoutes } from "./webhooks/index.ts";
import { workspaceRoutes } from "./workspaces/index.ts";

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
