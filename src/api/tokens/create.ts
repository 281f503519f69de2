import { insertToken } from "../../config/tokens.ts";
import { iso } from "../fields.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { CreatedToken, NewToken } from "./representation.ts";

export const createToken = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/tokens",
    scope: "admin",
    tag: "Tokens",
    summary: "Create a token",
    body: { schema: NewToken },
    success: { status: 201, schema: one(CreatedToken) },
  },
  async ({ env, workspaceId, body, now }) => {
    const { id, name, scopes, token, createdAt } = await insertToken(env, workspaceId, body.name, body.scopes, now);
    return { data: { id, name, scopes, token, created_at: iso(createdAt) } };
  },
);
