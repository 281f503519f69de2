import { documentOf } from "../openapi.ts";
import { defineRoute, type Route } from "../route.ts";
import { StandingText } from "../standing-text.ts";
import * as z from "../z.ts";

/**
 * Another one comes with a deployment, and who has the last one asks again after five minutes. What was kept for nobody's
 * page is not for a page that CORS lets read it.
 */
const HEADERS = { "Content-Type": "application/json", "Cache-Control": "public, max-age=300", Vary: "Origin" };

/** @param routes all of the service; asked for late, as this one is among them */
export function openapiRoute(routes: () => readonly Route[]): Route {
  const text = new StandingText(HEADERS, () => JSON.stringify(documentOf(routes())));
  return defineRoute(
    {
      method: "get",
      path: "/openapi.json",
      scope: "public",
      tag: "Service",
      summary: "Get this document",
      success: { status: 200, schema: z.record(z.string(), z.unknown()) },
    },
    ({ header }) => text.answer(header),
  );
}
