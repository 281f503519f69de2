import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Stripe",
  group: "events",
  brings: "Stripe's events, as `stripe.invoice.paid`.",
  steps: [
    "In Stripe, open **Developers → Webhooks** (in Workbench: **Event destinations**) and add a webhook endpoint.",
    "Choose the events that you want, and paste `{url}` as the endpoint URL.",
    "Reveal the endpoint's **signing secret** (`whsec_…`) and put it in here. Until then its callbacks are refused.",
  ],
  signed: "The time and the whole body.",
  repeats: "In live mode for up to three days.",
  fields: {
    "credentials.signing_secret": {
      label: "Signing secret",
      hint: "`whsec_…`, as Stripe shows it once the endpoint is there. Test mode and live mode have one each.",
      later: "text",
    },
    "options.tolerance": ageField("300"),
  },
};
