import { createMiddleware } from "hono/factory";
import { base64 } from "../lib/bytes.ts";
import type { AppContext, AppEnv } from "./context.ts";

/** The Content-Security-Policy of what is no page: a browser that shows it all the same runs and loads nothing. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** The same for a file that strangers have sent, which may be a page of theirs. */
export const FILE_POLICY = `sandbox; ${API_POLICY}`;

/** For the `nonce` attribute of every script and style of a page: one without it does not run. Anew for each request. */
export function nonceOf(c: AppContext): string {
  const known = c.get("nonce");
  if (known !== undefined) return known;
  const nonce = base64(crypto.getRandomValues(new Uint8Array(16)));
  c.set("nonce", nonce);
  return nonce;
}

/**
 * The Content-Security-Policy of a page of ours: what it loads is its own, what it runs bears its nonce.
 * @param framedBy the origins whose pages may show it in a frame
 */
const pagePolicy = (nonce: string, framedBy: readonly string[] = []): string => policyOf(`'nonce-${nonce}'`, framedBy);

/**
 * The same for a page in which nothing stands that anybody has written, and that is kept: a nonce would be another each
 * time, and could be read in what was kept. It runs this service's own files, and nothing that is written into it.
 */
export const STATIC_PAGE_POLICY = policyOf("'self'", []);

function policyOf(source: string, framedBy: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src ${source}`,
    `style-src ${source}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(" ")}`,
  ].join("; ");
}

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

/** An id from outside goes into the logs, so only a harmless one is taken over. */
const HARMLESS = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Gives every request an id, and every answer the header `X-Request-Id`. Ours, as Hono's sets the header before the handler,
 * whose answer has lost it where it is a `Response` of its own.
 */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header("X-Request-Id");
  const id = given !== undefined && HARMLESS.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.res.headers.set("X-Request-Id", id);
});
