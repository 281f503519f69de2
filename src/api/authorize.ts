import { createMiddleware } from "hono/factory";
import { authenticate, type Caller, type Expired } from "../config/authenticate.ts";
import type { Scope } from "../config/schema.ts";
import { noteUse } from "../config/tokens.ts";
import { workspaceOf } from "../config/workspaces.ts";
import { hex, sha256 } from "../lib/bytes.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { iso } from "./fields.ts";
import { ApiError, noWorkspace } from "./problem.ts";
import { clientOf, limitToken, rateLimited } from "./rate-limits.ts";
import { UnknownTokenLimiter } from "./unknown-token-limiter.ts";

/**
 * Requests that the Worker makes to its own API, and for whom. A request is known here by being that very object, so
 * nothing that comes over the wire can be among them.
 */
const callers = new WeakMap<Request, Caller>();

/** The request, to be handled as this caller's; its `Authorization`, if any, is not looked at. */
export function inTheNameOf(caller: Caller, request: Request): Request {
  callers.set(request, caller);
  return request;
}

/** Whom an inner request is for; undefined for one that came from outside. */
const innerCaller = (request: Request): Caller | undefined => callers.get(request);

/** What a route wants of its caller. The admin may do everything; `public` routes ask for no token. */
export type RouteScope = Scope | "admin" | "public";

/** Where a route's workspace is named: in its path (if at all), or by the token, whose own it is. */
export type WorkspaceFrom = "path" | "token";

/** Lets pass who may use a route, and only in a workspace that is there for him. */
export const authorize = (scope: RouteScope, workspaceFrom: WorkspaceFrom = "path") =>
  createMiddleware<AppEnv>(async (c, next) => {
    if (scope !== "public") {
      const caller = innerCaller(c.req.raw) ?? (await callerOf(c));
      const wait = limitToken(c, caller.kind === "admin" ? "admin" : caller.tokenId);
      if (wait > 0) throw rateLimited("This token makes more requests than the deployment allows.", wait);
      c.set("caller", caller);
      const noted = caller.kind === "token" ? noteUse(c.env, caller, Date.now()) : null;
      if (noted) c.executionCtx.waitUntil(noted);
      const named = c.req.param("workspace");
      // The workspace first: a token learns nothing of another workspace, not even which scope it would take.
      if (workspaceFrom === "token") c.set("workspaceId", ownOf(caller));
      else if (named !== undefined) c.set("workspaceId", await reachable(c.env, caller, named));
      if (!grants(caller, scope)) throw new ApiError("forbidden", `The token lacks the scope ${scope}.`);
    }
    await next();
  });

/** @throws ApiError unauthorized; rate_limited where unknown tokens from this address came too often */
async function callerOf(c: AppContext): Promise<Caller> {
  const token = /^Bearer +([^\s]+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  const caller = token === undefined ? null : await login(c, token);
  if (caller && caller.kind !== "expired") return caller;
  throw new ApiError("unauthorized", complaint(token, caller), { headers: { "WWW-Authenticate": "Bearer" } });
}

function complaint(token: string | undefined, found: Expired | null): string {
  if (token === undefined) return "Send Authorization: Bearer <token>.";
  // Told only to who holds the token.
  return found ? `The token expired at ${iso(found.at)}.` : "The token is not known, or was revoked.";
}

function ownOf(caller: Caller): number {
  if (caller.kind === "token") return caller.workspaceId;
  throw new ApiError("forbidden", "The admin token belongs to no workspace: use a token of the workspace's own here.");
}

async function reachable(env: Env, caller: Caller, param: string): Promise<number> {
  const id = /^[1-9][0-9]{0,14}$/.test(param) ? Number(param) : undefined;
  if (id !== undefined) {
    if (caller.kind === "token" && caller.workspaceId === id) return id;
    if (caller.kind === "admin" && (await workspaceOf(env, id))) return id;
  }
  throw noWorkspace();
}

function grants(caller: Caller, scope: Exclude<RouteScope, "public">): boolean {
  return caller.kind === "admin" || (scope !== "admin" && caller.scopes.includes(scope));
}

/** Isolate-wide. */
const unknownTokens = new UnknownTokenLimiter();

/**
 * Whose token this is; null if nobody's.
 * @throws ApiError rate_limited, where too many that are nobody's came from that address: whether this one is somebody's is
 *   not looked up then
 */
export async function login(c: AppContext, token: string): Promise<Caller | Expired | null> {
  const digest = sha256(token);
  const hash = hex(digest);
  const address = `token ${clientOf((name) => c.req.header(name))}`;
  const now = Date.now();
  refuse(unknownTokens.wait(address, hash, now));
  const caller = await authenticate(c.env, token, digest);
  if (caller) unknownTokens.right(address, hash, now);
  else refuse(await unknownTokens.wrong(c.env.FAILURES, address, hash, now));
  return caller;
}

function refuse(seconds: number): void {
  if (seconds > 0) throw rateLimited("Too many requests from this address had a token that is not known.", seconds);
}
