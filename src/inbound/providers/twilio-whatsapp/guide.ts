import type { OwnGuide } from "../../guide.ts";
import { guide as sms } from "../twilio-sms/guide.ts";

/** As for text messages, but for where the URL goes. */
export const guide: OwnGuide = {
  ...sms,
  name: "Twilio WhatsApp",
  brings: "Delivery reports of your WhatsApp messages, and messages that people send to you.",
  steps: [
    "For delivery reports, send `{url}` as `StatusCallback` with each message; or set it as the **status callback URL** of the WhatsApp sender or the Messaging Service.",
    "For messages that come in, open **Messaging → Senders → WhatsApp senders** in the Twilio Console and paste it as the **webhook URL for incoming messages**, with the method HTTP POST.",
    "Send a WhatsApp message to the sender, or from it.",
  ],
};
