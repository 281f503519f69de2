import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { AppContext } from "../../api/context.ts";
import { isSessionText } from "../../config/portal-sessions.ts";
import { settingsOf } from "../../config/settings.ts";
import { hex, utf8 } from "../../lib/bytes.ts";

const SESSION = "posthorn_session";
const THEME = "posthorn_theme";

const derived = new WeakMap<Env, readonly string[]>();

/**
 * The keys that cookies are signed with: one of each of the deployment's, so that a new one signs nobody out. A
 * signature opens nothing, as a session has its row; but what nobody has signed costs no look-up.
 */
async function signingKeys(env: Env): Promise<readonly string[]> {
  const known = derived.get(env) ?? (await Promise.all(settingsOf(env).encryptionKeys.map(derive)));
  derived.set(env, known);
  return known;
}

/** HKDF (RFC 5869): of a key that seals secrets, nothing else may be known by what it signs. */
async function derive(text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", utf8(text), "HKDF", false, ["deriveBits"]);
  const purpose = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("posthorn portal session") };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(purpose, key, 256)));
}

const isHttps = (c: AppContext): boolean => new URL(c.req.url).protocol === "https:";

/**
 * Where a cookie holds. Somebody whom a product shows the portal inside a page of its own is there on another site, where
 * browsers send a cookie only if it says so, and then to that site's frames alone (`Partitioned`). That takes `Secure`,
 * which browsers accept from their own machine without https.
 */
function reach(c: AppContext, framed: boolean): Pick<CookieOptions, "secure" | "sameSite" | "partitioned"> {
  const secure = isHttps(c);
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(c.req.url).hostname);
  if (framed && (secure || local)) return { secure: true, sameSite: "None", partitioned: true };
  return { secure, sameSite: "Lax" };
}

/**
 * `__Host-`, which keeps other hosts of the domain from setting a session of theirs (RFC 6265bis, 4.1.3.2). Browsers take
 * it by https alone, also on their own machine; by https nothing else is read.
 */
const prefixed = (c: AppContext): { path: string; prefix?: "host" } =>
  isHttps(c) ? { path: "/", prefix: "host" } : { path: "/portal" };

/** Keeps what stands for a session, until then in milliseconds since 1970. */
export async function keepCookie(c: AppContext, text: string, until: number, framed: boolean): Promise<void> {
  const [key = ""] = await signingKeys(c.env);
  const maxAge = Math.max(0, Math.floor((until - Date.now()) / 1000));
  await setSignedCookie(c, SESSION, text, key, { ...prefixed(c), httpOnly: true, maxAge, ...reach(c, framed) });
}

/** What stands for a session, if one of our keys has signed it; whether there is such a session is not looked at. */
export async function readCookie(c: AppContext): Promise<string | null> {
  for (const key of await signingKeys(c.env)) {
    const text = await getSignedCookie(c, key, SESSION, prefixed(c).prefix);
    if (text) return isSessionText(text) ? text : null;
  }
  return null;
}

/** @param framed as {@link keepCookie} has it: there are two, and each is taken back where it holds */
export function forgetCookie(c: AppContext, framed: boolean): void {
  deleteCookie(c, SESSION, { ...prefixed(c), ...reach(c, framed) });
}

/** How somebody wants to see the pages; null: as the system does. */
export type Theme = "light" | "dark" | null;

export function themeOf(c: AppContext): Theme {
  const theme = getCookie(c, THEME);
  return theme === "light" || theme === "dark" ? theme : null;
}

const YEAR_S = 365 * 24 * 3600;

/** @param framed as {@link keepCookie} has it */
export function keepTheme(c: AppContext, theme: Theme, framed: boolean): void {
  const where = { path: "/portal", ...reach(c, framed) };
  if (theme === null) deleteCookie(c, THEME, where);
  else setCookie(c, THEME, theme, { ...where, maxAge: YEAR_S });
}
