import { beginningOf } from "../lib/bounded-body.ts";
import { within } from "../lib/deadline.ts";
import type { AttemptError } from "./contract.ts";
import { parseRetryAfter } from "./schedule.ts";

/** One HTTP request to a customer's server: a POST with a body, a GET without. */
export type Request = { url: string; headers: Record<string, string>; body?: string; timeoutMs: number };

/** Who we say we are. */
export const USER_AGENT = "Posthorn/1 (webhooks)";

/** How it went. */
export type Answer = {
  status: number | null;
  durationMs: number;
  error: AttemptError | null;
  /** Its beginning, credentials and all. */
  body: Uint8Array;
  /** Undefined if no answer came. */
  headers: Headers | undefined;
  retryAfterMs: number | null;
};

/** Of an answer, this many bytes are kept. */
export const BODY_BYTES = 4096;

/**
 * Sends a request and reads the beginning of the answer, as it comes: `fetch` unpacks what is packed, so the request asks for
 * nothing packed, and no announced length is believed. One deadline covers connecting, headers and body. Redirects are
 * not followed. Call it only with a place to wait in (runner.ts): the deadline runs from now.
 *
 * A 2xx whose body does not end in time still is a success: the receiver has said that it has the event.
 * @param maxBytes of the body; the rest is not even read
 */
export async function send(request: Request, maxBytes: number): Promise<Answer> {
  const started = Date.now();
  try {
    return await within(request.timeoutMs, (signal) => answerTo(request, maxBytes, started, signal));
  } catch (error) {
    const durationMs = Date.now() - started;
    const nothing = { body: new Uint8Array(), headers: undefined, retryAfterMs: null };
    return { status: null, durationMs, error: errorOf(error), ...nothing };
  }
}

/** @throws what keeps an answer from coming */
async function answerTo(request: Request, maxBytes: number, started: number, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(request.url, {
    method: request.body === undefined ? "GET" : "POST",
    headers: { ...request.headers, "accept-encoding": "identity" },
    body: request.body ?? null,
    redirect: "manual",
    signal,
  });
  const body = await beginningOf(response, maxBytes);
  const { status } = response;
  const patience = status === 429 || status === 503;
  return {
    status,
    durationMs: Date.now() - started,
    error: response.ok ? null : errorOfStatus(status, body),
    body,
    headers: response.headers,
    retryAfterMs: patience ? parseRetryAfter(response.headers.get("retry-after"), Date.now()) : null,
  };
}

/**
 * Statuses by which Cloudflare's network itself says that it could not reach the receiver: in production that is how a
 * `fetch` learns of it. https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const UNREACHED: Readonly<Record<number, AttemptError>> = {
  520: "connection_reset",
  521: "connection_refused",
  522: "timeout",
  524: "timeout",
  525: "tls",
  526: "tls",
};
/** Origin DNS error, of the 1xxx errors that come with a 530. */
const DNS_FAILED = /error code: 1016\b/;

export function errorOfStatus(status: number, body: Uint8Array): AttemptError {
  if (status >= 300 && status < 400) return "redirect";
  if (status === 530 && DNS_FAILED.test(new TextDecoder().decode(body))) return "dns";
  return UNREACHED[status] ?? "status";
}

/**
 * What a failed `fetch` says. The runtime tells failures apart only by their messages, and locally it hardly does: a
 * refused connection and one that breaks off are both "Network connection lost", a name that does not resolve and a bad
 * certificate are both an "internal error", which here is `unknown`.
 */
export function errorOf(error: unknown): AttemptError {
  if (!(error instanceof Error)) return "unknown";
  if (error.name === "TimeoutError" || error.name === "AbortError") return "timeout";
  const text = error.message.toLowerCase();
  if (/dns|name or service|resolve host|no such host/.test(text)) return "dns";
  if (/tls|ssl|certificate|handshake/.test(text)) return "tls";
  if (/refused/.test(text)) return "connection_refused";
  if (/reset|connection lost|disconnected|closed|broken pipe/.test(text)) return "connection_reset";
  if (/too large|too big|exceed/.test(text)) return "too_large";
  return "unknown";
}
