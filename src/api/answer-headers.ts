import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";
import { API_POLICY, nonceOf, pagePolicy } from "./page-policy.ts";

/** What no answer of ours has a use for, in a browser. */
const NO_FEATURES = [
  "camera",
  "display-capture",
  "geolocation",
  "microphone",
  "payment",
  "publickey-credentials-get",
  "usb",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Permissions-Policy", NO_FEATURES],
];

/** Two years. Subdomains are the operator's matter: others than this service may be there. */
const HSTS = "max-age=63072000";

/** Gives every answer, errors and those to providers included, the headers that keep browsers from making more of it. */
export const answerHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of ALWAYS) headers.set(name, value);
  if (c.req.url.startsWith("https:")) headers.set("Strict-Transport-Security", HSTS);
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  // What has a policy of its own keeps it: a stranger's file may be a page too, and is none of ours.
  if (headers.has("Content-Security-Policy")) return;
  const isPage = headers.get("Content-Type")?.startsWith("text/html") ?? false;
  if (isPage) {
    const framedBy = c.get("framedBy") ?? [];
    headers.set("Content-Security-Policy", pagePolicy(nonceOf(c), framedBy));
    // It knows no list of origins: where the policy above has one, that is what counts.
    if (framedBy.length > 0) headers.delete("X-Frame-Options");
    // Without a referrer browsers call the origin of a form `null`, and whose it is could not be seen.
    headers.set("Referrer-Policy", "same-origin");
  } else headers.set("Content-Security-Policy", API_POLICY);
});
