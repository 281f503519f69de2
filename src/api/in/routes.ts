import { type ReceivingSource, sourceOf } from "../../config/sources.ts";
import { callbackUrlOf } from "../../inbound/callback-url.ts";
import type { Provider, Reply } from "../../inbound/provider.ts";
import { providerOf } from "../../inbound/providers/index.ts";
import { receive } from "../../inbound/receive.ts";
import { authorize } from "../authorize.ts";
import { readBytes } from "../body.ts";
import type { AppContext } from "../context.ts";
import { ApiError } from "../problem.ts";
import { clientOf, limitSource, rateLimited } from "../rate-limits.ts";
import { type Method, nothing, type Route } from "../route.ts";
import { UnknownTokenLimiter } from "../unknown-token-limiter.ts";

/**
 * Where providers call. There is no token: the provider's signature is the proof. The answers are the provider's own
 * forms; only what is no callback of any source is answered as the API answers.
 */

const SOURCE = /^src_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Isolate-wide. Any number of sources may be asked for that are none: each would cost a query. */
const unknownSources = new UnknownTokenLimiter();

async function take(c: AppContext): Promise<Response> {
  const { provider: name = "", source: id = "" } = c.req.param();
  const provider = providerOf(name);
  const source = provider && SOURCE.test(id) ? await known(c, provider, id) : null;
  if (!provider || source?.provider !== name) throw new ApiError("not_found", "There is no such source.");
  later(provider, limitSource(c, id));
  const { origin } = new URL(c.req.url);
  const request = {
    method: c.req.method,
    url: c.req.url,
    headers: c.req.raw.headers,
    body: await readBytes(c.req.raw, provider.maxBody),
  };
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  const callbackUrl = callbackUrlOf(origin, source);
  return answer(
    await receive({ env: c.env, waitUntil, provider, source, callbackUrl, origin, now: Date.now() }, request),
  );
}

async function known(c: AppContext, provider: Provider, id: string): Promise<ReceivingSource | null> {
  const address = `source ${clientOf((name) => c.req.header(name))}`;
  const now = Date.now();
  later(provider, unknownSources.wait(address, id, now));
  const source = await sourceOf(c.env, id);
  if (source) unknownSources.right(address, id, now);
  else later(provider, await unknownSources.wrong(c.env.FAILURES, address, id, now));
  return source;
}

/** A callback that is not taken now is not lost: the provider is told so in the way that makes it come again. */
function later(provider: Provider, seconds: number): void {
  if (seconds === 0) return;
  const detail = "Too much comes in at once.";
  if (provider.later === 429) throw rateLimited(detail, seconds);
  throw new ApiError("unavailable", detail, { headers: { "Retry-After": String(seconds) } });
}

function answer({ status, body, contentType, headers = {} }: Reply): Response {
  const type = contentType === undefined ? {} : { "Content-Type": contentType };
  return new Response(body ?? null, { status, headers: { ...headers, ...type } });
}

const receiving = (method: Method, summary: string): Route => ({
  method,
  path: "/in/{provider}/{source}",
  scope: "public",
  audit: { none: "The source's receipts have it" },
  tag: "Callbacks",
  summary,
  success: { status: 200, schema: nothing },
  codes: ["not_found", "payload_too_large", "rate_limited"],
  guard: authorize("public"),
  handle: take,
});

export const inRoutes: readonly Route[] = [
  receiving("post", "Take a provider's callback; answered as that provider expects"),
  receiving("get", "The same for providers that call with GET, and for their checks (HEAD included)"),
];
