import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "SendGrid events",
  group: "email",
  brings: "What became of the mails that you send: delivered, bounced, opened, reported as spam.",
  steps: [
    "In SendGrid, open **Settings → Mail Settings → Event Webhooks** and create a webhook.",
    "Paste `{url}` as its **Post URL**, and choose the events that you want.",
    "Switch **signature verification** on: it is off at first. Then copy the **verification key** that is shown.",
    "Put that key in here as the public key. Until then its callbacks are refused.",
  ],
  signed: "The time and the whole body, with a key of which only SendGrid has the private half.",
  repeats: "After anything but 2xx, at growing intervals for 24 hours.",
  fields: {
    "credentials.public_key": {
      label: "Public key",
      hint: "The verification key that the event webhook shows once its signing is on: base64 or PEM.",
      later: "p256",
      open: true,
    },
    "options.tolerance": ageField("0, as it is not known whether repetitions are signed anew"),
  },
};
