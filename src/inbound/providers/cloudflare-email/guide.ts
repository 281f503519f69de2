import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Cloudflare Email Routing",
  group: "email",
  brings: "Mails to a domain whose Email Routing hands them to this deployment, without a provider in between.",
  steps: [
    "In Cloudflare, open the domain's **Email → Email Routing** and switch it on. The domain must be in the account that this deployment runs in.",
    "Add a rule for `{source}@` and your domain, or the catch-all, whose action is **Send to a Worker**, and choose `posthorn`.",
    "For other addresses, such as `support@example.com`, who runs this deployment sets the variable `EMAIL_ROUTES` to this source: `{source}`.",
  ],
  signed: "Nothing has to be: Cloudflare calls the Worker itself, and nobody gets in by HTTP.",
  caution: "Who really wrote a mail is not checked.",
  repeats: "The sending server tries again if a mail could not be stored.",
  fields: {},
  tickets: true,
  byMail: true,
};
