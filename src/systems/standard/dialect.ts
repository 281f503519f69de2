import { type Dialect, FIVE_DAYS_OF_FAILURES } from "../dialect.ts";
import { standardSignature } from "../standard-signature.ts";
import { jsonObject } from "../wire.ts";

/** The Standard Webhooks specification as it stands. */
export const standard: Dialect = {
  name: "standard",
  summary: "The Standard Webhooks specification: for a receiver of your own, as libraries in most languages verify it.",
  catalogue: [],
  retryDelays: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
  disableAfter: FIVE_DAYS_OF_FAILURES,
  timeoutMs: 15_000,
  // "410 Gone": the sender should disable the endpoint. standard-webhooks.md, section on delivery success and failure.
  disablesOnGone: true,
  ...standardSignature,
  body: (message) =>
    jsonObject({
      type: JSON.stringify(message.type),
      timestamp: JSON.stringify(new Date(message.occurredAt).toISOString()),
      data: message.data,
    }),
};
