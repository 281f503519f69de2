import * as z from "zod";
import { at, jsonObjectOf, textAt } from "../../parsing/json.ts";
import { isoOf } from "../../parsing/times.ts";
import { defineProvider, MalformedCallback } from "../../provider.ts";
import { rotating, tolerance } from "../../settings.ts";
import { misspelt, StandardSecret, standardId, verifyStandardWebhooks } from "../../signatures/standard-webhooks.ts";
import { guide } from "./guide.ts";

/**
 * Whoever signs by the Standard Webhooks specification, Svix's customers among them.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * Two callbacks are the same that have one `webhook-id`: by it, the specification says, a receiver tells repetitions.
 */
export const standardWebhooks = defineProvider({
  name: "standard-webhooks",
  guide,
  passesOn: true,
  bouncesLater: false,
  /** The schedule that the specification proposes ends after 76 hours. */
  retriesFor: 4 * 86_400,
  credentials: z.strictObject({ signing_secret: rotating(StandardSecret) }),
  options: z.strictObject({
    tolerance: tolerance(300),
    /** What an event is called whose body does not tell it: the specification only recommends its `type`. */
    event: z.string().min(1, "It must not be empty").max(255).optional(),
  }),

  misspelt: ({ signing_secret }) => misspelt("signing_secret", signing_secret),

  verify: (request, { credentials, options }, { now }) =>
    verifyStandardWebhooks(request, credentials.signing_secret, now, options.tolerance),

  async normalise({ headers, body }, { options }) {
    const raw = jsonObjectOf(body);
    const event = textAt(raw, "type") ?? options.event;
    const id = standardId(headers);
    if (event === undefined || id === null) throw new MalformedCallback("It is an event without a type or an id.");
    return [{ type: "generic", event, dedup_key: id, occurred_at: isoOf(at(raw, "timestamp")), raw }];
  },
});
