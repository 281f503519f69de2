import { SECRET_FIELD } from "../../families/vonage.ts";
import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Vonage SMS API",
  group: "messages",
  brings: "Delivery receipts of your text messages, and text messages that people send to you.",
  steps: [
    "Ask Vonage's support to switch **signing of webhooks** on for your account, if it is not: unsigned callbacks are refused.",
    "In the Vonage dashboard open **API settings**, and paste `{url}` both as the webhook for **delivery receipts** and as the one for **inbound SMS**.",
    "Compare the **signature method** there with the one that is set here.",
  ],
  signed: "Every parameter, the time among them; or, by token, the body's hash.",
  repeats: "After 429 and 5xx, for 24 hours.",
  fields: {
    "credentials.signature_secret": SECRET_FIELD,
    "options.scheme": {
      main: true,
      label: "How it signs",
      hint: "Usual is the parameter `sig`.",
      choices: { sig: "A parameter, sig", jwt: "A token in the Authorization header" },
    },
    "options.algorithm": {
      main: true,
      label: "Signature method",
      hint: "Of `sig`: as in the account's settings. No callback tells it.",
      choices: {
        md5hash: "MD5 hash",
        md5: "MD5 HMAC",
        sha1: "SHA-1 HMAC",
        sha256: "SHA-256 HMAC",
        sha512: "SHA-512 HMAC",
      },
    },
    "options.tolerance": ageField("86 400 for sig, 300 for a token"),
    "options.allow_missing_payload_hash": {
      label: "Believe what the token does not cover",
      hint: "Of the token: such as all that comes by GET. Whoever sees a token can then make up what it says.",
    },
  },
};
