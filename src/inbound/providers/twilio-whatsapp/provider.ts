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

/** WhatsApp by Twilio, whose addresses begin with `whatsapp:`. */
export const twilioWhatsapp = defineProvider({
  name: "twilio-whatsapp",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: TWILIO_RETRIES,
  credentials: twilioCredentials,
  options: twilioOptions,
  configIssue: twilioMisfit,
  verify: verifyTwilio,
  normalise: async (request) => normaliseTwilio(request, "whatsapp"),
  respond: respondToTwilio,
});
