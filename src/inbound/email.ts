import { settingsOf } from "../config/settings.ts";
import { type ReceivingSource, sourceOf } from "../config/sources.ts";
import { bytesAtMost } from "../lib/bounded-body.ts";
import { callWithRetry } from "../lib/objects.ts";
import { RateLimiter, REQUESTS } from "../lib/rate-limiter.ts";
import { cloudflareEmail, ENVELOPE } from "./providers/cloudflare-email/provider.ts";
import { callbackOf, read } from "./receive.ts";

/** Counts what comes to one source, as `/in/…` does. */
const mails = new RateLimiter(REQUESTS);

/**
 * Takes a mail in that Cloudflare Email Routing hands over. Its source is the one that the address names
 * (`src_…@in.example.com`), or that the deployment has assigned the address or its domain to (EMAIL_ROUTES).
 * @throws Error where it cannot be stored now, or too many come at once: the sending server is to try again
 */
export async function receiveEmail(message: ForwardableEmailMessage, env: Env): Promise<void> {
  const source = await recipientOf(env, message.to);
  if (!source) {
    message.setReject("There is no such address");
    return;
  }
  const now = Date.now();
  if (mails.wait(source.id, now) > 0) throw new Error(`${source.id}: too many mails come in at once`);
  await mails.count(env.SOURCE_REQUESTS, source.id, now);
  if (message.rawSize > cloudflareEmail.maxBody) {
    message.setReject("The message is too large");
    return;
  }
  const body = await bytesAtMost(message.raw, cloudflareEmail.maxBody);
  const headers = new Headers({ [ENVELOPE.from]: message.from, [ENVELOPE.to]: message.to });
  const request = { method: "EMAIL", url: `mailto:${message.to}`, headers, body };
  const configured = { credentials: {}, options: {}, callbackUrl: request.url };
  const said = await read(cloudflareEmail, request, configured);
  const callback = callbackOf(
    { provider: cloudflareEmail, source, origin: settingsOf(env).PUBLIC_ORIGIN, now },
    request,
    said,
    [],
  );
  await callWithRetry(env.SOURCE, source.id, (object) => object.accept(callback));
}

const SOURCE = /^(src_)([0-7][0-9A-HJKMNP-TV-Z]{25})@/i;

async function recipientOf(env: Env, address: string): Promise<ReceivingSource | null> {
  const lower = address.toLowerCase();
  const [, prefix, ulid] = SOURCE.exec(lower) ?? [];
  const routes = settingsOf(env).EMAIL_ROUTES;
  const assigned = routes.get(lower) ?? routes.get(lower.slice(lower.lastIndexOf("@") + 1));
  const id = prefix && ulid ? prefix + ulid.toUpperCase() : assigned;
  const source = id === undefined ? null : await sourceOf(env, id);
  return source?.provider === cloudflareEmail.name ? source : null;
}
