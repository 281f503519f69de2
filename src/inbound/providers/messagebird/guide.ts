import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "MessageBird (classic SMS API)",
  group: "messages",
  brings: "Delivery reports of your text messages, and text messages that people send to you.",
  steps: [
    "For delivery reports, send `{url}` as `reportUrl` with each message, and a `reference`: without one there is no report. Or set it as the account's status report URL.",
    "For messages that come in, have your number call it when a message arrives.",
    "Send a text message with a reference.",
  ],
  signed: "The URL with its query, and the body, in a token that lives for a minute and is taken once.",
  caution: "By the older digest, host and path of the URL are not signed.",
  repeats: "It is not documented.",
  fields: {
    "credentials.signing_key": { label: "Signing key", hint: "In MessageBird's **developer settings**." },
    "options.generation": {
      main: true,
      label: "How it signs",
      hint: "Usual is the token. MessageBird deprecates the digest.",
      choices: { jwt: "A token (JWT)", hmac: "A digest (HMAC)" },
    },
    "options.leeway": {
      label: "Clocks apart, in seconds",
      hint: "Of the token: how far the clocks may be apart. Usual: 5, at most 60.",
    },
    "options.tolerance": { ...ageField("100"), hint: `Of the digest. ${ageField("100").hint}` },
  },
};
