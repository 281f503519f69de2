import type { Route } from "../route.ts";
import { createPortalLink } from "./create.ts";
import { revokePortalLink } from "./delete.ts";
import { endPortalSessions } from "./end-sessions.ts";
import { getPortalLink } from "./get.ts";
import { listAllPortalLinks } from "./list.ts";

export const portalLinkRoutes: readonly Route[] = [
  createPortalLink,
  listAllPortalLinks,
  getPortalLink,
  revokePortalLink,
  endPortalSessions,
];
