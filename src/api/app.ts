import { Hono } from "hono";
import { answerHeaders, requestId } from "./answer-headers.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { cors } from "./cors.ts";
import { ApiError, asApiError, PROBLEMS, problemOf } from "./problem.ts";
import { allowedMethods } from "./route.ts";
import { routes } from "./routes.ts";
import { urlLimit } from "./url-limits.ts";

export { routes } from "./routes.ts";

/** The HTTP API. */
export const app = new Hono<AppEnv>();

app.use(
  requestId,
  answerHeaders,
  cors(() => routes),
  urlLimit,
);

for (const { method, path, guard, handle } of routes) {
  app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ":$1"), guard, handle);
}

app.notFound((c) => {
  const methods = allowedMethods(routes, c.req.path);
  if (methods.length === 0) return answerWith(c, new ApiError("not_found", "No route has this path."));
  const headers = { Allow: methods.join(", ") };
  return answerWith(c, new ApiError("method_not_allowed", `${c.req.method} is not allowed here.`, { headers }));
});

app.onError((error, c) => {
  const answer = asApiError(error);
  if (answer !== error) console.error(c.get("requestId"), error);
  return answerWith(c, answer);
});

function answerWith(c: AppContext, error: ApiError): Response {
  const body = JSON.stringify(problemOf(error, c.get("requestId")));
  return c.body(body, PROBLEMS[error.code].status, { "Content-Type": "application/problem+json", ...error.headers });
}
