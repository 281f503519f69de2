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

/** What is said of another's workspace, too: nobody learns which there are. */
export const noWorkspace = (): ApiError => new ApiError("not_found", "There is no such workspace.");

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
  if (isOrphan(error)) return noWorkspace();
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

type Issue = z.core.$ZodIssue;

/** What to say about a field that is not taken, by its name. */
export type Hints = Readonly<Record<string, string>>;

/** A 422 from what zod found, one entry a field. */
export function invalidRequest(error: z.core.$ZodError, hints: Hints = {}): ApiError {
  return invalidFields(fieldErrors(error.issues, hints));
}

/** How many fields an answer names at most: what is said of a body is not to outgrow it. */
const MAX_ERRORS = 100;
/** Of a field's path and of what is said of it, in characters: a client may name a field as it likes. */
const MAX_ERROR_TEXT = 500;

/** A 422 about several fields. */
export function invalidFields(errors: FieldError[]): ApiError {
  const named = errors
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => ({ path: shortened(path), message: shortened(message) }));
  const [first] = named;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = first ? `${first.path || "body"}: ${first.message}${more}` : "";
  return new ApiError("invalid_request", detail, { errors: named });
}

const shortened = (text: string): string =>
  text.length > MAX_ERROR_TEXT ? `${text.slice(0, MAX_ERROR_TEXT - 1)}…` : text;

/**
 * What zod found, one entry a field. Of a union it is what the member wants that was most likely meant.
 * @param within where in the request it was found
 */
export function fieldErrors(issues: readonly Issue[], hints: Hints = {}, within: readonly string[] = []): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const path = [...within, ...issue.path.map(String)];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: [...path, key].join("."),
        message: ownHint(hints, key) ?? "Unknown field",
      }));
    }
    if (issue.code === "invalid_union" && issue.errors.length > 0) return unionErrors(issue.errors, hints, path);
    return [{ path: path.join("."), message: issue.message }];
  });
}

/** A client may name a field as something that every object has. */
const ownHint = (hints: Hints, key: string): string | undefined => (Object.hasOwn(hints, key) ? hints[key] : undefined);

/** Of the members whose kind of value it is, the one with the fewest faults; where it is none of theirs, all kinds. */
function unionErrors(members: readonly Issue[][], hints: Hints, path: readonly string[]): FieldError[] {
  const found = members.map((issues) => ({ kind: otherKind(issues), errors: fieldErrors(issues, hints, path) }));
  const [meant] = found.filter(({ kind }) => kind === undefined).sort((a, b) => a.errors.length - b.errors.length);
  if (meant) return meant.errors;
  const [first] = found;
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  const message = first?.errors[0]?.message ?? "Invalid input";
  return [
    { path: path.join("."), message: message.replace(`expected ${first?.kind}`, `expected ${kinds.join(" or ")}`) },
  ];
}

/** The kind that a member wants, where the value is of another. */
function otherKind([issue]: readonly Issue[]): string | undefined {
  return issue?.code === "invalid_type" && issue.path.length === 0 ? issue.expected : undefined;
}
