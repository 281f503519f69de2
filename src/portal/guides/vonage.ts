import { ageField, type FieldGuide, type Guide } from "./guide.ts";

const secret: FieldGuide = {
  label: "Signature secret",
  hint: "In the Vonage dashboard under **API settings**. It is not the API secret.",
};

export const vonageSms: Guide = {
  provider: "vonage-sms",
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
    "credentials.signature_secret": secret,
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

export const vonageMessages: Guide = {
  provider: "vonage-messages",
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
    "credentials.signature_secret": secret,
    "options.tolerance": ageField("300"),
    "options.allow_missing_payload_hash": {
      label: "Believe a body that the token does not cover",
      hint: "Whoever sees a token can then make up what it says.",
    },
  },
};
