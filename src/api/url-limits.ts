import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";
import { ApiError, invalidField, invalidFields } from "./problem.ts";
import type * as z from "./z.ts";

/** Of a URL as it was called, in characters. */
export const MAX_URL = 8192;
/** Of one parameter in a path, in characters: more than twice what the longest name has. */
export const MAX_PARAMETER = 500;
/** How many parameters a query may have, those that no route knows included. */
export const MAX_QUERY = 32;

/**
 * Refuses URLs that are too long. What a provider calls is the provider's matter: a text message in the query of a GET may
 * take more, and the platform's own limit of 16 KB holds there.
 */
export const urlLimit = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.url.length > MAX_URL && !c.req.path.startsWith("/in/")) {
    throw new ApiError("uri_too_long", `A URL may have at most ${MAX_URL} characters.`);
  }
  await next();
});

/** @throws ApiError not_found for a parameter in the path that is longer than anything that there is */
export function requireShort(params: Record<string, string>): void {
  if (Object.values(params).some((value) => value.length > MAX_PARAMETER)) {
    throw new ApiError("not_found", "There is nothing of that id.");
  }
}

/**
 * The query's parameters. Those that the route does not know are passed over, as a proxy or a browser may have added them;
 * of one that it knows there must be one alone, as nobody could say which of two was meant.
 * @throws ApiError invalid_request
 */
export function queryOf(url: string, known: z.ZodObject): Record<string, string> {
  if (!url.includes("?")) return {};
  const { searchParams } = new URL(url);
  if (searchParams.size > MAX_QUERY) throw invalidField("query", `It may have at most ${MAX_QUERY} parameters`);
  const names = Object.keys(known.shape).filter((name) => searchParams.has(name));
  const repeated = names.filter((name) => searchParams.getAll(name).length > 1);
  if (repeated.length > 0) {
    throw invalidFields(repeated.map((path) => ({ path, message: "It is there more than once: give one" })));
  }
  return Object.fromEntries(names.map((name) => [name, searchParams.get(name) ?? ""]));
}
