import type { Hono } from "hono";
import type { Child } from "hono/jsx";
import { nonceOf } from "../../api/answer-headers.ts";
import type { AppContext, AppEnv } from "../../api/context.ts";
import { ApiError } from "../../api/problem.ts";
import { type Closed, lookAtPortalLink, openPortalLink } from "../../config/portal-links.ts";
import { workspaceOf } from "../../config/workspaces.ts";
import { type BareContext, BarePage, Csrf } from "../frame.tsx";
import { allowFraming, isInFrame } from "../framing.ts";
import { guardedLink } from "../link-guard.ts";
import { beginSession, formOf, isOurs, readSession, type Session, themeOf } from "../session/index.ts";

const AGAIN = "Go back to where you found it, and open the settings from there again: that makes a new link.";

/** Why a link does not open, and what to do. */
const CLOSED = {
  used: { title: "This link was used", why: "It opens the settings once, and somebody has opened it." },
  expired: { title: "This link has expired", why: "It could be opened for a short time only." },
  unknown: {
    title: "This link is not known",
    why: "The address is incomplete, or the link was revoked, or is older than a day.",
  },
} as const;

const PATH = "/portal/link/:token";

/** Where a guest is led who has signed out. */
export const SIGNED_OUT = "/portal/signed-out";

/** The way in by a link that a product has made for its user. */
export function linkRoutes(portal: Hono<AppEnv>): void {
  portal.get(PATH, async (c) => {
    allowFraming(c);
    // Programs that look at an address before a person does would use it up.
    if (c.req.method === "HEAD" || isPrefetch(c)) return c.body(null, c.req.method === "HEAD" ? 200 : 503);
    const session = await readSession(c, Date.now());
    if (!session) return open(c, null);
    const token = c.req.param("token");
    const link = await guardedLink(c, token, () => lookAtPortalLink(c.env, token, Date.now()));
    if ("closed" in link) return closed(c, link, session);
    return isGuestOf(session, link.workspaceId) ? open(c, session) : question(c, session);
  });

  // The answer to the question. A form of another site has not come as far as this.
  portal.post(PATH, async (c) => {
    allowFraming(c);
    const session = await readSession(c, Date.now());
    if (!session) return c.redirect(c.req.path, 303);
    if (!isOurs(session, await formOf(c))) throw stale();
    return open(c, session);
  });

  portal.get(SIGNED_OUT, (c) => {
    allowFraming(c);
    return notice(
      c,
      "You are signed out",
      <p>To come back, open the settings from where you found them: that makes a new link.</p>,
    );
  });
}

const stale = (): ApiError =>
  new ApiError("forbidden", "The form was not from a page of this session. Open the link again, by its address.");

/** A product makes a link for each visit: whoever is its guest already goes on as such, with what the new one allows. */
const isGuestOf = (session: Session, workspaceId: number): boolean =>
  session.kind === "link" && session.workspaceId === workspaceId;

async function open(c: AppContext, before: Session | null): Promise<Response> {
  const token = c.req.param("token") ?? "";
  const link = await guardedLink(c, token, () => openPortalLink(c.env, token, Date.now()));
  if ("closed" in link) return closed(c, link, before);
  // In a frame of the same site the ordinary cookie is sent, and there must not be two.
  const framed = isInFrame(c) && c.req.header("Sec-Fetch-Site") === "cross-site";
  await beginSession(c, before, link.session, framed);
  return c.redirect(startOf(link.workspaceId), 303);
}

const startOf = (workspaceId: number): string => `/portal/${workspaceId}/webhooks`;

/** What browsers say, and have said, of a request that nobody has asked for yet. */
const PURPOSES = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];
const isPrefetch = (c: AppContext): boolean =>
  PURPOSES.some((name) => /prefetch|preview|prerender/i.test(c.req.header(name) ?? ""));

function closed(c: AppContext, link: Closed, session: Session | null): Response | Promise<Response> {
  // Whoever it has let in comes back to it by a reload of the page around the frame, or by going back.
  if (link.closed === "used" && session?.linkId === link.id && session.workspaceId !== null) {
    return c.redirect(startOf(session.workspaceId), 303);
  }
  const { title, why } = CLOSED[link.closed];
  c.status(link.closed === "unknown" ? 404 : 410);
  return notice(
    c,
    title,
    <p>
      {why} {AGAIN}
    </p>,
  );
}

/**
 * Asks whoever is signed in as somebody else. He may have been led to a link of a stranger's, and would work in that
 * one's workspace without knowing it.
 */
async function question(c: AppContext, session: Session): Promise<Response> {
  return notice(
    c,
    "You are signed in already",
    <>
      <p>
        You are signed in {await whoIs(c, session)}. This link opens the settings of another, as a guest, and signs you
        out there.
      </p>
      <p>If you did not ask for it a moment ago, somebody else has sent it: close this page.</p>
      <form method="post" action={c.req.path} class="row">
        <Csrf session={session} />
        <button type="submit" class="primary">
          Sign out there, and open the link
        </button>
        <a class="button" href="/portal">
          Stay signed in
        </a>
      </form>
    </>,
  );
}

async function whoIs(c: AppContext, { caller, kind }: Session): Promise<string> {
  if (caller.kind === "admin") return "as the deployment's admin";
  const workspace = (await workspaceOf(c.env, caller.workspaceId))?.name ?? "a workspace";
  return kind === "link" ? `as a guest of ${workspace}` : `to ${workspace}, with the token ${caller.name}`;
}

/** In place of the page to sign in, which is shown in no frame: nobody may be made to type a token into one. */
export const EndedInFrame = ({ context }: { context: BareContext }) => (
  <BarePage context={context} title="You are not signed in here">
    <h1>You are not signed in here</h1>
    <p>
      Your visit has ended, or your browser keeps no cookies for this frame. Reload the page around it, or open the
      settings from there again. If it stays so, allow cookies for this site, or ask for a link that opens in a window
      of its own.
    </p>
  </BarePage>
);

/** A page that says one thing. */
function notice(c: AppContext, title: string, content: Child): Response | Promise<Response> {
  const page = (
    <BarePage context={{ nonce: nonceOf(c), theme: themeOf(c) }} title={title}>
      <h1>{title}</h1>
      {content}
    </BarePage>
  );
  return c.html(`<!doctype html>${page}`);
}
