import { ApiError, type FieldError } from "./problem.ts";
import type { z } from "./z.ts";

/** What to say about a field that is not taken, by its name. */
export type Hints = Readonly<Record<string, string>>;

/** A 422 from what zod found, one entry a field. */
export function invalidRequest(error: z.core.$ZodError, hints: Hints = {}): ApiError {
  const errors = error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String);
    if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join("."), message: hints[key] ?? "Unknown field" }));
  });
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new ApiError("invalid_request", first ? `${first.path || "body"}: ${first.message}${more}` : "", { errors });
}
