import { awsSesSns } from "./amazon.ts";
import { bird, messagebird } from "./bird.ts";
import { cloudflareEmail } from "./cloudflare.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import type { Guide } from "./guide.ts";
import { gupshup } from "./gupshup.ts";
import { mailgun } from "./mailgun.ts";
import { mandrill } from "./mandrill.ts";
import { metaWhatsApp } from "./meta.ts";
import { plivoSms } from "./plivo.ts";
import { postmark } from "./postmark.ts";
import { resend } from "./resend.ts";
import { sendgrid, sendgridInboundParse } from "./sendgrid.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { twilioSms, twilioWhatsapp } from "./twilio.ts";
import { vonageMessages, vonageSms } from "./vonage.ts";

/** In the order that they are shown in. */
export const guides: readonly Guide[] = [
  sendgrid,
  sendgridInboundParse,
  mailgun,
  postmark,
  resend,
  awsSesSns,
  mandrill,
  cloudflareEmail,
  twilioSms,
  twilioWhatsapp,
  metaWhatsApp,
  vonageSms,
  vonageMessages,
  plivoSms,
  messagebird,
  bird,
  gupshup,
  stripe,
  github,
  shopify,
  slack,
  standardWebhooks,
  generic,
];

/** The guide of a provider; undefined where there is none, or no more. */
export const guideOf = (provider: string): Guide | undefined => guides.find((guide) => guide.provider === provider);

export { GROUPS, type Guide } from "./guide.ts";
