import { ageField, type OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "SendGrid Inbound Parse",
  group: "email",
  brings: "Mails that SendGrid takes in for a host name of yours.",
  steps: [
    'To have mails signed, make a webhook security policy by SendGrid\'s API: `POST /v3/user/webhooks/security/policies` with `"signature": {"enabled": true}`.',
    "Copy `policy.signature.public_key` out of the answer and put it in here as the public key, before the first mail comes: SendGrid does not repeat a mail that was refused.",
    "In SendGrid, open **Settings → Inbound Parse**, add your host name with `{url}` as its URL, and attach the policy to it.",
  ],
  signed: "With a security policy: the time and the whole body. Without one nothing is.",
  caution: "If you allow unsigned mails, whoever knows the URL can post any mail.",
  repeats: "After 5xx, for three days. After a 4xx the mail is thought to be lost.",
  fields: {
    "credentials.public_key": {
      label: "Public key",
      hint: "`policy.signature.public_key` of your webhook security policy. Leave it empty only if you allow unsigned mails.",
      open: true,
    },
    "options.allow_unsigned": {
      main: true,
      label: "Allow unsigned mails",
      hint: "Without a public key: believe whoever knows the URL.",
    },
    "options.tolerance": ageField("0, as it is not known whether repetitions are signed anew"),
  },
  tickets: true,
};
