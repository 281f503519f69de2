import type { AppContext } from "../../api/context.ts";
import type { Caller } from "../../config/authenticate.ts";
import { endSession, type NewSession, type PortalSession, sessionOf } from "../../config/portal-sessions.ts";
import { base64Url, sha256 } from "../../lib/bytes.ts";
import { sameText } from "../../lib/constant-time.ts";
import { forgetCookie, keepCookie, readCookie } from "./cookies.ts";

/** Somebody who has signed in, and whom he stands for now. */
export type Session = PortalSession & {
  kind: "admin" | "token" | "link";
  /** Goes into every form, and comes back with it. */
  csrf: string;
  caller: Caller;
};

/**
 * What a session's forms bear: whoever has the cookie could work it out, and nobody the cookie from it. 144 bits of the
 * digest of a secret with 256.
 */
const csrfOf = (text: string): string => base64Url(sha256(`form of a portal session: ${text}`).subarray(0, 18));

/** Whose session came with the request; null for none, or one that has ended. */
export async function readSession(c: AppContext, now: number): Promise<Session | null> {
  const text = await readCookie(c);
  const found = text === null ? null : await sessionOf(c.env, text, now);
  if (text === null || found === null) return null;
  const { session, caller } = found;
  const kind = caller.kind === "admin" ? "admin" : session.linkId === null ? "token" : "link";
  return { ...session, kind, csrf: csrfOf(text), caller };
}

/** Whether a form was from a page of this session. */
export function isOurs(session: Session, form: FormData): boolean {
  const given = form.get("csrf");
  return typeof given === "string" && sameText(given, session.csrf);
}

/**
 * Lets a session go on in this browser, and ends the one that was there: its cookie is gone from here.
 * @param framed whether it is in a frame of another site
 */
export async function beginSession(
  c: AppContext,
  before: Session | null,
  { text, until }: NewSession,
  framed: boolean,
): Promise<void> {
  if (before) await endSession(c.env, before);
  await keepCookie(c, text, until, framed);
}

/** Ends a session, wherever its cookie is, and takes the cookie out of this browser, also that of one that has ended. */
export async function finishSession(c: AppContext, session: Session | null, framed: boolean): Promise<void> {
  if (session) await endSession(c.env, session);
  forgetCookie(c, framed);
}

/** What a form has brought. Empty for a body that is no form: as that does not show whose it is, it is refused. */
export const formOf = (c: AppContext): Promise<FormData> => c.req.formData().catch(() => new FormData());
