import type { SendingConfig } from "../config/endpoints.ts";
import { cutToBytes, Redactor, secretForms, secretsIn } from "../lib/redact.ts";
import type { Refusal } from "../targets/resolve.ts";
import { keptHeaders } from "./answer-headers.ts";
import type { Outcome } from "./parcel.ts";
import { type Answer, BODY_BYTES } from "./request.ts";
import { MAX_RETRY_AFTER_MS } from "./schedule.ts";

/** Longer than that of any dialect with all the secrets that may sign at once, in characters. */
const MAX_SIGNATURE = 1024;
/** A number on the wire has three digits (RFC 9110, 15); the runtime takes what it is given. */
const MAX_STATUS = 999;
const MAX_DURATION_MS = 24 * 3600 * 1000;

type Credentials = Pick<SendingConfig, "headers" | "secrets" | "verifyToken">;

/** What must not be shown of what an endpoint answers: what it is sent, what signs that, and what it was verified by. */
export const redactorOf = ({ headers, secrets, verifyToken }: Credentials): Redactor =>
  new Redactor([
    ...secretsIn(headers),
    ...secrets.flatMap(secretForms),
    ...(verifyToken === null ? [] : [verifyToken]),
  ]);

/** What is kept of an attempt that was made. */
export function outcomeOf(
  index: number,
  at: number,
  signature: string | undefined,
  answer: Answer,
  hidden: Redactor,
): Outcome {
  const { status, durationMs, error, body, headers, retryAfterMs } = answer;
  return bounded({
    index,
    at,
    status,
    durationMs,
    error,
    responseBody: hidden.beginning(body, BODY_BYTES),
    responseHeaders: headers && keptHeaders(headers, hidden),
    signature,
    retryAfterMs,
  });
}

const NOTHING = { status: null, durationMs: 0, signature: undefined, retryAfterMs: null };

/** An attempt that was not made, for where its target leads, or because DNS does not say. */
export function refused(index: number, { kind, reason }: Refusal): Outcome {
  const error = kind === "forbidden" ? "blocked" : "dns";
  const ours = kind === "unavailable";
  return bounded({ index, at: Date.now(), error, responseBody: reason, ...NOTHING, ours });
}

/**
 * An attempt that could not even be made, for a secret that does not sign, say: a failure like any other, so that it
 * follows the schedule and ends, instead of being taken up again at once for ever.
 */
export function impossible(index: number): Outcome {
  return { index, at: Date.now(), error: "unknown", responseBody: "", ...NOTHING };
}

/**
 * The last door before the endpoint's row: whatever a stranger answered, it fits. A settlement that fails for what it
 * says would be repeated, and its deliveries with it.
 */
function bounded(outcome: Outcome): Outcome {
  const { status, durationMs, responseBody, signature, retryAfterMs } = outcome;
  return {
    ...outcome,
    status: status === null ? null : Math.trunc(within(status, MAX_STATUS)),
    durationMs: within(durationMs, MAX_DURATION_MS),
    responseBody: cutToBytes(responseBody, BODY_BYTES),
    // Half a signature would mislead.
    signature: signature !== undefined && signature.length > MAX_SIGNATURE ? undefined : signature,
    retryAfterMs: retryAfterMs === null ? null : within(retryAfterMs, MAX_RETRY_AFTER_MS),
  };
}

/** Also for what is no number. */
const within = (value: number, most: number): number => (value > 0 ? Math.min(value, most) : 0);
