import { ageField, type Guide } from "./guide.ts";

const anyAge = ageField("0, as it is not known whether repetitions are signed anew");

export const sendgrid: Guide = {
  provider: "sendgrid",
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
    "options.tolerance": anyAge,
  },
};

export const sendgridInboundParse: Guide = {
  provider: "sendgrid-inbound-parse",
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
    "options.tolerance": anyAge,
  },
  tickets: true,
};
