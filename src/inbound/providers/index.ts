import type { Provider } from "../provider.ts";
import { awsSesSns } from "./aws-ses-sns.ts";
import { bird } from "./bird.ts";
import { cloudflareEmail } from "./cloudflare-email.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import { gupshup } from "./gupshup.ts";
import { mailgun } from "./mailgun.ts";
import { mandrill } from "./mandrill.ts";
import { messagebird } from "./messagebird.ts";
import { metaWhatsApp } from "./meta-whatsapp.ts";
import { plivoSms } from "./plivo-sms.ts";
import { postmark } from "./postmark.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { sendgridInboundParse } from "./sendgrid-inbound-parse.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { twilioSms } from "./twilio-sms.ts";
import { twilioWhatsapp } from "./twilio-whatsapp.ts";
import { vonageMessages } from "./vonage-messages.ts";
import { vonageSms } from "./vonage-sms.ts";

const all: readonly Provider[] = [
  awsSesSns,
  bird,
  cloudflareEmail,
  generic,
  github,
  gupshup,
  mailgun,
  mandrill,
  messagebird,
  metaWhatsApp,
  plivoSms,
  postmark,
  resend,
  sendgrid,
  sendgridInboundParse,
  shopify,
  slack,
  standardWebhooks,
  stripe,
  twilioSms,
  twilioWhatsapp,
  vonageMessages,
  vonageSms,
];

/** Every provider of callbacks, by the name that sources and `/in/{provider}/…` call it. */
export const providers: Readonly<Record<string, Provider>> = Object.fromEntries(all.map((each) => [each.name, each]));
