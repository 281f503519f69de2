import type { Route } from "../route.ts";
import { createPortalLink } from "./create.ts";

export const portalLinkRoutes: readonly Route[] = [createPortalLink];
