import { settingsOf } from "../../config/settings.ts";
import { deleteToken, findToken, insertToken, listTokens } from "../../config/tokens.ts";
import { list, loadPage, one, PageQuery } from "../page.ts";
import { ApiError } from "../problem.ts";
import { ceilingReached } from "../quota.ts";
import { defineRoute, nothing, type Route } from "../route.ts";
import * as z from "../z.ts";
import { CreatedToken, endOf, NewToken, TokenView, viewToken } from "./representation.ts";

const createToken = defineRoute(
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
  async ({ env, workspaceId, body, now, audit }) => {
    const { name, scopes } = body;
    const limit = settingsOf(env).CEILINGS.tokens;
    const fields = { name, scopes, expiresAt: endOf(body, now) };
    const inserted = await insertToken(env, workspaceId, fields, limit, now, audit);
    if (!inserted.row) throw ceilingReached("tokens", limit, inserted.used, "revoke");
    const { token, ...row } = inserted.row;
    return { data: { ...viewToken(row), token } };
  },
);

const Key = z.string().startsWith("tok_");

const listAllTokens = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/tokens",
    scope: "admin",
    tag: "Tokens",
    summary: "List a workspace's tokens",
    query: PageQuery,
    success: { status: 200, schema: list(TokenView) },
  },
  async ({ env, workspaceId, query }) => {
    const load = (limit: number, before: string | undefined) => listTokens(env, workspaceId, limit, before);
    const { rows, next_cursor } = await loadPage(query, Key, load, (row) => row.id);
    return { data: rows.map(viewToken), next_cursor };
  },
);

const getToken = defineRoute(
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

const revokeToken = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/tokens/{token_id}",
    scope: "admin",
    audit: "token.revoked",
    tag: "Tokens",
    summary: "Revoke a token; it is refused everywhere within 30 seconds",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, audit }) => {
    if (!(await deleteToken(env, workspaceId, params.token_id, audit)))
      throw new ApiError("not_found", "There is no such token.");
  },
);

export const tokenRoutes: readonly Route[] = [createToken, listAllTokens, getToken, revokeToken];
