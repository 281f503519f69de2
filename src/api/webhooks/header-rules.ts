import { z } from "../z.ts";

/** RFC 9110, 5.6.2. */
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
const MAX_HEADERS = 20;
const MAX_NAME = 200;
const MAX_VALUE = 1024;

/** What the runtime sets itself, and what a receiver trusts to come from the dialect. */
const RESERVED = new Set(["host", "content-length", "connection", "transfer-encoding", "content-type", "user-agent"]);
const RESERVED_PREFIXES = ["cf-", "x-webhook-", "webhook-", "x-gopimi-"];

function complaint(name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  if (!NAME.test(name) || name.length > MAX_NAME) return "This is no header name";
  if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix)))
    return "The name is reserved";
  if (value.length > MAX_VALUE) return `A value may have at most ${MAX_VALUE} characters`;
  if (!PRINTABLE.test(value)) return "A value holds printable ASCII only";
  return undefined;
}

/** Headers that a webhook adds to every request. */
export const CustomHeaders = z
  .record(z.string(), z.string())
  .superRefine((headers, context) => {
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(headers)) {
      const message = seen.has(name.toLowerCase()) ? "The name appears twice" : complaint(name, value);
      if (message) context.addIssue({ code: "custom", path: [name], message });
      seen.add(name.toLowerCase());
    }
    if (seen.size > MAX_HEADERS) context.addIssue({ code: "custom", message: `At most ${MAX_HEADERS} headers` });
  })
  .openapi({ maxProperties: MAX_HEADERS, example: { "X-Tenant": "acme" } });
