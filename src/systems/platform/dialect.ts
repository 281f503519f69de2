import { bodySignature } from "../body-signature.ts";
import type { Dialect, Message } from "../dialect.ts";
import { jsonObject } from "../wire.ts";
import { platformEvents } from "./event-types.ts";

/** Survey events belong to a survey, whose id is their channel; all others to the organization. */
function owner(message: Message): Record<string, string> {
  return message.type.startsWith("survey.")
    ? { surveyId: JSON.stringify(message.channels[0] ?? null) }
    : { organizationId: JSON.stringify(message.workspace.externalId) };
}

/** Ticket and survey webhooks: signed only where the user has set a secret. */
export const platform: Dialect = {
  name: "platform",
  summary: "The survey and ticket platform: an envelope with the organization or survey; signed where a secret is set.",
  catalogue: platformEvents,
  retryDelays: [1, 5, 30, 300, 1800, 7200],
  disableAfter: { failures: 10, seconds: 0 },
  timeoutMs: 10_000,
  disablesOnGone: false,
  groups: { name: "survey", most: 10 },
  ...bodySignature("x-webhook-signature", "sha256=", false),
  body: (message) =>
    jsonObject({
      ...owner(message),
      eventType: JSON.stringify(message.type),
      eventId: JSON.stringify(message.eventId),
      timestamp: JSON.stringify(new Date(message.occurredAt).toISOString()),
      data: message.data,
    }),
};
