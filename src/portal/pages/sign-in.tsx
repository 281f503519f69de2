import type { Hono } from "hono";
import { nonceOf } from "../../api/answer-headers.ts";
import { login } from "../../api/authorize.ts";
import type { AppContext, AppEnv } from "../../api/context.ts";
import { asApiError } from "../../api/problem.ts";
import { insertSession, LONGEST_SESSION_S } from "../../config/portal-sessions.ts";
import { backOf } from "../back.ts";
import { BarePage } from "../frame.tsx";
import { isInFrame } from "../framing.ts";
import { beginSession, finishSession, formOf, isOurs, keepTheme, readSession, themeOf } from "../session/index.ts";
import { SIGNED_OUT } from "./link.tsx";

/** The ways in and out, and what somebody sets for himself. They are for whoever has no session yet, or ends one. */
export function signInRoutes(portal: Hono<AppEnv>): void {
  portal.get("/portal/sign-in", (c) => signInPage(c, backOf(c.req.query("to")), null));

  portal.post("/portal/sign-in", async (c) => {
    const form = await formOf(c);
    const token = String(form.get("token") ?? "").trim();
    const to = backOf(String(form.get("to") ?? ""));
    try {
      const caller = token === "" ? null : await login(c, token);
      if (caller && caller.kind !== "expired") {
        const now = Date.now();
        await beginSession(c, await readSession(c, now), await insertSession(c.env, caller, now), false);
        return c.redirect(to, 303);
      }
      c.status(401);
      return signInPage(c, to, signInError(token, caller !== null));
    } catch (error) {
      const known = asApiError(error);
      if (known !== error) throw error;
      c.status(429);
      for (const [name, value] of Object.entries(known.headers)) c.header(name, value);
      return signInPage(c, to, known.message);
    }
  });

  portal.post("/portal/sign-out", async (c) => {
    const session = await readSession(c, Date.now());
    const framed = isInFrame(c);
    // A form of somebody else's signs nobody out.
    if (session && !isOurs(session, await formOf(c))) return c.redirect("/portal", 303);
    await finishSession(c, session, framed);
    // A guest has no token to sign in with, and in a frame nobody is asked for one.
    return c.redirect(framed || session?.kind === "link" ? SIGNED_OUT : "/portal/sign-in", 303);
  });

  portal.post("/portal/theme", async (c) => {
    const form = await formOf(c);
    const theme = form.get("theme");
    keepTheme(c, theme === "light" || theme === "dark" ? theme : null, isInFrame(c));
    return c.redirect(backOf(String(form.get("back") ?? "")), 303);
  });

  portal.get("/portal", async (c) => {
    const caller = (await readSession(c, Date.now()))?.caller;
    if (!caller) return c.redirect("/portal/sign-in", 303);
    return c.redirect(caller.kind === "admin" ? "/portal/workspaces" : `/portal/${caller.workspaceId}/webhooks`, 303);
  });
}

function signInError(token: string, expired: boolean): string {
  if (token === "") return "Paste a token.";
  return expired ? "This token has expired. Ask for a new one." : "This token is not known, or was revoked.";
}

function signInPage(c: AppContext, to: string, wrong: string | null): Response | Promise<Response> {
  const page = (
    <BarePage context={{ nonce: nonceOf(c), theme: themeOf(c) }} title="Sign in">
      <div class="card">
        <form method="post" action="/portal/sign-in" class="card-body stack">
          <h1>Sign in</h1>
          <input type="hidden" name="to" value={to} />
          <div class="field">
            <label for="token">Token</label>
            <span class="hint" id="token-hint">
              A workspace's token (<code>pht_…</code>), or the deployment's admin token.
            </span>
            <input
              {...{ id: "token", name: "token", type: "password", autocomplete: "current-password", spellcheck: false }}
              required
              autofocus
              aria-describedby={wrong ? "token-hint token-wrong" : "token-hint"}
              aria-invalid={wrong ? "true" : undefined}
            />
            {wrong && (
              <span class="wrong" id="token-wrong" role="alert">
                {wrong}
              </span>
            )}
          </div>
          <button type="submit" class="primary">
            Sign in
          </button>
        </form>
      </div>
      <p class="small quiet">
        You stay signed in for {LONGEST_SESSION_S / 3600} hours, in this browser. The token itself is not kept.
      </p>
    </BarePage>
  );
  return c.html(`<!doctype html>${page}`);
}
