import type { Caller } from "../../config/authenticate.ts";
import { deletePortalLink, findPortalLink, insertPortalLink, listPortalLinks } from "../../config/portal-links.ts";
import { endSessionsOf } from "../../config/portal-sessions.ts";
import { SCOPES, type Scope } from "../../config/schema.ts";
import { settingsOf } from "../../config/settings.ts";
import { iso } from "../fields.ts";
import { list, loadPage, one, PageQuery } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, nothing, type Route } from "../route.ts";
import * as z from "../z.ts";
import { CreatedPortalLink, EndedSessions, NewPortalLink, PortalLinkView, viewPortalLink } from "./representation.ts";

const createPortalLink = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/portal-links",
    scope: "manage",
    audit: "portal_link.created",
    tag: "Portal links",
    summary: "Make a link that opens the portal once, for a user of yours",
    body: { schema: NewPortalLink, optional: true },
    codes: ["quota_exceeded"],
    success: { status: 201, schema: one(CreatedPortalLink) },
  },
  async ({ env, workspaceId, body, url: origin, now, audit, caller }) => {
    const scopes = scopesFor(caller, body.scopes);
    const { tokenId, end } = makerOf(caller);
    const expiresAt = Math.min(now + body.expires_in * 1000, end);
    const link = { workspaceId, scopes, sessionSeconds: body.session_seconds, expiresAt, tokenId };
    const { CEILINGS, PUBLIC_ORIGIN } = settingsOf(env);
    const made = await insertPortalLink(env, link, CEILINGS.portal_links, now, audit);
    if (!made) throw linksFull(CEILINGS.portal_links);
    const { id, token } = made;
    const url = `${PUBLIC_ORIGIN || origin}/portal/link/${token}`;
    return { data: { id, url, expires_at: iso(expiresAt), session_seconds: body.session_seconds, scopes } };
  },
);

/**
 * The token that takes the link along when it is revoked, and when that ends.
 * @throws ApiError forbidden for who came by a link himself: what he made would outlast it
 */
function makerOf(caller: Caller | undefined): { tokenId: string | null; end: number } {
  if (caller?.kind !== "token") return { tokenId: null, end: Number.POSITIVE_INFINITY };
  if (!caller.tokenId.startsWith("tok_")) {
    throw new ApiError("forbidden", "Who came by a link makes no links: use a token of the workspace's.");
  }
  return { tokenId: caller.tokenId, end: caller.expiresAt ?? Number.POSITIVE_INFINITY };
}

/** @throws ApiError forbidden where more is asked for than the caller has: nobody gives what is not his */
function scopesFor(caller: Caller | undefined, wanted: Scope[] | undefined): Scope[] {
  const own: readonly Scope[] = caller?.kind === "token" ? caller.scopes : SCOPES;
  if (!own.includes("read")) throw lacking("read");
  const missing = wanted?.find((scope) => !own.includes(scope));
  if (missing) throw lacking(missing);
  return wanted ?? (["read", "manage"] as const).filter((scope) => own.includes(scope));
}

const linksFull = (limit: number): ApiError =>
  new ApiError(
    "quota_exceeded",
    `This deployment keeps ${limit} portal links of a workspace, and this one has them: each goes a day after its end.`,
  );

const lacking = (scope: Scope): ApiError =>
  new ApiError("forbidden", `The token lacks the scope ${scope}, and a link cannot give what it lacks.`);

const Key = z.string().startsWith("lnk_");

const listAllPortalLinks = defineRoute(
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

const getPortalLink = defineRoute(
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

const revokePortalLink = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/portal-links/{link}",
    scope: "manage",
    audit: "portal_link.revoked",
    tag: "Portal links",
    summary: "Revoke a portal link; who came by it is signed out everywhere within 30 seconds",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, audit }) => {
    if (!(await deletePortalLink(env, workspaceId, params.link, audit))) throw noLink();
  },
);

const noLink = (): ApiError =>
  new ApiError("not_found", "There is no such portal link: it was revoked, or let go a day after its end.");

const endPortalSessions = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/portal-sessions/end",
    scope: "manage",
    audit: "portal_sessions.ended",
    tag: "Portal links",
    summary: "Sign everybody out of a workspace's portal within 30 seconds, and revoke its portal links",
    success: { status: 200, schema: one(EndedSessions) },
  },
  async ({ env, workspaceId, now, audit }) => ({ data: await endSessionsOf(env, workspaceId, now, audit) }),
);

export const portalLinkRoutes: readonly Route[] = [
  createPortalLink,
  listAllPortalLinks,
  getPortalLink,
  revokePortalLink,
  endPortalSessions,
];
