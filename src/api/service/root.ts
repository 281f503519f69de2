import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";

export const root = defineRoute(
  {
    method: "get",
    path: "/",
    scope: "public",
    tag: "Service",
    summary: "Tell where to go on; a browser is led to the portal",
    success: { status: 200, schema: one(z.object({ service: z.string(), openapi: z.string() })) },
  },
  async ({ header }) => {
    if (!header("Accept")?.includes("text/html")) return { data: { service: "Posthorn", openapi: "/openapi.json" } };
    return new Response(null, { status: 302, headers: { Location: "/portal", Vary: "Accept" } });
  },
);
