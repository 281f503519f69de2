import { documentOf } from "../openapi.ts";
import { defineRoute, JsonText, type Route } from "../route.ts";
import { z } from "../z.ts";

/** @param routes all of the service; asked for late, as this one is among them */
export function openapiRoute(routes: () => readonly Route[]): Route {
  let text: string | undefined;
  return defineRoute(
    {
      method: "get",
      path: "/openapi.json",
      scope: "public",
      tag: "Service",
      summary: "Get this document",
      success: { status: 200, schema: z.record(z.string(), z.unknown()) },
    },
    async () => {
      text ??= JSON.stringify(documentOf(routes()));
      return new JsonText(text);
    },
  );
}
