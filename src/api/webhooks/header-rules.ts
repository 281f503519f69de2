import { headerFaults, MAX_BYTES, MAX_HEADERS } from "../../delivery/custom-headers.ts";
import { namedValues } from "../named-values.ts";
import * as z from "../z.ts";

/** Headers that a webhook adds to every request. */
export const CustomHeaders = namedValues(z.string())
  .superRefine((headers, context) => {
    for (const { name, message } of headerFaults(headers)) {
      context.addIssue({ code: "custom", path: name === null ? [] : [name], message });
    }
  })
  .openapi({
    maxProperties: MAX_HEADERS,
    description: `At most ${MAX_BYTES} bytes, names and values together; none that requests have of themselves.`,
    example: { "X-Tenant": "acme" },
  });
