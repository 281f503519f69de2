import { z } from "zod";
import type { Caller } from "../../config/authenticate.ts";
import { base64Url } from "../../config/base64url.ts";
import type { PortalLink } from "../../config/portal-links.ts";
import { SCOPES } from "../../config/schema.ts";
import { settingsOf } from "../../config/settings.ts";
import { holderOf } from "../../config/tokens.ts";
import { workspaceOf } from "../../config/workspaces.ts";
import { utf8 } from "../../lib/bytes.ts";
import { sameBytes } from "../../lib/constant-time.ts";
import { sha256Hex } from "../../lib/sha256.ts";

/** How long somebody who signed in stays so, in seconds. */
export const SESSION_S = 12 * 3600;

const common = {
  /** Goes into every form, and comes back with it. */
  csrf: z.string().min(20),
  /** When it ends, in milliseconds since 1970. */
  until: z.int(),
};

/**
 * What the cookie of somebody who signed in says. None holds a token: the admin's a mark of the token that was given, a
 * workspace token's its hash. Both are looked up at every request, so whoever loses the token loses the session.
 */
export const Session = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("admin"), mark: z.string(), ...common }),
  z.object({ kind: z.literal("token"), hash: z.string(), ...common }),
  z.object({
    kind: z.literal("link"),
    link: z.string(),
    workspaceId: z.int(),
    scopes: z.array(z.enum(SCOPES)),
    ...common,
  }),
]);
export type Session = z.infer<typeof Session>;

type Common = Pick<Session, "csrf" | "until">;

const fresh = (now: number, seconds = SESSION_S): Common => ({
  csrf: base64Url(crypto.getRandomValues(new Uint8Array(18))),
  until: now + seconds * 1000,
});

/** Says which admin token it is, and nothing of it. */
const adminMark = (env: Env): Promise<string> => sha256Hex(`portal session of ${settingsOf(env).ADMIN_TOKEN}`);

/** A session for who has shown this token, which {@link authenticate} has found to be this caller's. */
export async function sessionFor(env: Env, caller: Caller, token: string, now: number): Promise<Session> {
  if (caller.kind === "admin") return { kind: "admin", mark: await adminMark(env), ...fresh(now) };
  return { kind: "token", hash: await sha256Hex(token), ...fresh(now) };
}

/** A session for who was sent in by a link. */
export function sessionOfLink({ id, workspaceId, scopes, sessionSeconds }: PortalLink, now: number): Session {
  return { kind: "link", link: id, workspaceId, scopes, ...fresh(now, sessionSeconds) };
}

/** Whom a session stands for now; null if for nobody any more: it ended, or the token was revoked or replaced. */
export async function callerOfSession(env: Env, session: Session, now: number): Promise<Caller | null> {
  if (session.until <= now) return null;
  if (session.kind === "admin")
    return sameBytes(utf8(session.mark), utf8(await adminMark(env))) ? { kind: "admin" } : null;
  if (session.kind === "token") {
    const holder = await holderOf(env, session.hash);
    return holder && (holder.expiresAt === null || holder.expiresAt > now) ? holder : null;
  }
  const { link, workspaceId, scopes, until } = session;
  if (!(await workspaceOf(env, workspaceId))) return null;
  // Its use is known by the link's own row: there is none of a token to write to.
  return { kind: "token", tokenId: link, name: "portal link", workspaceId, scopes, expiresAt: until, lastUsedAt: now };
}
