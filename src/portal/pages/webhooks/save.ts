import type * as z from "zod";
import type { FieldError, Problem } from "../../../api/problem.ts";
import { type Outcome, Refused } from "../../api.ts";
import type { PageContext } from "../../page-context.ts";

/** What may pass, or be somebody else's to change: what was typed is worth keeping until then. */
const FOR_LATER: readonly string[] = ["quota_exceeded", "unavailable", "rate_limited"];

/** Asks the API for a change of what a form has brought; faults that were found before are as good as its own. */
export async function save<Schema extends z.ZodType>(
  context: PageContext,
  method: "POST" | "PATCH",
  path: string,
  body: unknown,
  schema: Schema,
  faults: readonly FieldError[],
): Promise<Outcome<z.output<Schema>>> {
  if (faults.length > 0) return { ok: false, problem: problemOf(faults) };
  try {
    return await context.api.send(method, path, body, schema);
  } catch (error) {
    if (error instanceof Refused && FOR_LATER.includes(error.problem.code))
      return { ok: false, problem: error.problem };
    throw error;
  }
}

const problemOf = (faults: readonly FieldError[]): Problem => ({
  ...{ type: "/problems/invalid_request", title: "The request has the wrong shape", status: 422 },
  ...{ code: "invalid_request", detail: "", errors: [...faults], request_id: "" },
});

/** The status of the page that shows the form again. */
export function statusOf({ status }: Problem): 403 | 409 | 422 | 429 | 503 {
  return status === 403 || status === 409 || status === 429 || status === 503 ? status : 422;
}
