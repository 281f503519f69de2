import type { CallbackRequest } from "../../src/inbound/provider.ts";
import { P256_PUBLIC } from "../inbound/callbacks.ts";

/** Callbacks of every provider that tells of several things at once: of the first and the last all is well. */

export type MixedBatch = {
  provider: string;
  options: object;
  credentials: object;
  request(): CallbackRequest;
  /** The recipients or senders of the good ones, in order. */
  good: string[];
  /** What could not be read: where it stands, and why. */
  bad: { member: string; reason: string }[];
};

const request = (body: string, type: string) => (): CallbackRequest => ({
  ...{ method: "POST", url: "https://hooks.example.com/in/p/s", headers: new Headers({ "content-type": type }) },
  body: new TextEncoder().encode(body),
});
const json = (body: unknown) => request(JSON.stringify(body), "application/json");

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
const sendgrid = (n: string) => ({
  email: n,
  event: "delivered",
  sg_event_id: n,
  sg_message_id: `${n}.f`,
  timestamp: 1,
});
/** https://mailchimp.com/developer/transactional/docs/webhooks/ */
const mandrill = (n: string) => ({ event: "send", ts: 1, msg: { _id: n, email: n } });
const mandrillMail = { event: "inbound", ts: 1, msg: { subject: "without a sender" } };
/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages */
const whatsapp = (n: string, ids: object = {}) => ({
  id: `w${n}`,
  status: "sent",
  timestamp: "1",
  recipient_id: n,
  ...ids,
});
const whatsappBatch = (status: (n: string) => object) => ({
  object: "whatsapp_business_account",
  entry: [
    {
      id: "1",
      changes: [
        { field: "messages", value: { statuses: [status("a"), 7, { status: "sent" }] } },
        "no change",
        { field: "messages", value: { messages: [{ type: "text", text: { body: "from nobody" } }] } },
        { field: "messages", value: { statuses: { id: "no list" } } },
      ],
    },
    null,
    { id: "2", changes: [{ field: "messages", value: { statuses: [status("z")] } }] },
  ],
});
const WHATSAPP_BAD = [
  { member: "entry[0].changes[0].value.statuses[1]", reason: "It is no object." },
  { member: "entry[0].changes[0].value.statuses[2]", reason: "It is a status without an id or a name." },
  { member: "entry[0].changes[1]", reason: "It is no object." },
  { member: "entry[0].changes[2].value.messages[0]", reason: "It is a message without an id." },
  { member: "entry[0].changes[3].value.statuses", reason: "It is no list." },
  { member: "entry[1]", reason: "It is no entry." },
];
const TOPIC = "arn:aws:sns:us-east-1:123456789012:Topic";
/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
const ses = {
  eventType: "Bounce",
  mail: { messageId: "m", destination: ["a", "z"] },
  bounce: {
    bounceType: "Permanent",
    bouncedRecipients: [{ emailAddress: "a" }, { status: "5.1.1" }, { emailAddress: "z" }],
  },
};

export const MIXED_BATCHES: readonly MixedBatch[] = [
  {
    ...{ provider: "sendgrid", options: {}, credentials: { public_key: P256_PUBLIC }, good: ["a", "z"] },
    request: json([sendgrid("a"), null, "text", sendgrid("z")]),
    bad: [
      { member: "[1]", reason: "It is no event" },
      { member: "[2]", reason: "It is no event" },
    ],
  },
  {
    ...{ provider: "mandrill", options: {}, credentials: { webhook_key: "k" }, good: ["a", "z"] },
    request: request(
      new URLSearchParams({
        mandrill_events: JSON.stringify([mandrill("a"), [], mandrillMail, { type: "blacklist" }, mandrill("z")]),
      }).toString(),
      "application/x-www-form-urlencoded",
    ),
    bad: [
      { member: "mandrill_events[1]", reason: "It is no event" },
      { member: "mandrill_events[2]", reason: "A mail in it has no sender, or no recipient" },
    ],
  },
  {
    ...{
      provider: "meta-whatsapp",
      options: {},
      credentials: { app_secret: "s", verify_token: "t" },
      good: ["a", "z"],
    },
    ...{ request: json(whatsappBatch((n) => whatsapp(n))), bad: WHATSAPP_BAD },
  },
  {
    ...{ provider: "gupshup", options: {}, credentials: { header: "X-Token", value: "v" }, good: ["a", "z"] },
    ...{ request: json(whatsappBatch((n) => whatsapp(n, { gs_id: `g${n}` }))), bad: WHATSAPP_BAD },
  },
  {
    ...{ provider: "aws-ses-sns", options: { topics: [TOPIC] }, credentials: {}, good: ["a", "z"] },
    request: json({ Type: "Notification", MessageId: "i", TopicArn: TOPIC, Message: JSON.stringify(ses) }),
    bad: [{ member: "bounce.bouncedRecipients[1]", reason: "It names no recipient." }],
  },
];
