import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Resend",
  group: "email",
  brings: "What became of the mails that you send, and the heads of mails that come in.",
  steps: [
    "In Resend, open **Webhooks** and add one with `{url}` as its endpoint URL.",
    "Choose the events that you want, and save.",
    "Copy the webhook's **signing secret** (`whsec_…`) and put it in here. Until then its callbacks are refused.",
  ],
  signed: "Id, time and body, by Standard Webhooks.",
  repeats: "After anything but 2xx within 15 s: seven times within about 28 hours, each signed anew.",
  fields: {
    "credentials.signing_secret": {
      label: "Signing secret",
      hint: "`whsec_…`. Resend shows it once the webhook is there.",
      later: "whsec",
    },
    "options.tolerance": ageField("300"),
  },
  tickets: true,
};
