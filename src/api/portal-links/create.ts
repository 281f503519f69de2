import type { Caller } from "../../config/authenticate.ts";
import { insertPortalLink } from "../../config/portal-links.ts";
import { SCOPES, type Scope } from "../../config/schema.ts";
import { settingsOf } from "../../config/settings.ts";
import { iso } from "../fields.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { CreatedPortalLink, NewPortalLink } from "./representation.ts";

export const createPortalLink = defineRoute(
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
  async ({ env, workspaceId, body, url: origin, now, trail, caller }) => {
    const scopes = scopesFor(caller, body.scopes);
    const { tokenId, end } = makerOf(caller);
    const expiresAt = Math.min(now + body.expires_in * 1000, end);
    const link = { workspaceId, scopes, sessionSeconds: body.session_seconds, expiresAt, tokenId };
    const { CEILINGS, PUBLIC_ORIGIN } = settingsOf(env);
    const made = await insertPortalLink(env, link, CEILINGS.portal_links, now, trail);
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
