import { createHash } from "node:crypto";
import { sign as githubSign } from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilio from "twilio";
import { mailFile } from "./mails.ts";
import {
  FORM_TYPE,
  glued,
  hmac,
  JSON_TYPE,
  jwt,
  MULTIPART_TYPE,
  multipart,
  type Outgoing,
  type Place,
  rawParse,
  SENDGRID_PUBLIC_KEY,
  sample,
  seconds,
  sendgridSigned,
  sha256,
  sorted,
  vonageText,
} from "./provider-callbacks.ts";

/** What a provider sends, and what is to become of it. */
export interface Case {
  name: string;
  provider: string;
  credentials: Record<string, unknown>;
  options?: Record<string, unknown>;
  /** Made anew, as the provider signs it now for this URL. */
  callback(url: string): Outgoing | Promise<Outgoing>;
  /** Set where the provider signs a repetition with its own time. */
  repeatsAnew?: true;
  /** Of what is signed: a forger changes one byte of it. */
  forge: Place;
  /** The provider's form of success; 200 without a body unless told. */
  succeeds?: { status: number; type: string | null; body: string };
  /** The provider's form of refusal; 403 unless told. */
  refuses?: number;
  event: string;
  data: Record<string, unknown>;
}

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
export const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const INBOUND_ANSWER = { status: 200, type: "text/xml", body: "<Response/>" };
const NO_CONTENT = { status: 204, type: null, body: "" };

const sendgrid: Case = {
  name: "SendGrid, events",
  provider: "sendgrid",
  credentials: { public_key: SENDGRID_PUBLIC_KEY },
  // With the line feed that SendGrid ends its bodies with, and signs.
  callback: () => sendgridSigned(`${sample("sendgrid", "bounce")}\r\n`, JSON_TYPE),
  forge: ["body", "example@test.com"],
  event: "email.bounced",
  data: {
    channel: "email",
    status: "bounced",
    soft: false,
    message_id: "14c5d75ce93",
    recipient: "example@test.com",
    error: { code: "5.0.0", text: "500 unknown recipient" },
    advanced: true,
    occurred_at: "2020-11-28T14:55:33.000Z",
  },
};

/** A file that is no UTF-8. */
const BYTES = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0xfe, 0x00]);

const parsed: Case = {
  name: "SendGrid, Inbound Parse",
  provider: "sendgrid-inbound-parse",
  credentials: { public_key: SENDGRID_PUBLIC_KEY },
  callback: () =>
    sendgridSigned(
      multipart([
        { name: "headers", content: "Message-ID: <CAN_P@mail.gmail.com>\nDate: Fri, 27 Mar 2026 10:31:00 +0100\n" },
        { name: "to", content: "Support <inbound@parse.example.com>" },
        { name: "from", content: "Sender Name <example@example.com>" },
        { name: "subject", content: "Different File Types" },
        // By its charset, which the runtime's own reading of forms would take for UTF-8.
        { name: "text", content: Buffer.from("H\xe9llo", "latin1") },
        { name: "envelope", content: '{"to":["inbound@parse.example.com"],"from":"bounce@example.com"}' },
        { name: "charsets", content: '{"to":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"iso-8859-1"}' },
        { name: "attachments", content: "1" },
        { name: "attachment-info", content: '{"attachment1":{"filename":"p.png","name":"p.png","type":"image/png"}}' },
        { name: "attachment1", content: BYTES, filename: "p.png", type: "image/png" },
      ]),
      MULTIPART_TYPE,
    ),
  forge: ["body", "Different File Types"],
  event: "message.received",
  data: {
    channel: "email",
    message_id: "<CAN_P@mail.gmail.com>",
    from: "example@example.com",
    from_name: "Sender Name",
    to: ["inbound@parse.example.com"],
    subject: "Different File Types",
    text: "Héllo",
    media: [{ filename: "p.png", content_type: "image/png", size: 9 }],
  },
};

const raw: Case = {
  ...parsed,
  name: "SendGrid, Inbound Parse in raw mode",
  callback: () => rawParse(mailFile("reply.eml"), "juergen@example.com", "reply+1042@in.example.com"),
  forge: ["body", "Danke"],
  data: {
    channel: "email",
    message_id: "<reply-1@mail.example.com>",
    from: "juergen@example.com",
    from_name: "Jürgen Müller",
    to: ["reply+1042@in.example.com"],
    subject: "Re: [#1042] Rechnung für März",
    in_reply_to: "<ticket-1042.2@in.example.com>",
  },
};

const MAILGUN_TOKEN = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
const mailgunMark = () => {
  const timestamp = String(seconds());
  return { timestamp, token: MAILGUN_TOKEN, signature: hmac("sha256", SECRET, "hex", timestamp + MAILGUN_TOKEN) };
};

const mailgun: Case = {
  name: "Mailgun, events",
  provider: "mailgun",
  credentials: { signing_key: SECRET },
  callback: () => {
    const event: Record<string, unknown> = JSON.parse(sample("mailgun", "delivered"));
    return { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ ...event, signature: mailgunMark() }) };
  },
  // The signature covers no more than the token and the time.
  forge: ["body", MAILGUN_TOKEN],
  refuses: 406,
  event: "email.delivered",
  data: { status: "delivered", message_id: "20130503182626.18666.16540@example.com", recipient: "alice@example.com" },
};

const mailgunRoute: Case = {
  ...mailgun,
  name: "Mailgun, mail of a route",
  callback: () => {
    const form = new URLSearchParams(sample("mailgun", "inbound route"));
    for (const [name, value] of Object.entries(mailgunMark())) form.set(name, value);
    return { method: "POST", headers: FORM_TYPE, body: form.toString() };
  },
  event: "message.received",
  data: {
    channel: "email",
    message_id: "<CAEPk3R+4Zr@mail.example.org>",
    from: "from+test@example.org",
    from_name: "Displayed From",
    to: ["test@inbound.example.com"],
    subject: "Test subject",
    text: "Test body plain",
    html: "<div>Test body html</div>",
  },
};

const postmark: Case = {
  name: "Postmark, events",
  provider: "postmark",
  credentials: { username: "postmark", password: SECRET },
  callback: () => ({
    method: "POST",
    headers: { ...JSON_TYPE, authorization: `Basic ${Buffer.from(`postmark:${SECRET}`).toString("base64")}` },
    body: sample("postmark", "Bounce SoftBounce"),
  }),
  forge: ["authorization", Buffer.from("postmark").toString("base64").slice(0, 10)],
  event: "email.bounced",
  data: {
    status: "bounced",
    soft: true,
    message_id: "883953f4-6105-42a2-a16a-77a8eac79483",
    recipient: "b@example.com",
    occurred_at: "2026-01-01T16:28:50.000Z",
  },
};

const postmarkInbound: Case = {
  ...postmark,
  name: "Postmark, inbound mail",
  credentials: { header: "X-Postmark-Token", value: SECRET },
  callback: () => ({
    method: "POST",
    headers: { ...JSON_TYPE, "x-postmark-token": SECRET },
    body: sample("postmark", "Inbound"),
  }),
  forge: ["x-postmark-token", SECRET],
  event: "message.received",
  data: {
    channel: "email",
    from: "support@postmarkapp.com",
    to: ["mailbox+SampleHash@inbound.postmarkapp.com"],
    cc: ["firstcc@postmarkapp.com", "secondCc@postmarkapp.com"],
    subject: "Test subject",
    text: "This is a test text body.",
    media: [{ filename: "test.txt", content_type: "text/plain", size: 45 }],
  },
};

/** By Twilio's own library: a form, for the URL that it is to be sent to. */
export const twilioSigned =
  (body: string, token = SECRET) =>
  (url: string): Outgoing => {
    const parameters = Object.fromEntries(new URLSearchParams(body).entries());
    const signature = twilio.getExpectedTwilioSignature(token, url, parameters);
    return { method: "POST", headers: { ...FORM_TYPE, "x-twilio-signature": signature }, body };
  };

const twilioSms: Case = {
  name: "Twilio SMS, status",
  provider: "twilio-sms",
  credentials: { auth_token: SECRET },
  callback: twilioSigned(sample("twilio-sms", "status delivered")),
  forge: ["body", "14155552671"],
  succeeds: NO_CONTENT,
  event: "sms.delivered",
  data: {
    channel: "sms",
    status: "delivered",
    message_id: "SM11111111111111111111111111111111",
    recipient: "+14155552671",
    advanced: true,
  },
};

const twilioSmsInbound: Case = {
  ...twilioSms,
  name: "Twilio SMS, inbound",
  callback: twilioSigned(sample("twilio-sms", "inbound text")),
  forge: ["body", "Body=Hello"],
  succeeds: INBOUND_ANSWER,
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "SM22222222222222222222222222222222",
    from: "+14155552671",
    to: ["+15005550006"],
    text: "Hello!",
    media: [],
  },
};

const twilioWhatsApp: Case = {
  ...twilioSms,
  name: "Twilio WhatsApp, status",
  provider: "twilio-whatsapp",
  callback: twilioSigned(sample("twilio-whatsapp", "status read")),
  event: "whatsapp.read",
  data: { ...twilioSms.data, channel: "whatsapp", status: "read" },
};

const twilioWhatsAppInbound: Case = {
  ...twilioSmsInbound,
  name: "Twilio WhatsApp, inbound",
  provider: "twilio-whatsapp",
  callback: twilioSigned(sample("twilio-whatsapp", "inbound text")),
  data: { ...twilioSmsInbound.data, channel: "whatsapp", from_name: "Zoë" },
};

const metaSigned = (body: string) => (): Outgoing => ({
  method: "POST",
  headers: { ...JSON_TYPE, "x-hub-signature-256": `sha256=${hmac("sha256", SECRET, "hex", body)}` },
  body,
});

const meta: Case = {
  name: "Meta WhatsApp, status",
  provider: "meta-whatsapp",
  credentials: { app_secret: SECRET, verify_token: "a-token" },
  callback: metaSigned(sample("meta-whatsapp", "status sent")),
  forge: ["body", "recipient_id"],
  event: "whatsapp.sent",
  data: {
    status: "sent",
    message_id: "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA",
    recipient: "16505551234",
    occurred_at: "2025-06-18T16:22:53.000Z",
  },
};

const metaInbound: Case = {
  ...meta,
  name: "Meta WhatsApp, inbound",
  // As Meta writes what is not ASCII, and a slash: what is signed are these bytes.
  callback: metaSigned(
    sample("meta-whatsapp", "inbound text").replace("another color?", String.raw`schwarz\/wei\u00df?`),
  ),
  forge: ["body", String.raw`wei\u00df`],
  event: "message.received",
  data: {
    channel: "whatsapp",
    message_id: "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
    from: "16505551234",
    from_name: "Sheena Nelson",
    to: ["15550783881"],
    text: "Does it come in schwarz/weiß?",
  },
};

const messagebirdQuery = sample("messagebird", "SMS status report delivered");

const messagebird: Case = {
  name: "MessageBird, signed by a digest",
  provider: "messagebird",
  credentials: { signing_key: SECRET },
  options: { generation: "hmac" },
  callback: () => {
    const time = String(seconds());
    const query = sorted(messagebirdQuery.split("&").map((pair) => [pair, ""] as const))
      .map(([pair]) => pair)
      .join("&");
    const signature = hmac("sha256", SECRET, "base64", `${time}\n${query}\n`, sha256(""));
    return {
      method: "GET",
      query: messagebirdQuery,
      headers: { "messagebird-request-timestamp": time, "messagebird-signature": signature },
    };
  },
  repeatsAnew: true,
  forge: ["query", "recipient=31612345678"],
  event: "sms.delivered",
  data: {
    status: "delivered",
    message_id: "e8077d803532c0b5937c639b60216938",
    recipient: "31612345678",
    occurred_at: "2016-05-03T08:58:10.000Z",
  },
};

const messagebirdToken: Case = {
  ...messagebird,
  name: "MessageBird, signed by a token",
  options: { generation: "jwt" },
  callback: (url) => {
    const now = seconds();
    const claims = {
      iss: "MessageBird",
      nbf: now - 1,
      exp: now + 60,
      jti: crypto.randomUUID(),
      url_hash: sha256(`${url}?${messagebirdQuery}`).toString("hex"),
    };
    return { method: "GET", query: messagebirdQuery, headers: { "messagebird-signature-jwt": jwt(claims, SECRET) } };
  },
};

/** What Standard Webhooks' own library makes of a body, in the headers of a family. */
function standardSigned(body: string, id: string, family: "webhook" | "svix" = "webhook"): Outgoing {
  const at = new Date();
  const library = family === "svix" ? new SvixWebhook(WHSEC) : new StandardWebhook(WHSEC);
  return {
    method: "POST",
    headers: {
      ...JSON_TYPE,
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
      [`${family}-signature`]: library.sign(id, at, body),
    },
    body,
  };
}

const bird: Case = {
  name: "Bird",
  provider: "bird",
  credentials: { signing_key: WHSEC },
  callback: () => standardSigned(sample("bird", "sms.sent"), "whm_01krdgeqcxet5s7t44vh8rt9mg"),
  repeatsAnew: true,
  forge: ["body", "+14155552671"],
  event: "sms.sent",
  data: {
    status: "sent",
    message_id: "sms_01krdgeqcxet5s7t44vh8rt9mg",
    recipient: "+14155552671",
    occurred_at: "2026-01-01T00:00:00.000Z",
  },
};

const gupshup: Case = {
  name: "Gupshup",
  provider: "gupshup",
  credentials: { header: "X-Callback-Token", value: SECRET },
  callback: () => ({
    method: "POST",
    headers: { ...JSON_TYPE, "x-callback-token": SECRET, "user-agent": "Gupshup" },
    body: sample("gupshup", "message-event delivered"),
  }),
  forge: ["x-callback-token", SECRET],
  event: "whatsapp.delivered",
  data: {
    status: "delivered",
    message_id: "59f8db90-c37e-4408-90ab-cc54ef8246ad",
    recipient: "919850000001",
    occurred_at: "2020-02-01T08:44:37.000Z",
  },
};

/** A report of Vonage's with a time and a nonce, signed as an account has chosen. */
function vonageReport(text: string, signature: (signed: string) => string): Record<string, string> {
  const parameters = { ...Object.fromEntries(new URLSearchParams(text)), timestamp: String(seconds()), nonce: "n-1" };
  return { ...parameters, sig: signature(vonageText(parameters)) };
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

const vonageGet: Case = {
  name: "Vonage SMS, by GET",
  provider: "vonage-sms",
  credentials: { signature_secret: SECRET },
  options: { algorithm: "md5hash" },
  callback: () => {
    const parameters = vonageReport(sample("vonage-sms", "DLR delivered"), (signed) => md5(signed + SECRET));
    return { method: "GET", query: new URLSearchParams(parameters).toString(), headers: {} };
  },
  forge: ["query", "msisdn=14845552121"],
  event: "sms.delivered",
  data: {
    status: "delivered",
    message_id: "14000000F9DBBBBB",
    recipient: "14845552121",
    occurred_at: "2020-07-17T02:34:35.000Z",
  },
};

const vonageForm: Case = {
  ...vonageGet,
  name: "Vonage SMS, by a form",
  options: { algorithm: "sha256" },
  callback: () => {
    const sign = (signed: string) => hmac("sha256", SECRET, "hex", signed).toUpperCase();
    const parameters = vonageReport(sample("vonage-sms", "capture dlr-post"), sign);
    return { method: "POST", headers: FORM_TYPE, body: new URLSearchParams(parameters).toString() };
  },
  forge: ["body", "msisdn=14845552121"],
  data: { ...vonageGet.data, occurred_at: "2020-07-17T02:35:15.000Z" },
};

const vonageJson: Case = {
  ...vonageGet,
  name: "Vonage SMS, by JSON",
  options: { algorithm: "sha512" },
  callback: () => {
    const event: Record<string, string> = JSON.parse(sample("vonage-sms", "capture dlr-post-json"));
    const text = new URLSearchParams(event).toString();
    const parameters = vonageReport(text, (signed) => hmac("sha512", SECRET, "hex", signed));
    return { method: "POST", headers: JSON_TYPE, body: JSON.stringify(parameters) };
  },
  forge: ["body", '"msisdn":"14845552121'],
  data: { ...vonageGet.data, occurred_at: "2020-07-17T02:35:01.000Z" },
};

const vonageInbound: Case = {
  ...vonageGet,
  name: "Vonage SMS, inbound",
  options: { algorithm: "md5" },
  callback: () => {
    const text = new URLSearchParams(sample("vonage-sms", "capture inbound"));
    text.delete("sig");
    // Both characters that are signed as an underscore.
    text.set("text", "1+1=2 & more");
    const parameters = vonageReport(text.toString(), (signed) => hmac("md5", SECRET, "hex", signed));
    return { method: "GET", query: new URLSearchParams(parameters).toString(), headers: {} };
  },
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "02000000DA7C52E7",
    from: "14845552121",
    to: ["16105553939"],
    text: "1+1=2 & more",
  },
};

function vonageToken(body: string): Outgoing {
  const claims = {
    iat: seconds(),
    jti: crypto.randomUUID(),
    iss: "Vonage",
    payload_hash: sha256(body).toString("hex"),
    api_key: "a1234567",
  };
  return { method: "POST", headers: { ...JSON_TYPE, authorization: `Bearer ${jwt(claims, SECRET)}` }, body };
}

const vonageMessages: Case = {
  name: "Vonage Messages, status",
  provider: "vonage-messages",
  credentials: { signature_secret: SECRET },
  callback: () => vonageToken(sample("vonage-messages", "status submitted")),
  repeatsAnew: true,
  forge: ["body", "447700900000"],
  event: "sms.sent",
  data: {
    status: "sent",
    message_id: "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
    recipient: "447700900000",
    occurred_at: "2026-01-01T14:00:00.000Z",
  },
};

const vonageMessagesInbound: Case = {
  ...vonageMessages,
  name: "Vonage Messages, inbound",
  callback: () => vonageToken(sample("vonage-messages", "inbound text")),
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ac",
    from: "447700900001",
    to: ["447700900000"],
    text: "Hello",
  },
};

const PLIVO_NONCE = "05429567804466091622";

const plivo: Case = {
  name: "Plivo, signed as version 3",
  provider: "plivo-sms",
  credentials: { auth_token: SECRET },
  callback: (url) => {
    const body = sample("plivo-sms", "status delivered");
    return {
      method: "POST",
      headers: {
        ...FORM_TYPE,
        // For incoming messages, too, only the main account's signature need fit.
        "x-plivo-signature-v3": hmac("sha256", "a sub-account's token", "base64", "x"),
        "x-plivo-signature-ma-v3": hmac("sha256", SECRET, "base64", `${url}?${glued(body)}.${PLIVO_NONCE}`),
        "x-plivo-signature-v3-nonce": PLIVO_NONCE,
      },
      body,
    };
  },
  forge: ["body", "To=14155552671"],
  event: "sms.delivered",
  data: { status: "delivered", message_id: "5b40a428-bfc7-4daf-9d06-726c558bf3b8", recipient: "14155552671" },
};

const plivoV2: Case = {
  ...plivo,
  name: "Plivo, signed as version 2",
  callback: (url) => ({
    method: "POST",
    headers: {
      ...FORM_TYPE,
      "x-plivo-signature-v2": hmac("sha256", SECRET, "base64", url + PLIVO_NONCE),
      "x-plivo-signature-v2-nonce": PLIVO_NONCE,
    },
    body: sample("plivo-sms", "inbound MMS"),
  }),
  // The body is not covered.
  forge: ["x-plivo-signature-v2-nonce", PLIVO_NONCE],
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "db3ce55a-7f1d-11e1-8ea7-1231380bc197",
    from: "14151234567",
    to: ["14157654321"],
    text: "caption",
    media: [{ url: "https://media.plivo.com/Account/MA/Message/x/Media/y.jpg" }],
  },
};

const resend: Case = {
  name: "Resend, events",
  provider: "resend",
  credentials: { signing_secret: WHSEC },
  callback: () => standardSigned(sample("resend", "email.sent"), "msg_p5jXN8AQM9LWM0D4loKWxJek", "svix"),
  repeatsAnew: true,
  forge: ["body", "delivered@resend.dev"],
  event: "email.sent",
  data: {
    status: "sent",
    message_id: "56761188-7520-42d8-8898-ff6fc54ce618",
    recipient: "delivered@resend.dev",
    occurred_at: "2026-01-01T23:41:12.126Z",
  },
};

const resendInbound: Case = {
  ...resend,
  name: "Resend, inbound",
  callback: () => standardSigned(sample("resend", "email.received"), "msg_2", "svix"),
  forge: ["body", "customer@example.com"],
  event: "message.received",
  data: {
    channel: "email",
    from: "customer@example.com",
    to: ["support@in.example.com"],
    subject: "Question",
    text: null,
    media: [{ provider_media_id: "att_1", filename: "r.pdf", content_type: "application/pdf" }],
  },
};

const mandrillSigned = (body: string) => (url: string) => ({
  method: "POST" as const,
  headers: { ...FORM_TYPE, "x-mandrill-signature": hmac("sha1", SECRET, "base64", url + glued(body)) },
  body,
});

const mandrill: Case = {
  name: "Mandrill, events",
  provider: "mandrill",
  credentials: { webhook_key: SECRET },
  callback: mandrillSigned(sample("mandrill", "hard_bounce")),
  forge: ["body", "r%40example.com"],
  event: "email.bounced",
  data: {
    status: "bounced",
    soft: false,
    message_id: "abcdef012345789abcdef012345789",
    recipient: "r@example.com",
    occurred_at: "2016-04-19T19:47:26.000Z",
  },
};

const mandrillInbound: Case = {
  ...mandrill,
  name: "Mandrill, inbound",
  callback: mandrillSigned(sample("mandrill", "inbound")),
  forge: ["body", "hello"],
  event: "message.received",
  data: {
    channel: "email",
    message_id: "<x@example.org>",
    from: "a@example.org",
    to: ["in@example.com"],
    text: "hello",
  },
};

/** `v0:`, the time, a colon and the body. */
export function slackSigned(body: string, secret = SECRET): Outgoing {
  const time = String(seconds());
  const signature = `v0=${hmac("sha256", secret, "hex", `v0:${time}:${body}`)}`;
  return {
    method: "POST",
    headers: { ...JSON_TYPE, "x-slack-request-timestamp": time, "x-slack-signature": signature },
    body,
  };
}

const slack: Case = {
  name: "Slack",
  provider: "slack",
  credentials: { signing_secret: SECRET },
  callback: () => slackSigned(sample("slack", "event_callback")),
  repeatsAnew: true,
  forge: ["body", "Hello world"],
  event: "slack.message",
  data: {
    provider: "slack",
    event: "message",
    occurred_at: "2009-02-13T23:31:30.000Z",
    payload: { event_id: "Ev08MFMKH6", event: { text: "Hello world" } },
  },
};

const stripe: Case = {
  name: "Stripe",
  provider: "stripe",
  credentials: { signing_secret: WHSEC },
  callback: () => {
    const payload = sample("stripe", "event");
    const header = new Stripe("sk_test_unused").webhooks.generateTestHeaderString({ payload, secret: WHSEC });
    return { method: "POST", headers: { ...JSON_TYPE, "stripe-signature": header }, body: payload };
  },
  repeatsAnew: true,
  forge: ["body", "in_1"],
  event: "stripe.invoice.paid",
  data: {
    provider: "stripe",
    event: "invoice.paid",
    occurred_at: "2023-11-14T22:13:20.000Z",
    payload: { id: "evt_1" },
  },
};

const github: Case = {
  name: "GitHub",
  provider: "github",
  credentials: { secret: SECRET },
  callback: async () => {
    const body = sample("github", "ping / push");
    return {
      method: "POST",
      headers: {
        ...JSON_TYPE,
        "x-github-event": "ping",
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-hub-signature-256": await githubSign(SECRET, body),
      },
      body,
    };
  },
  forge: ["body", "failure"],
  event: "github.ping",
  data: { provider: "github", event: "ping", payload: { zen: "Design for failure.", hook_id: 1 } },
};

const shopify: Case = {
  name: "Shopify",
  provider: "shopify",
  credentials: { client_secret: SECRET },
  callback: () => {
    const body = sample("shopify", "orders/create");
    return {
      method: "POST",
      headers: {
        ...JSON_TYPE,
        "x-shopify-topic": "orders/create",
        "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "x-shopify-triggered-at": "2026-03-29T18:00:27.877041743Z",
        "x-shopify-hmac-sha256": hmac("sha256", SECRET, "base64", body),
      },
      body,
    };
  },
  forge: ["body", "jon@example.com"],
  refuses: 401,
  event: "shopify.orders.create",
  data: {
    provider: "shopify",
    event: "orders/create",
    occurred_at: "2026-03-29T18:00:27.877Z",
    payload: { email: "jon@example.com" },
  },
};

const standardWebhooks: Case = {
  name: "Standard Webhooks",
  provider: "standard-webhooks",
  credentials: { signing_secret: WHSEC },
  callback: () => standardSigned('{"type":"user.created","timestamp":"2026-03-27T09:00:00Z","data":{"id":7}}', "msg_1"),
  repeatsAnew: true,
  forge: ["body", '"id":7'],
  event: "standard-webhooks.user.created",
  data: { event: "user.created", occurred_at: "2026-03-27T09:00:00.000Z", payload: { data: { id: 7 } } },
};

const generic: Case = {
  name: "anybody who signs by HMAC",
  provider: "generic",
  credentials: { secret: SECRET },
  options: {
    scheme: "hmac",
    header: "X-Signature",
    encoding: "base64",
    prefix: "v1=",
    timestamp_header: "X-Time",
    event_path: "kind",
    id_path: "no",
  },
  callback: () => {
    const body = '{"kind":"door.opened","no":"41"}';
    const time = String(seconds());
    const signature = `v1=${hmac("sha256", SECRET, "base64", `${time}.${body}`)}`;
    return { method: "POST", headers: { ...JSON_TYPE, "x-time": time, "x-signature": signature }, body };
  },
  repeatsAnew: true,
  forge: ["body", '"no":"41'],
  event: "generic.door.opened",
  data: { event: "door.opened", payload: { kind: "door.opened", no: "41" } },
};

/** All that come over HTTP and whose proof needs nobody else; SNS fetches a certificate (test/runtime/inbound.test.ts). */
export const CASES: readonly Case[] = [
  ...[sendgrid, parsed, raw, mailgun, mailgunRoute, postmark, postmarkInbound, resend, resendInbound],
  ...[mandrill, mandrillInbound, twilioSms, twilioSmsInbound, twilioWhatsApp, twilioWhatsAppInbound],
  ...[meta, metaInbound, messagebird, messagebirdToken, bird, gupshup],
  ...[vonageGet, vonageForm, vonageJson, vonageInbound, vonageMessages, vonageMessagesInbound, plivo, plivoV2],
  ...[slack, stripe, github, shopify, standardWebhooks, generic],
];
