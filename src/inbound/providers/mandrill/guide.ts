import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Mailchimp Transactional (Mandrill)",
  group: "email",
  brings: "What became of the mails that you send, and mails that an inbound domain takes in.",
  steps: [
    "In Mandrill, open **Settings → Webhooks**, add a webhook and paste `{url}` as its **Post To URL**. Mandrill asks at once whether the URL is there.",
    "For mails that come in, add a route of an inbound domain with the same URL.",
    "Copy the webhook's **key** and put it in here. Until then its callbacks are refused. A route may have a key of its own: give both, or make a source for each.",
  ],
  signed: "The URL as you entered it, and every field.",
  caution: "No time is signed: a recorded callback stays good, and is without an effect while its key is remembered.",
  repeats: "After anything but 2xx, at growing intervals.",
  fields: {
    "credentials.webhook_key": {
      label: "Webhook key",
      hint: "Mandrill makes it together with the webhook.",
      later: "text",
    },
  },
  tickets: true,
};
