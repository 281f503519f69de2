import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";

/** An id from outside goes into the logs, so only a harmless one is taken over. */
const HARMLESS = /^[A-Za-z0-9_-]{1,64}$/;

/** Gives every request an id, and every answer the header `X-Request-Id`. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header("X-Request-Id");
  const id = given !== undefined && HARMLESS.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.res.headers.set("X-Request-Id", id);
});
