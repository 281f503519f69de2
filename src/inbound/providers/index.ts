import type { Guide } from "../guide.ts";
import type { Provider } from "../provider.ts";
import { awsSesSns } from "./aws-ses-sns/provider.ts";
import { bird } from "./bird/provider.ts";
import { cloudflareEmail } from "./cloudflare-email/provider.ts";
import { generic } from "./generic/provider.ts";
import { github } from "./github/provider.ts";
import { gupshup } from "./gupshup/provider.ts";
import { mailgun } from "./mailgun/provider.ts";
import { mandrill } from "./mandrill/provider.ts";
import { messagebird } from "./messagebird/provider.ts";
import { metaWhatsApp } from "./meta-whatsapp/provider.ts";
import { plivoSms } from "./plivo-sms/provider.ts";
import { postmark } from "./postmark/provider.ts";
import { resend } from "./resend/provider.ts";
import { sendgrid } from "./sendgrid/provider.ts";
import { sendgridInboundParse } from "./sendgrid-inbound-parse/provider.ts";
import { shopify } from "./shopify/provider.ts";
import { slack } from "./slack/provider.ts";
import { standardWebhooks } from "./standard-webhooks/provider.ts";
import { stripe } from "./stripe/provider.ts";
import { twilioSms } from "./twilio-sms/provider.ts";
import { twilioWhatsapp } from "./twilio-whatsapp/provider.ts";
import { vonageMessages } from "./vonage-messages/provider.ts";
import { vonageSms } from "./vonage-sms/provider.ts";

/** In the order in which people are shown them. */
const all: readonly Provider[] = [
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

/** Every provider of callbacks, by the name that sources and `/in/{provider}/…` call it. */
export const providers: Readonly<Record<string, Provider>> = Object.fromEntries(all.map((each) => [each.name, each]));

/** Undefined where there is none of that name, or no more. */
export const providerOf = (name: string): Provider | undefined =>
  Object.hasOwn(providers, name) ? providers[name] : undefined;

/** Of every provider, in the order in which people are shown them. */
export const guides: readonly Guide[] = all.map(({ guide }) => guide);

/** The guide of a provider; undefined where there is none, or no more. */
export const guideOf = (name: string): Guide | undefined => providerOf(name)?.guide;

/** Whether a pattern is below the name of a provider that passes events on, whose types cannot be listed. */
export const isPassedOn = (pattern: string): boolean =>
  all.some(({ name, passesOn }) => passesOn && pattern.startsWith(`${name}.`));
