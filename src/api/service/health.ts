import { sql } from "drizzle-orm";
import { database } from "../../config/db.ts";
import { reading } from "../../config/failures.ts";
import { settingsOf } from "../../config/settings.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { z } from "../z.ts";

export const healthz = defineRoute(
  {
    method: "get",
    path: "/healthz",
    scope: "public",
    tag: "Service",
    summary: "Tell whether the service is configured and its database answers",
    success: { status: 200, schema: one(z.object({ status: z.literal("ok") })) },
  },
  async ({ env }) => {
    settingsOf(env);
    await reading(() => database(env).run(sql`SELECT 1`));
    return { data: { status: "ok" as const } };
  },
);
