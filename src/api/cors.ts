import { createMiddleware } from "hono/factory";
import { settingsOf } from "../config/settings.ts";
import type { AppEnv } from "./context.ts";
import { allowedMethods, type RouteFacts } from "./route.ts";

const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";
const ANSWER_HEADERS = "Allow, Retry-After, WWW-Authenticate, X-Request-Id";
/** For so many seconds a browser need not ask again. */
const MAX_AGE = "600";

/**
 * Opens the API to the pages of the origins that the deployment names in CORS_ORIGINS; without any, to none. A page shows
 * its token itself: cookies and other credentials that a browser would add are never asked for. Where providers call, no
 * page has anything to say.
 */
export const cors = (routes: () => readonly Pick<RouteFacts, "method" | "path">[]) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const origin = c.req.header("Origin");
    if (origin === undefined || c.req.path.startsWith("/in/")) return next();
    const opened = settingsOf(c.env).CORS_ORIGINS.includes(origin);
    const methods = c.req.method === "OPTIONS" && opened ? allowedMethods(routes(), c.req.path) : [];
    if (methods.length > 0 && c.req.header("Access-Control-Request-Method") !== undefined) {
      c.res = new Response(null, {
        status: 204,
        headers: {
          "Access-Control-Allow-Methods": methods.join(", "),
          "Access-Control-Allow-Headers": REQUEST_HEADERS,
          "Access-Control-Max-Age": MAX_AGE,
        },
      });
    } else await next();
    c.res.headers.append("Vary", "Origin");
    if (!opened) return;
    c.res.headers.set("Access-Control-Allow-Origin", origin);
    c.res.headers.set("Access-Control-Expose-Headers", ANSWER_HEADERS);
  });
