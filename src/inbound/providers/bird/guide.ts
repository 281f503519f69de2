import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
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
