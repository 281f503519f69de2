import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { z } from "../z.ts";

export const root = defineRoute(
  {
    method: "get",
    path: "/",
    scope: "public",
    tag: "Service",
    summary: "Tell where to go on",
    success: { status: 200, schema: one(z.object({ service: z.string(), openapi: z.string() })) },
  },
  async () => ({ data: { service: "Posthorn", openapi: "/openapi.json" } }),
);
