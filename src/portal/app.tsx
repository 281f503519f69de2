import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import type { Child } from "hono/jsx";
import type { StatusCode } from "hono/utils/http-status";
import { answerHeaders, nonceOf, requestId } from "../api/answer-headers.ts";
import type { AppContext, AppEnv } from "../api/context.ts";
import { ApiError, asApiError, PROBLEMS, type Problem, problemOf } from "../api/problem.ts";
import { urlLimit } from "../api/url-limits.ts";
import type { Caller } from "../config/authenticate.ts";
import { workspaceOf } from "../config/workspaces.ts";
import { Api, Refused } from "./api.ts";
import { asset } from "./assets.ts";
import { compressed } from "./compressed.ts";
import { allowFraming, isInFrame } from "./framing.ts";
import { type PageContext, PageContextProvider } from "./page-context.ts";
import type { Answer, PageRoute } from "./page-route.ts";
import { pages } from "./pages/index.ts";
import { EndedInFrame, linkRoutes } from "./pages/link.tsx";
import { ProblemPage } from "./pages/problem.tsx";
import { signInRoutes } from "./pages/sign-in.tsx";
import { referenceRoutes } from "./reference/page.tsx";
import { formOf, isOurs, readSession, themeOf } from "./session/index.ts";

/** The pages under Settings, and how one gets in. */
export const portal = new Hono<AppEnv>();

const refuseLarge = (): never => {
  throw new ApiError("payload_too_large", "A form holds at most 1 MB. Shorten what you have pasted.");
};

/** More than any form of ours holds: a type's schema and sample, an event's payload. In bytes. */
const FORM_LIMIT = 1_000_000;

portal.use(
  requestId,
  answerHeaders,
  urlLimit,
  compressed,
  csrf(),
  bodyLimit({ maxSize: FORM_LIMIT, onError: refuseLarge }),
);

portal.get("/portal/assets/:version/:name", async (c) => {
  const file = asset(c.req.param("name"));
  if (!file) return c.text("There is no such file.", 404);
  return file.answer((name) => c.req.header(name));
});

signInRoutes(portal);
referenceRoutes(portal);
linkRoutes(portal);

for (const route of pages) {
  portal.on(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ":$1"), (c) => serve(c, route));
}

portal.notFound(async (c) => {
  const context = await contextOf(c);
  return context instanceof Response
    ? context
    : problemPage(c, context, notFound("There is no page at this address.", c));
});

portal.onError(async (error, c) => {
  if (error instanceof HTTPException && error.status === 403) return problemPage(c, null, stale(c));
  const known = error instanceof Refused ? null : asApiError(error);
  if (known !== null && known !== error) console.error(c.get("requestId"), error);
  const problem = error instanceof Refused ? error.problem : problemOf(asApiError(error), c.get("requestId"));
  for (const [name, value] of Object.entries(known?.headers ?? {})) c.header(name, value);
  if (error instanceof Refused && error.retryAfter !== null) c.header("Retry-After", error.retryAfter);
  // Where even who visits cannot be told, the page has no frame; what went wrong is in the log by now.
  const context = await contextOf(c).catch(() => null);
  return problemPage(c, context instanceof Response ? null : context, problem);
});

async function serve(c: AppContext, route: PageRoute): Promise<Response> {
  const context = await contextOf(c);
  if (context instanceof Response) return context;
  if (!context.can(route.scope)) return problemPage(c, context, forbidden(route.scope, c));
  if (route.path.includes("{workspace}") && !context.workspace) {
    return problemPage(c, context, notFound("There is no such workspace, or it is not yours to see.", c));
  }
  if (route.method === "post") {
    if (!isOurs(context.session, context.form)) return problemPage(c, context, stale(c));
  }
  return render(c, context, await route.handle(context));
}

function render(c: AppContext, context: PageContext, answer: Answer): Response | Promise<Response> {
  if (answer instanceof Response) return answer;
  if (typeof answer === "object" && answer !== null && "page" in answer) {
    c.status(answer.status);
    return html(c, context, answer.page);
  }
  return html(c, context, answer);
}

async function html(c: AppContext, context: PageContext | null, page: Child): Promise<Response> {
  const whole = <PageContextProvider value={context}>{await page}</PageContextProvider>;
  // What awaits something within gives a promise of its text.
  const text = String(await whole.toString());
  return c.html(c.req.header("HX-Request") === undefined ? `<!doctype html>${text}` : text);
}

/** Who visits which page; or the way to sign in, for who has not. */
async function contextOf(c: AppContext): Promise<PageContext | Response> {
  const now = Date.now();
  const session = await readSession(c, now);
  if (!session) return toSignIn(c);
  const { caller } = session;
  c.set("caller", caller);
  if (session.kind === "link") allowFraming(c);
  const url = new URL(c.req.url);
  const workspace = await workspaceFor(c, caller);
  return {
    env: c.env,
    url,
    params: c.req.param(),
    caller,
    session,
    workspace,
    api: new Api(c, caller, workspace?.id),
    theme: themeOf(c),
    nonce: nonceOf(c),
    fragment: c.req.header("HX-Request") !== undefined,
    now,
    form: c.req.method === "POST" ? await formOf(c) : new FormData(),
    can: (scope) => caller.kind === "admin" || (scope !== "admin" && caller.scopes.includes(scope)),
  };
}

async function workspaceFor(c: AppContext, caller: Caller): Promise<PageContext["workspace"]> {
  const named = /^\/portal\/([1-9][0-9]{0,14})(?:\/|$)/.exec(c.req.path)?.[1];
  if (named === undefined) return null;
  const id = Number(named);
  if (caller.kind === "token" && caller.workspaceId !== id) return null;
  const found = await workspaceOf(c.env, id);
  return found && { id, name: found.name };
}

/** A script's request has no use for a page to sign in: it makes the browser go there. */
function toSignIn(c: AppContext): Response | Promise<Response> {
  if (isInFrame(c)) {
    allowFraming(c);
    c.status(401);
    return html(c, null, <EndedInFrame context={{ nonce: nonceOf(c), theme: themeOf(c) }} />);
  }
  const { pathname, search } = new URL(c.req.url);
  const back = c.req.method === "GET" && pathname !== "/portal" ? `?to=${encodeURIComponent(pathname + search)}` : "";
  if (c.req.header("HX-Request") === undefined) return c.redirect(`/portal/sign-in${back}`, 303);
  return c.body(null, 401, { "HX-Refresh": "true" });
}

function problemPage(c: AppContext, context: PageContext | null, problem: Problem): Response | Promise<Response> {
  c.status(problem.status as StatusCode);
  return html(
    c,
    context,
    <ProblemPage context={context ?? { nonce: nonceOf(c), theme: themeOf(c) }} problem={problem} />,
  );
}

const problemWith = (code: keyof typeof PROBLEMS, detail: string, c: AppContext): Problem => ({
  type: `/problems/${code}`,
  ...PROBLEMS[code],
  code,
  detail,
  request_id: c.get("requestId"),
});

const notFound = (detail: string, c: AppContext): Problem => problemWith("not_found", detail, c);

const forbidden = (scope: string, c: AppContext): Problem =>
  problemWith("forbidden", `This takes the scope ${scope}, and what you signed in with does not have it.`, c);

const stale = (c: AppContext): Problem =>
  problemWith(
    "forbidden",
    "The form was not from a page of this session. Go back, reload the page, and send it again.",
    c,
  );
