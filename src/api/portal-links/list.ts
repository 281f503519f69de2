import { listPortalLinks } from "../../config/portal-links.ts";
import { list, loadPage, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { PortalLinkView, viewPortalLink } from "./representation.ts";

const Key = z.string().startsWith("lnk_");

export const listAllPortalLinks = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/portal-links",
    // Whoever may make them may see who is in by one.
    scope: "manage",
    tag: "Portal links",
    summary: "List a workspace's portal links, up to a day after they end",
    query: PageQuery,
    success: { status: 200, schema: list(PortalLinkView) },
  },
  async ({ env, workspaceId, query, now }) => {
    const load = (limit: number, before: string | undefined) => listPortalLinks(env, workspaceId, limit, before);
    const { rows, next_cursor } = await loadPage(query, Key, load, (row) => row.id);
    return { data: rows.map((row) => viewPortalLink(row, now)), next_cursor };
  },
);
