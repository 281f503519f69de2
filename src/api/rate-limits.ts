import ipaddr from "ipaddr.js";
import { type RateLimitBinding, RateLimiter, REQUESTS } from "../lib/rate-limiter.ts";
import type { AppContext } from "./context.ts";
import { ApiError } from "./problem.ts";

const tokens = new RateLimiter(REQUESTS);
const sources = new RateLimiter(REQUESTS);

/** In how many seconds a token may come again; 0 where this request may go on, which is counted. */
export const limitToken = (c: AppContext, id: string): number => count(c, tokens, c.env.TOKEN_REQUESTS, id);

/** The same for what comes to a source. */
export const limitSource = (c: AppContext, id: string): number => count(c, sources, c.env.SOURCE_REQUESTS, id);

/** Each change is a unit of its own, and the binding is asked before it is made. */
const changes = new RateLimiter({ pack: 1, pauseMs: 60_000 });

/**
 * Lets a change of a workspace's configuration pass, or what else leaves an entry in its audit log. The admin's are counted
 * apart from those of the workspace's tokens and users: who has used up his own cannot keep the operator from acting.
 * @throws ApiError rate_limited
 */
export async function limitChanges(c: AppContext, workspaceId: number): Promise<void> {
  const key = c.get("caller")?.kind === "admin" ? `${workspaceId} admin` : String(workspaceId);
  const now = Date.now();
  const refused = changes.wait(key, now);
  if (refused === 0) await changes.count(c.env.WORKSPACE_CHANGES, key, now);
  const seconds = refused || changes.wait(key, now);
  if (seconds > 0) throw rateLimited("This workspace is changed more often than the deployment allows.", seconds);
}

function count(c: AppContext, limiter: RateLimiter, binding: RateLimitBinding, key: string): number {
  const now = Date.now();
  const wait = limiter.wait(key, now);
  if (wait > 0) return wait;
  const asked = limiter.count(binding, key, now);
  if (asked) c.executionCtx.waitUntil(asked);
  return 0;
}

/** @param seconds after which it makes sense to come again */
export const rateLimited = (detail: string, seconds: number): ApiError =>
  new ApiError("rate_limited", detail, { headers: { "Retry-After": String(seconds) } });

/**
 * Whom to count a request for: the client's address; of an IPv6 address the /64, all of which one customer has. Cloudflare
 * sets the header on all that comes from outside. Local runs have none, and there all are one.
 */
export function clientOf(header: (name: string) => string | undefined): string {
  const address = header("CF-Connecting-IP") ?? "";
  if (!address.includes(":") || !ipaddr.IPv6.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
