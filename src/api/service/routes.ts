import { sql } from "drizzle-orm";
import { database } from "../../config/db.ts";
import { fromD1 } from "../../config/failures.ts";
import { settingsOf } from "../../config/settings.ts";
import { documentOf } from "../openapi.ts";
import { one } from "../page.ts";
import { defineRoute, type Route } from "../route.ts";
import { StaticText } from "../static-text.ts";
import * as z from "../z.ts";

/** Anybody may ask, and D1 is one for all: an isolate asks it once in so many milliseconds. */
const ASKED_MS = 1000;

/** What came of asking last; `failure` is null where D1 answered. */
let last: { at: number; failure: unknown } | undefined;

export const healthz = defineRoute(
  {
    method: "get",
    path: "/healthz",
    scope: "public",
    tag: "Service",
    summary: "Tell whether the service is configured and its database answered within this second",
    success: { status: 200, schema: one(z.object({ status: z.literal("ok") })) },
  },
  async ({ env, now }) => {
    settingsOf(env);
    const age = last && now - last.at;
    if (age === undefined || age < 0 || age >= ASKED_MS) await lookAtD1(env, now);
    else if (last?.failure) throw last.failure;
    return { data: { status: "ok" as const } };
  },
);

/** @throws what D1 throws */
async function lookAtD1(env: Env, now: number): Promise<void> {
  // Who comes while D1 is asked is told what was so before.
  if (last) last.at = now;
  try {
    await fromD1(() => database(env, "lookUp").run(sql`SELECT 1`));
    last = { at: now, failure: null };
  } catch (failure) {
    last = { at: now, failure };
    throw failure;
  }
}

/**
 * Another one comes with a deployment, and who has the last one asks again after five minutes. What was kept for nobody's
 * page is not for a page that CORS lets read it.
 */
const HEADERS = { "Content-Type": "application/json", "Cache-Control": "public, max-age=300", Vary: "Origin" };

/** @param routes all of the service; asked for late, as this one is among them */
export function openapiRoute(routes: () => readonly Route[]): Route {
  const text = new StaticText(HEADERS, () => JSON.stringify(documentOf(routes())));
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
