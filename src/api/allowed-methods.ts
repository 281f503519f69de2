import type { RouteFacts } from "./route.ts";

/** The methods that a path takes, in upper case; empty if no route has it. */
export function allowedMethods(routes: readonly Pick<RouteFacts, "method" | "path">[], path: string): string[] {
  const methods = routes.filter((route) => matches(route.path, path)).map(({ method }) => method.toUpperCase());
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}

function matches(template: string, path: string): boolean {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return false;
  return wanted.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]));
}
