import { bodySignature } from "../body-signature.ts";
import { type Dialect, FIVE_DAYS_OF_FAILURES } from "../dialect.ts";
import { isoSeconds, jsonObject } from "../wire.ts";
import { gopimiEvents } from "./event-types.ts";

/** The helpdesk's webhooks: the body signed as it is, the digest in hex in a header of its own. */
export const gopimi: Dialect = {
  name: "gopimi",
  summary: "The helpdesk: the event beside its data, the body signed in hex.",
  catalogue: gopimiEvents,
  retryDelays: [30, 120, 480, 1920, 7680],
  disableAfter: FIVE_DAYS_OF_FAILURES,
  timeoutMs: 10_000,
  disablesOnGone: false,
  ...bodySignature("x-gopimi-signature", "", true),
  body: (message) =>
    jsonObject({
      event: JSON.stringify(message.type),
      timestamp: JSON.stringify(isoSeconds(message.occurredAt)),
      workspace_id: String(message.workspace.id),
      data: message.data,
    }),
};
