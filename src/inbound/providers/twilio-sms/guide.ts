import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Twilio SMS",
  group: "messages",
  brings: "Delivery reports of your text messages, and text messages that people send to you.",
  steps: [
    "For delivery reports, send `{url}` as `StatusCallback` with each message; or set it as the **status callback URL** of your Messaging Service.",
    "For messages that come in, open the number or the Messaging Service in the Twilio Console and paste it under **A message comes in**, with the method HTTP POST.",
    "Send a text message to the number, or from it.",
  ],
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
};
