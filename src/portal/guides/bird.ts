import { ageField, type Guide } from "./guide.ts";

export const bird: Guide = {
  provider: "bird",
  name: "Bird",
  group: "messages",
  brings: "Statuses of SMS, WhatsApp and email, and messages that people send to you.",
  steps: [
    "With the API of 2026, create a webhook endpoint with `{url}` and copy its signing secret, `whsec_…`.",
    "With app.bird.com, create a webhook subscription with `{url}` and a `signingKey` that you choose: without one Bird does not sign, and its callbacks are refused.",
    "Put the secret or the key in here, and choose the same API below.",
  ],
  signed: "Id, time and body; by app.bird.com the time, the URL with its query, and the body.",
  repeats: "After anything but 2xx; app.bird.com for eight hours.",
  fields: {
    "credentials.signing_key": {
      label: "Signing key",
      hint: "The endpoint's secret, `whsec_…`; with app.bird.com the `signingKey` of the subscription.",
      later: "whsec",
    },
    "options.generation": {
      main: true,
      label: "Which API calls",
      hint: "They sign in different ways.",
      choices: { "standard-webhooks": "The API of 2026", notifications: "app.bird.com" },
    },
    "options.tolerance": ageField("300"),
  },
  tickets: true,
};

export const messagebird: Guide = {
  provider: "messagebird",
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
