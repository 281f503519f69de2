import { type Dialect, FIVE_DAYS_OF_FAILURES } from "../dialect.ts";
import { standardSignature } from "../standard-signature.ts";
import { isoSeconds, jsonObject } from "../wire.ts";
import { casesEvents } from "./event-types.ts";

/** Webhooks of cases and assignments: the Standard Webhooks signature around an envelope that names the event's id. */
export const cases: Dialect = {
  name: "cases",
  summary: "Cases and assignments: the event with its id, signed after Standard Webhooks.",
  catalogue: casesEvents,
  retryDelays: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
  disableAfter: FIVE_DAYS_OF_FAILURES,
  timeoutMs: 15_000,
  disablesOnGone: false,
  ...standardSignature,
  body: (message) =>
    jsonObject({
      id: JSON.stringify(message.eventId),
      type: JSON.stringify(message.type),
      timestamp: JSON.stringify(isoSeconds(message.occurredAt)),
      data: message.data,
    }),
};
