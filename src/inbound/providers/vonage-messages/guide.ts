import { SECRET_FIELD } from "../../families/vonage.ts";
import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Vonage Messages API",
  group: "messages",
  brings: "Statuses of your SMS and WhatsApp messages, and messages that people send to you.",
  steps: [
    "In the Vonage dashboard open your application, and switch its **Messages** capability on.",
    "Paste `{url}` both as its **inbound URL** and as its **status URL**, and save.",
    "Send a message to the application's number, or from it.",
  ],
  signed: "The body, by its hash in a token that is taken once.",
  repeats: "After 429 and 5xx, for 24 hours.",
  fields: {
    "credentials.signature_secret": SECRET_FIELD,
    "options.tolerance": ageField("300"),
    "options.allow_missing_payload_hash": {
      label: "Believe a body that the token does not cover",
      hint: "Whoever sees a token can then make up what it says.",
    },
  },
};
