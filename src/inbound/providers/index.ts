import type { Provider } from "../provider.ts";
import { awsSesSns } from "./aws-ses-sns.ts";
import { cloudflareEmail } from "./cloudflare-email.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import { gupshup } from "./gupshup.ts";
import { mailgun } from "./mailgun.ts";
import { mandrill } from "./mandrill.ts";
import { metaWhatsApp } from "./meta-whatsapp.ts";
import { postmark } from "./postmark.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { sendgridInboundParse } from "./sendgrid-inbound-parse.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";

const all: readonly Provider[] = [
  awsSesSns,
  cloudflareEmail,
  generic,
  github,
  gupshup,
  mailgun,
  mandrill,
  metaWhatsApp,
  postmark,
  resend,
  sendgrid,
  sendgridInboundParse,
  shopify,
  slack,
  standardWebhooks,
  stripe,
];

/** Every provider of callbacks, by the name that sources and `/in/{provider}/…` call it. */
export const providers: Readonly<Record<string, Provider>> = Object.fromEntries(all.map((each) => [each.name, each]));
