import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Standard Webhooks",
  group: "events",
  brings: "Events of whoever signs by Standard Webhooks, Svix's customers among them, or of another Posthorn.",
  steps: [
    "At the sender, add a webhook with `{url}`.",
    "Copy its **signing secret** (`whsec_…`, or a public key `whpk_…`) and put it in here. Until then its callbacks are refused.",
  ],
  signed: "Id, time and body.",
  repeats: "As the sender likes, with the same id.",
  fields: {
    "credentials.signing_secret": {
      label: "Signing secret",
      hint: "`whsec_…`, or `whpk_…` for Ed25519, as the sender shows it.",
      later: "whsec",
    },
    "options.event": {
      label: "Name of events without one",
      hint: "What an event is called whose body has no `type`.",
    },
    "options.tolerance": ageField("300"),
  },
};
