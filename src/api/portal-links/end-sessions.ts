import { endSessionsOf } from "../../config/portal-sessions.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { EndedSessions } from "./representation.ts";

export const endPortalSessions = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/portal-sessions/end",
    scope: "manage",
    audit: "portal_sessions.ended",
    tag: "Portal links",
    summary: "Sign everybody out of a workspace's portal within 30 seconds, and revoke its portal links",
    success: { status: 200, schema: one(EndedSessions) },
  },
  async ({ env, workspaceId, now, trail }) => ({ data: await endSessionsOf(env, workspaceId, now, trail) }),
);
