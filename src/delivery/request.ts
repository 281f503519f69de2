import { keptHeaders } from "./answer-headers.ts";
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
  responseBody: string;
  /** Undefined if no answer came. */
  responseHeaders?: Record<string, string>;
  retryAfterMs: number | null;
};

/** Of an answer, this many bytes are kept; the rest is not even read. */
export const BODY_BYTES = 4096;

/**
 * Sends a request and reads the beginning of the answer. One deadline covers connecting, headers and body. Redirects are
 * not followed. Call it only with a slot in hand (slots.ts): the deadline runs from now.
 *
 * A 2xx whose body does not end in time still is a success: the receiver has said that it has the event.
 * @param answered called once, when the headers have come or nothing will: from then on no slot is needed
 */
export async function send(request: Request, answered: () => void = () => {}): Promise<Answer> {
  const started = Date.now();
  const failed = (error: AttemptError): Answer => {
    return { status: null, durationMs: Date.now() - started, error, responseBody: "", retryAfterMs: null };
  };
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.body === undefined ? "GET" : "POST",
      headers: request.headers,
      body: request.body ?? null,
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeoutMs),
    });
  } catch (error) {
    return failed(errorOf(error));
  } finally {
    answered();
  }
  const responseBody = await beginningOf(response);
  const { status } = response;
  const patience = status === 429 || status === 503;
  return {
    status,
    durationMs: Date.now() - started,
    error: response.ok ? null : errorOfStatus(status, responseBody),
    responseBody,
    responseHeaders: keptHeaders(response.headers),
    retryAfterMs: patience ? parseRetryAfter(response.headers.get("retry-after"), Date.now()) : null,
  };
}

/** An answer this short comes in one piece. */
const ONE_PIECE_BYTES = 256;

/** The first bytes of a body as text; what is not UTF-8 becomes U+FFFD. What had come when it broke off is kept. */
async function beginningOf(response: Response): Promise<string> {
  const announced = response.headers.get("content-length");
  if (announced !== null && Number(announced) <= ONE_PIECE_BYTES) return response.text().catch(() => "");
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let left = BODY_BYTES;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= Math.min(left, value.length);
    }
  } catch {
    // The deadline, or the receiver hung up: the status has come, so the attempt has its outcome.
  } finally {
    reader.cancel().catch(() => {});
  }
  return text + decoder.decode();
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

export function errorOfStatus(status: number, body: string): AttemptError {
  if (status >= 300 && status < 400) return "redirect";
  if (status === 530 && DNS_FAILED.test(body)) return "dns";
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
