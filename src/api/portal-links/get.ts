import { findPortalLink } from "../../config/portal-links.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { noLink } from "./refusals.ts";
import { PortalLinkView, viewPortalLink } from "./representation.ts";

export const getPortalLink = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/portal-links/{link}",
    scope: "manage",
    tag: "Portal links",
    summary: "Get a portal link, without what stands in it",
    success: { status: 200, schema: one(PortalLinkView) },
  },
  async ({ env, workspaceId, params, now }) => {
    const row = await findPortalLink(env, workspaceId, params.link);
    if (!row) throw noLink();
    return { data: viewPortalLink(row, now) };
  },
);
