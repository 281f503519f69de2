import { findToken } from "../../config/tokens.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute } from "../route.ts";
import { TokenView, viewToken } from "./representation.ts";

export const getToken = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/tokens/{token_id}",
    scope: "admin",
    tag: "Tokens",
    summary: "Get a token, without its text",
    success: { status: 200, schema: one(TokenView) },
  },
  async ({ env, workspaceId, params }) => {
    const row = await findToken(env, workspaceId, params.token_id);
    if (!row) throw new ApiError("not_found", "There is no such token.");
    return { data: viewToken(row) };
  },
);
