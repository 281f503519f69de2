import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Mailgun",
  group: "email",
  brings: "What became of a domain's mails, and mails that a route of yours takes in.",
  steps: [
    "In Mailgun, open **Sending → Webhooks** of the domain and add a webhook with `{url}` for each kind of event that you want.",
    'For mails that come in, create a route with the action `forward("{url}")` or `store(notify="{url}")`.',
  ],
  signed: "A time and a token, by your account's HTTP webhook signing key.",
  caution:
    "The event itself is not signed: who gets hold of a signature that was not used yet can have it say anything. Each token is taken once.",
  repeats: "After anything but 200 and 406, over eight hours.",
  fields: {
    "credentials.signing_key": {
      label: "HTTP webhook signing key",
      hint: "In Mailgun's API security settings. It is none of the API keys.",
    },
    "options.tolerance": ageField("86 400, as repetitions bear the first one's time for eight hours"),
  },
  tickets: true,
};
