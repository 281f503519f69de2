import { deleteToken } from "../../config/tokens.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, nothing } from "../route.ts";

export const revokeToken = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/tokens/{token_id}",
    scope: "admin",
    audit: "token.revoked",
    tag: "Tokens",
    summary: "Revoke a token; it is refused everywhere within 30 seconds",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, trail }) => {
    if (!(await deleteToken(env, workspaceId, params.token_id, trail)))
      throw new ApiError("not_found", "There is no such token.");
    return undefined;
  },
);
