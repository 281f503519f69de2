import type { Child } from "hono/jsx";
import type { RouteScope } from "../api/authorize.ts";
import type { Problem } from "../api/problem.ts";
import type { PageContext } from "./page-context.ts";

type Status = 201 | 403 | 404 | 409 | 422 | 429 | 503;

/** What a page may be: its HTML; HTML with another status than 200; or an answer that is no page. */
export type Answer = Child | { status: Status; page: Child } | Response;

/** A page, or what one of its forms does. */
export type PageRoute = {
  method: "get" | "post";
  /** As in the API: `/portal/{workspace}/webhooks`. */
  path: string;
  /** What the visitor must be allowed to do; the API checks it again. */
  scope: Exclude<RouteScope, "public">;
  handle: (context: PageContext) => Promise<Answer> | Answer;
};

type Where = Pick<PageRoute, "path" | "scope">;

/** Defines a page. */
export const page = (where: Where, handle: PageRoute["handle"]): PageRoute => ({ method: "get", ...where, handle });

/** Defines what a form does. It has been seen to come from one of our own pages. */
export const action = (where: Where, handle: PageRoute["handle"]): PageRoute => ({ method: "post", ...where, handle });

/** What a page with a form is made of. */
type FormParts<Values> = {
  /** What stands in the form before anything was typed; or where to go where there is nothing to be filled in. */
  initial: (context: PageContext) => Promise<Values | Response> | Values | Response;
  /** What the form has brought. */
  read: (context: PageContext) => Values;
  /** Does what it asks for. @returns what is wrong with it, if something is; with another status than 422 */
  submit: (context: PageContext, values: Values) => Promise<Answer | { problem: Problem; status?: Status }>;
  view: (context: PageContext, values: Values, problem: Problem | null) => Promise<Child> | Child;
};

/** Defines a page with a form, and what that does: it is shown again as it was typed, with what is wrong, until it is taken. */
export const formPage = <Values>(where: Where, parts: FormParts<Values>): readonly PageRoute[] => [
  page(where, async (context) => {
    const values = await parts.initial(context);
    return values instanceof Response ? values : parts.view(context, values, null);
  }),
  action(where, async (context) => {
    const values = parts.read(context);
    const answer = await parts.submit(context, values);
    if (typeof answer !== "object" || answer === null || !("problem" in answer)) return answer;
    return { status: answer.status ?? 422, page: await parts.view(context, values, answer.problem) };
  }),
];

/** Leads on to another page after something was done, which that page then says: see {@link NOTICES}. */
export function redirect(path: string, done?: NoticeName): Response {
  const separator = path.includes("?") ? "&" : "?";
  const location = done === undefined ? path : `${path}${separator}done=${done}`;
  return new Response(null, { status: 303, headers: { Location: location } });
}

/** What a page says of what was just done. An address names one of these, so that nobody can put words onto a page. */
export const NOTICES = {
  saved: "Saved.",
  created: "Created.",
  paused: "Paused. Nothing more is sent to it; its events are held.",
  resumed: "Active again. What was held goes out now, oldest first.",
  deleted: "Deleted.",
  redelivered: "On its way again. Its attempt appears here as soon as it is made.",
  tested: "A test event is on its way. It appears below as soon as it is sent.",
  probed: "A probe is on its way. What comes of it appears below.",
  rotated: "The secret was replaced.",
  published: "Published. What became of it appears below.",
  revoked: "Revoked. It is refused everywhere within 30 seconds.",
  link_revoked: "Revoked. Whoever came by it is signed out everywhere within 30 seconds.",
  sessions_ended: "Ended. Whoever was signed in to this workspace is signed out everywhere within 30 seconds.",
} as const;
export type NoticeName = keyof typeof NOTICES;
