import { settingsOf } from "../../config/settings.ts";
import { insertToken } from "../../config/tokens.ts";
import { one } from "../page.ts";
import { ceilingReached } from "../quota.ts";
import { defineRoute } from "../route.ts";
import { CreatedToken, endOf, NewToken, viewToken } from "./representation.ts";

export const createToken = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/tokens",
    scope: "admin",
    audit: "token.created",
    tag: "Tokens",
    summary: "Create a token",
    body: { schema: NewToken },
    codes: ["quota_exceeded"],
    success: { status: 201, schema: one(CreatedToken) },
  },
  async ({ env, workspaceId, body, now, trail }) => {
    const { name, scopes } = body;
    const limit = settingsOf(env).CEILINGS.tokens;
    const fields = { name, scopes, expiresAt: endOf(body, now) };
    const inserted = await insertToken(env, workspaceId, fields, limit, now, trail);
    if (!inserted.row) throw ceilingReached("tokens", limit, inserted.used, "revoke");
    const { token, ...row } = inserted.row;
    return { data: { ...viewToken(row), token } };
  },
);
