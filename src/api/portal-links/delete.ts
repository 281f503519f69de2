import { deletePortalLink } from "../../config/portal-links.ts";
import { defineRoute, nothing } from "../route.ts";
import { noLink } from "./refusals.ts";

export const revokePortalLink = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/portal-links/{link}",
    scope: "manage",
    audit: "portal_link.revoked",
    tag: "Portal links",
    summary: "Revoke a portal link; who came by it is signed out everywhere within 30 seconds",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, trail }) => {
    if (!(await deletePortalLink(env, workspaceId, params.link, trail))) throw noLink();
    return undefined;
  },
);
