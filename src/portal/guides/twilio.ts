import type { Guide } from "./guide.ts";

const common = {
  group: "messages",
  signed: "The URL with its query, and every field of the form, by the account's auth token, or by a shared key.",
  caution: "No time is signed: a recorded callback stays good, and is without an effect while its key is remembered.",
  repeats: "Only failed connections. Messages go to the fallback URL, if there is one.",
  fields: {
    "credentials.auth_token": {
      label: "Auth token",
      hint: "In the Twilio Console under **Account → API keys & tokens**: the primary auth token of the account, or of the sub-account that sends. Not an API key. Leave it out once Twilio signs everything for this URL by a shared key.",
    },
    "credentials.shared_key": {
      label: "Shared key",
      hint: "The secret of a SharedKey, where a Webhook Rule of yours has Twilio sign by one (HMAC-SHA256). Leave it out if you have none.",
    },
  },
} as const satisfies Partial<Guide>;

export const twilioSms: Guide = {
  ...common,
  provider: "twilio-sms",
  name: "Twilio SMS",
  brings: "Delivery reports of your text messages, and text messages that people send to you.",
  steps: [
    "For delivery reports, send `{url}` as `StatusCallback` with each message; or set it as the **status callback URL** of your Messaging Service.",
    "For messages that come in, open the number or the Messaging Service in the Twilio Console and paste it under **A message comes in**, with the method HTTP POST.",
    "Send a text message to the number, or from it.",
  ],
};

export const twilioWhatsapp: Guide = {
  ...common,
  provider: "twilio-whatsapp",
  name: "Twilio WhatsApp",
  brings: "Delivery reports of your WhatsApp messages, and messages that people send to you.",
  steps: [
    "For delivery reports, send `{url}` as `StatusCallback` with each message; or set it as the **status callback URL** of the WhatsApp sender or the Messaging Service.",
    "For messages that come in, open **Messaging → Senders → WhatsApp senders** in the Twilio Console and paste it as the **webhook URL for incoming messages**, with the method HTTP POST.",
    "Send a WhatsApp message to the sender, or from it.",
  ],
};
