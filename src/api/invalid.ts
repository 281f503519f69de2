import { ApiError, type FieldError } from "./problem.ts";
import type * as z from "./z.ts";

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
