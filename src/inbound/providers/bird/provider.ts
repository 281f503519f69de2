import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import { eventOf } from "../../families/bird-events.ts";
import { notificationOf, verifyNotification } from "../../families/bird-notifications.ts";
import { jsonObjectOf, textAt } from "../../parsing/json.ts";
import { defineProvider } from "../../provider.ts";
import { rotating, Secret, tolerance } from "../../settings.ts";
import { misspelt, StandardSecret, standardId, verifyStandardWebhooks } from "../../signatures/standard-webhooks.ts";
import { guide } from "./guide.ts";

/**
 * Two days, in seconds. The notifications API repeats for eight hours; the schedule that Standard Webhooks recommend
 * ends after 28.
 */
const RETRIES = 172_800;

/** As text for `notifications`; for `standard-webhooks` base64, mostly behind `whsec_`. */
const isMarked = (text: string) => /^wh(sec|pk|sk)_/.test(text);
const SigningKey = Secret.superRefine((text, context) => {
  if (!isMarked(text)) return;
  for (const { message } of StandardSecret.safeParse(text).error?.issues ?? []) context.addIssue(message);
});

const options = z.strictObject({
  /** Which API calls: that of app.bird.com, or that of 2026. */
  generation: z
    .enum(["notifications", "standard-webhooks"], { error: "Choose notifications or standard-webhooks" })
    .default("standard-webhooks"),
  /** How old the signed time may be, in seconds. */
  tolerance: tolerance(300),
});

/**
 * Text messages, WhatsApp and email by Bird. Of a received email only the head is told. Two callbacks of
 * `standard-webhooks` are the same that have one `webhook-id`
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-headers-sending-metadata-to-consumers).
 */
export const bird = defineProvider({
  name: "bird",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: RETRIES,
  credentials: z.strictObject({ signing_key: rotating(SigningKey) }),
  options,
  misspelt: ({ signing_key: keys }) => misspelt("signing_key", keys.filter(isMarked)),
  verify: (request, source, context) => {
    const { signing_key: keys } = source.credentials;
    const { generation, tolerance: seconds } = source.options;
    return generation === "notifications"
      ? verifyNotification(request, keys, source.callbackUrl, seconds, context.now)
      : verifyStandardWebhooks(request, keys, context.now, seconds);
  },
  normalise: async (request, source) => {
    const event = jsonObjectOf(request.body);
    if (source.options.generation === "notifications") return [notificationOf(event)];
    // Every verified callback has an id; one that is read without having been verified may lack it.
    const key = standardId(request.headers) ?? request.headers.get("webhook-id");
    return [eventOf(event, key ?? joined([textAt(event.type), textAt(event.timestamp)]))];
  },
});
