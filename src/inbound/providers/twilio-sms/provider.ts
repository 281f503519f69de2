import {
  normaliseTwilio,
  respondToTwilio,
  TWILIO_RETRIES,
  twilioCredentials,
  twilioMisfit,
  twilioOptions,
  verifyTwilio,
} from "../../families/twilio.ts";
import { defineProvider } from "../../provider.ts";
import { guide } from "./guide.ts";

/** Text messages by Twilio. */
export const twilioSms = defineProvider({
  name: "twilio-sms",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: TWILIO_RETRIES,
  credentials: twilioCredentials,
  options: twilioOptions,
  configIssue: twilioMisfit,
  verify: verifyTwilio,
  normalise: async (request) => normaliseTwilio(request, "sms"),
  respond: respondToTwilio,
});
