import { insertToken } from "../../config/tokens.ts";
import { one } from "../page.ts";
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
    success: { status: 201, schema: one(CreatedToken) },
  },
  async ({ env, workspaceId, body, now, trail }) => {
    const { name, scopes } = body;
    const { token, ...row } = await insertToken(
      env,
      workspaceId,
      { name, scopes, expiresAt: endOf(body, now) },
      now,
      trail,
    );
    return { data: { ...viewToken(row), token } };
  },
);
