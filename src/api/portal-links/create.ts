import type { Caller } from "../../config/authenticate.ts";
import { insertPortalLink } from "../../config/portal-links.ts";
import { SCOPES, type Scope } from "../../config/schema.ts";
import { settingsOf } from "../../config/settings.ts";
import { iso } from "../fields.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { NewPortalLink, PortalLinkView } from "./representation.ts";

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
    success: { status: 201, schema: one(PortalLinkView) },
  },
  async ({ env, workspaceId, body, url: origin, now, trail, caller }) => {
    const scopes = scopesFor(caller, body.scopes);
    const expiresAt = now + body.expires_in * 1000;
    const link = { workspaceId, scopes, sessionSeconds: body.session_seconds, expiresAt };
    const { CEILINGS, PUBLIC_ORIGIN } = settingsOf(env);
    const made = await insertPortalLink(env, link, CEILINGS.portal_links, now, trail);
    if (!made) throw linksFull(CEILINGS.portal_links);
    const { id, token } = made;
    const url = `${PUBLIC_ORIGIN || origin}/portal/link/${token}`;
    return { data: { id, url, expires_at: iso(expiresAt), session_seconds: body.session_seconds, scopes } };
  },
);

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
