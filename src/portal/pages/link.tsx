import type { Hono } from "hono";
import type { AppContext, AppEnv } from "../../api/context.ts";
import { nonceOf } from "../../api/page-policy.ts";
import { openPortalLink } from "../../config/portal-links.ts";
import { Document } from "../frame.tsx";
import { allowFraming, isInFrame } from "../framing.ts";
import { Horn } from "../parts/icons.tsx";
import { keepSession, readSession, sessionOfLink, themeOf } from "../session/index.ts";
import type { Visit } from "../visit.ts";

type Bare = Pick<Visit, "nonce" | "theme">;

const AGAIN = "Go back to where you found it, and open the settings from there again: that makes a new link.";

/** Why a link does not open, and what to do. */
const CLOSED = {
  used: { title: "This link was used", why: "It opens the settings once, and somebody has opened it." },
  expired: { title: "This link has expired", why: "It could be opened for a short time only." },
  unknown: { title: "This link is not known", why: "The address is incomplete, or the link is older than a day." },
} as const;

/** The way in by a link that a product has made for its user. */
export function linkRoutes(portal: Hono<AppEnv>): void {
  portal.get("/portal/link/:token", async (c) => {
    allowFraming(c);
    // Programs that look at an address before a person does would use it up.
    if (c.req.method === "HEAD" || isPrefetch(c)) return c.body(null, c.req.method === "HEAD" ? 200 : 503);
    const now = Date.now();
    const link = await openPortalLink(c.env, c.req.param("token"), now);
    if ("closed" in link) {
      const session = link.closed === "used" ? await readSession(c) : null;
      // Whoever it has let in comes back to it by a reload of the page around the frame, or by going back.
      const isMine =
        session?.kind === "link" && link.closed === "used" && session.link === link.id && session.until > now;
      return isMine ? c.redirect(startOf(session.workspaceId), 303) : closed(c, link.closed);
    }
    // In a frame of the same site the ordinary cookie is sent, and there must not be two.
    const framed = isInFrame(c) && c.req.header("Sec-Fetch-Site") === "cross-site";
    await keepSession(c, sessionOfLink(link, now), framed);
    return c.redirect(startOf(link.workspaceId), 303);
  });
}

const startOf = (workspaceId: number): string => `/portal/${workspaceId}/webhooks`;

const isPrefetch = (c: AppContext): boolean => /prefetch|preview/.test(c.req.header("Sec-Purpose") ?? "");

function closed(c: AppContext, reason: keyof typeof CLOSED): Response | Promise<Response> {
  const { title, why } = CLOSED[reason];
  c.status(reason === "unknown" ? 404 : 410);
  const page = (
    <Notice visit={{ nonce: nonceOf(c), theme: themeOf(c) }} title={title}>
      {why} {AGAIN}
    </Notice>
  );
  return c.html(`<!doctype html>${page}`);
}

/** In place of the page to sign in, which is shown in no frame: nobody may be made to type a token into one. */
export const EndedInFrame = ({ visit }: { visit: Bare }) => (
  <Notice visit={visit} title="You are not signed in here">
    Your visit has ended, or your browser keeps no cookies for this frame. Reload the page around it, or open the
    settings from there again. If it stays so, allow cookies for this site, or ask for a link that opens in a window of
    its own.
  </Notice>
);

function Notice({ visit, title, children }: { visit: Bare; title: string; children: unknown }) {
  return (
    <Document visit={visit} title={title}>
      <main class="alone stack" id="main">
        <span class="brand">
          <Horn /> Posthorn
        </span>
        <h1>{title}</h1>
        <p>{children}</p>
      </main>
    </Document>
  );
}
