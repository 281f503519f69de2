import { isAway, isOrphan, isOverload, isTransient } from "../config/failures.ts";
import { UnsealError } from "../config/secrets.ts";
import * as z from "./z.ts";

/** Every way in which a request can fail. Clients switch on the code; it never changes its meaning. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: "The body is not JSON" },
  unauthorized: { status: 401, title: "A valid bearer token is needed" },
  forbidden: { status: 403, title: "The token may not do this" },
  quota_exceeded: { status: 403, title: "A limit of the workspace is reached" },
  not_found: { status: 404, title: "There is no such thing" },
  method_not_allowed: { status: 405, title: "The method is not allowed here" },
  conflict: { status: 409, title: "It conflicts with what is there" },
  idempotency_conflict: { status: 409, title: "The idempotency key was used with another body" },
  webhook_inactive: { status: 409, title: "The webhook is paused or disabled" },
  payload_too_large: { status: 413, title: "The body is too large" },
  uri_too_long: { status: 414, title: "The URL is too long" },
  unsupported_media_type: { status: 415, title: "The body must be application/json" },
  invalid_request: { status: 422, title: "The request has the wrong shape" },
  handshake_failed: { status: 422, title: "The endpoint did not pass the verification" },
  rate_limited: { status: 429, title: "Too many requests" },
  credential_unreadable: { status: 500, title: "A stored credential cannot be opened" },
  internal_error: { status: 500, title: "Something went wrong on our side" },
  unavailable: { status: 503, title: "Try again in a moment" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** What is wrong with one field; the path's steps are joined by dots, as in `events.0.data`. */
const FieldError = z.object({ path: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** The body of every error: RFC 9457. */
export const Problem = z
  .object({
    type: z.string().openapi({ format: "uri-reference", example: "/problems/not_found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(CODES).openapi({ description: "Stable: switch on this." }),
    errors: z.array(FieldError).optional().openapi({ description: "With `invalid_request` only." }),
    request_id: z.string(),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof Problem>;

/** What a handler throws to answer with an error. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ProblemCode;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail a sentence for the client's developer; it must not hold anything internal */
  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** A 422 about one field. */
export function invalidField(path: string, message: string): ApiError {
  return new ApiError("invalid_request", `${path || "body"}: ${message}`, { errors: [{ path, message }] });
}

const UNREADABLE =
  "What it was sealed with is missing, or it was moved or damaged. Set it anew, or bring back the deployment's key.";

/** D1 stands still for 2 to 25 seconds, where it does: a client that comes after these often finds it back. */
const AWAY_SECONDS = 5;
const AWAY =
  "The service's database does not answer. Of a change, look whether it was made before you ask for it again.";

/** Any error as one that may be answered: nothing of an unknown one comes through. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isAway(error)) {
    return new ApiError("unavailable", AWAY, { headers: { "Retry-After": String(AWAY_SECONDS) } });
  }
  if (isOverload(error) || isTransient(error)) {
    return new ApiError("unavailable", "A part of the service did not answer.", { headers: { "Retry-After": "1" } });
  }
  if (isOrphan(error)) return new ApiError("not_found", "There is no such workspace.");
  if (error instanceof UnsealError) return new ApiError("credential_unreadable", UNREADABLE);
  return new ApiError("internal_error", "The request could not be handled. It was logged under its request id.");
}

/** The body of an error. */
export function problemOf(error: ApiError, requestId: string): Problem {
  const { status, title } = PROBLEMS[error.code];
  return {
    type: `/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.errors ? { errors: error.errors } : {}),
    request_id: requestId,
  };
}
