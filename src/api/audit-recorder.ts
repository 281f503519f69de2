import { type AuditAction, AuditRecorder, type Origin } from "../config/audit.ts";
import { boundAuditLog, pruneAuditLog } from "../config/audit-queries.ts";
import type { Caller } from "../config/authenticate.ts";
import type { AppContext } from "./context.ts";

/** An IPv6 address with a zone fits; a user agent is cut to this. */
const MAX_IP = 64;
const MAX_USER_AGENT = 200;

/**
 * Records the changes of a request as its caller's.
 * @param at in milliseconds since 1970
 * @throws Error for a route that lets in who is not known
 */
export function auditRecorderOf(c: AppContext, at: number): AuditRecorder {
  const caller = c.get("caller");
  if (!caller) throw new Error("A change that is audited needs a token: who makes it?");
  const ip = c.req.header("cf-connecting-ip")?.slice(0, MAX_IP) ?? null;
  const country = countryOf(c.req.raw);
  const userAgent = c.req.header("user-agent")?.slice(0, MAX_USER_AGENT) ?? null;
  return new AuditRecorder({ ...actorOf(caller), requestId: c.get("requestId"), ip, country, userAgent }, at);
}

/** Null where Cloudflare does not know it, and where the Worker runs elsewhere. */
const countryOf = (request: Request): string | null => {
  const country: unknown = request.cf?.country;
  return typeof country === "string" ? country : null;
};

function actorOf(caller: Caller): Pick<Origin, "actor" | "actorName"> {
  return caller.kind === "admin"
    ? { actor: "admin", actorName: null }
    : { actor: caller.tokenId, actorName: caller.name };
}

/**
 * To be called when an operation is done. One that has not made its entry itself gets one now, that it happened: should
 * the isolate end in between, it is lost. What makes its own in time loses none.
 * @throws what D1 throws: the operation has happened then, and the log of the Worker says so
 */
export async function ensureEntry(c: AppContext, audit: AuditRecorder, action: AuditAction): Promise<void> {
  if (!audit.settled(action)) {
    const { workspace: _, ...params } = c.req.param();
    const record = Object.values(params).at(-1) ?? null;
    await audit.record(c.env, action, { workspaceId: c.get("workspaceId") ?? null, record });
  }
}

/**
 * Lets old entries go, beside a change: to be called however it ended, as what failed may have left an entry, too.
 * @param at in milliseconds since 1970
 */
export function pruneEntries(c: AppContext, at: number): void {
  const workspaceId = c.get("workspaceId");
  c.executionCtx.waitUntil(pruneAuditLog(c.env, at));
  if (workspaceId !== undefined) c.executionCtx.waitUntil(boundAuditLog(c.env, workspaceId));
}
