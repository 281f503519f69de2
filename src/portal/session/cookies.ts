import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { AppContext } from "../../api/context.ts";
import { base64Url, fromBase64Url } from "../../config/base64url.ts";
import { settingsOf } from "../../config/settings.ts";
import { hex, utf8 } from "../../lib/bytes.ts";
import { Session } from "./session.ts";

const SESSION = "posthorn_session";
const THEME = "posthorn_theme";

/** The keys that cookies are signed with: one of each of the deployment's, so that a new one signs nobody out. */
function signingKeys(env: Env): Promise<string[]> {
  return Promise.all(settingsOf(env).encryptionKeys.map(derive));
}

/** HKDF (RFC 5869): of a key that seals secrets, nothing else may be known by what it signs. */
async function derive(text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", utf8(text), "HKDF", false, ["deriveBits"]);
  const purpose = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("posthorn portal session") };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(purpose, key, 256)));
}

/**
 * Where a cookie holds. Somebody whom a product shows the portal inside a page of its own is there on another site, where
 * browsers send a cookie only if it says so, and then to that site's frames alone (`Partitioned`). That takes `Secure`,
 * which browsers accept from their own machine without https.
 */
function reach(c: AppContext, framed: boolean): Pick<CookieOptions, "secure" | "sameSite" | "partitioned"> {
  const { protocol, hostname } = new URL(c.req.url);
  const secure = protocol === "https:";
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  if (framed && (secure || local)) return { secure: true, sameSite: "None", partitioned: true };
  return { secure, sameSite: "Lax" };
}

/** Keeps who has signed in. */
export async function keepSession(c: AppContext, session: Session, framed: boolean): Promise<void> {
  const [key = ""] = await signingKeys(c.env);
  const text = base64Url(utf8(JSON.stringify(session)));
  const seconds = Math.max(0, Math.floor((session.until - Date.now()) / 1000));
  const common = { path: "/portal", httpOnly: true, maxAge: seconds };
  await setSignedCookie(c, SESSION, text, key, { ...common, ...reach(c, framed) });
}

/** The session that came with the request, if one of our keys has signed it; whether it still holds is not looked at. */
export async function readSession(c: AppContext): Promise<Session | null> {
  for (const key of await signingKeys(c.env)) {
    const text = await getSignedCookie(c, key, SESSION);
    if (text) return parse(text);
  }
  return null;
}

/** Null for what is none, though we have signed it: a version before may have written it in another way. */
function parse(text: string): Session | null {
  const bytes = fromBase64Url(text);
  if (!bytes) return null;
  try {
    return Session.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null;
  }
}

export function forgetSession(c: AppContext): void {
  deleteCookie(c, SESSION, { path: "/portal", ...reach(c, false) });
}

/** How somebody wants to see the pages; null: as the system does. */
export type Theme = "light" | "dark" | null;

export function themeOf(c: AppContext): Theme {
  const theme = getCookie(c, THEME);
  return theme === "light" || theme === "dark" ? theme : null;
}

const YEAR_S = 365 * 24 * 3600;

/** @param framed as {@link keepSession} has it */
export function keepTheme(c: AppContext, theme: Theme, framed: boolean): void {
  const where = { path: "/portal", ...reach(c, framed) };
  if (theme === null) deleteCookie(c, THEME, where);
  else setCookie(c, THEME, theme, { ...where, maxAge: YEAR_S });
}
