import { Buffer } from "node:buffer";
import { FORM_TYPE, JSON_TYPE, MULTIPART_TYPE, multipart } from "../../support/callback-forms.ts";
import type { Letter, Mailbox } from "./letter.ts";
import { bytesIn, bytesOf, DATE, headersOf, mailboxText, written } from "./written.ts";

/**
 * The ways in which a mail comes to the service: what each provider makes of it, as its documentation describes that, without any
 * code of the service. Nothing is signed: that is verified elsewhere.
 */

export interface Way {
  name: string;
  provider: string;
  /** Whether the callback has nothing of texts and files but their names. */
  headOnly?: boolean;
  wrap: (letter: Letter) => { headers: Record<string, string>; body: Buffer };
}

/** Of a header, without folds. */
const unfolded = (value: string): string => value.replaceAll(/\r\n\s/g, " ");
const headerPairs = (letter: Letter): [string, string][] =>
  headersOf(letter).map(([name, value]) => [name, unfolded(value)]);

const multipartForm = (parts: Parameters<typeof multipart>[0]) => ({
  headers: MULTIPART_TYPE,
  body: multipart(parts),
});
const json = (value: unknown) => ({ headers: JSON_TYPE, body: Buffer.from(JSON.stringify(value)) });
const urlencoded = (fields: Record<string, string>) => ({
  headers: FORM_TYPE,
  body: Buffer.from(new URLSearchParams(fields).toString()),
});

/** What is decoded of an address list, as SendGrid and Mailgun tell it. */
const shownAll = (all: readonly Mailbox[]): string =>
  all
    .map(({ name, address }) => (name === undefined ? address : `"${name.replaceAll(/["\\]/g, "\\$&")}" <${address}>`))
    .join(", ");

const there = (fields: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null));

const SECONDS = 1_774_538_444;

/** https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook */
function sendgridParts(letter: Letter) {
  const { style, files, text, html } = letter;
  const fields = there({ from: shownAll([letter.from]), to: shownAll(letter.to), subject: letter.subject });
  const cc = letter.cc.length === 0 ? {} : { cc: shownAll(letter.cc) };
  const info = Object.fromEntries(
    files.map(({ name, type, contentId }, index) => [
      `attachment${index + 1}`,
      { filename: name, name, type, ...(contentId === undefined ? {} : { "content-id": contentId }) },
    ]),
  );
  const charsets = Object.fromEntries(
    ["text", "html"]
      .map((name): [string, string] => [name, style.charset])
      .concat(["from", "to", "cc", "subject"].map((name) => [name, "UTF-8"])),
  );
  return [
    {
      name: "headers",
      content: headersOf(letter)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join(""),
    },
    ...Object.entries({ ...fields, ...cc }).map(([name, content]) => ({ name, content })),
    ...(text === null ? [] : [{ name: "text", content: bytesIn(style.charset, text) }]),
    ...(html === null ? [] : [{ name: "html", content: bytesIn(style.charset, html) }]),
    { name: "envelope", content: JSON.stringify({ to: [letter.envelope.to], from: letter.envelope.from }) },
    { name: "charsets", content: JSON.stringify(charsets) },
    { name: "attachments", content: String(files.length) },
    { name: "attachment-info", content: JSON.stringify(info) },
    ...files.map((file, index) => ({
      ...{ name: `attachment${index + 1}`, content: bytesOf(file), filename: file.name, type: file.type },
    })),
  ];
}

const mailgunMark = { timestamp: String(SECONDS), token: "0".repeat(50), signature: "0".repeat(64) };
const mailgunEnvelope = ({ envelope }: Letter) => ({ recipient: envelope.to, sender: envelope.from });

/** https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http */
function mailgunParts(letter: Letter) {
  const { files } = letter;
  const ids = files.flatMap(({ contentId }, index) =>
    contentId === undefined ? [] : [[`<${contentId}>`, `attachment-${index + 1}`]],
  );
  const fields = there({
    ...mailgunEnvelope(letter),
    from: shownAll([letter.from]),
    subject: letter.subject,
    "body-plain": letter.text,
    "body-html": letter.html,
    "message-headers": JSON.stringify(headerPairs(letter)),
    "content-id-map": ids.length === 0 ? null : JSON.stringify(Object.fromEntries(ids)),
    ...mailgunMark,
  });
  return [
    ...Object.entries(fields).map(([name, content]) => ({ name, content })),
    ...files.map((file, index) => ({
      ...{ name: `attachment-${index + 1}`, content: bytesOf(file), filename: file.name, type: file.type },
    })),
  ];
}

/** https://mailchimp.com/developer/transactional/docs/inbound-email/ */
function mandrillMessage(letter: Letter) {
  const pairs = (all: readonly Mailbox[]) => all.map(({ name, address }) => [address, name ?? null]);
  const entry = (file: Letter["files"][number]) => ({
    ...{ name: file.name, type: file.type, base64: true, content: bytesOf(file).toString("base64") },
  });
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of headerPairs(letter)) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  const shown = letter.files.filter(({ contentId }) => contentId !== undefined);
  const others = letter.files.filter(({ contentId }) => contentId === undefined);
  return {
    headers,
    from_email: letter.from.address,
    from_name: letter.from.name ?? null,
    to: pairs(letter.to),
    cc: pairs(letter.cc),
    email: letter.envelope.to,
    sender: letter.envelope.from,
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    attachments: Object.fromEntries(others.map((file) => [file.name, entry(file)])),
    images: Object.fromEntries(shown.map((file) => [file.contentId, { ...entry(file), name: file.name }])),
  };
}

/** https://postmarkapp.com/developer/webhooks/inbound-webhook */
function postmarkMail(letter: Letter) {
  const full = ({ name, address }: Mailbox) => ({ Email: address, Name: name ?? "", MailboxHash: "" });
  return {
    FromName: letter.from.name ?? "",
    From: letter.from.address,
    FromFull: full(letter.from),
    To: shownAll(letter.to),
    ToFull: letter.to.map(full),
    Cc: shownAll(letter.cc),
    CcFull: letter.cc.map(full),
    OriginalRecipient: letter.envelope.to,
    ReplyTo: shownAll(letter.replyTo),
    Subject: letter.subject ?? "",
    MessageID: "73e6d360-66eb-11e1-8e72-a8904824019b",
    Date: DATE,
    TextBody: letter.text ?? "",
    HtmlBody: letter.html ?? "",
    Headers: headerPairs(letter)
      .filter(([name]) => !["From", "To", "Cc", "Subject", "Date"].includes(name))
      .map(([Name, Value]) => ({ Name, Value })),
    Attachments: letter.files.map((file) => ({
      Name: file.name,
      Content: bytesOf(file).toString("base64"),
      ContentType: file.type,
      ContentLength: bytesOf(file).length,
      ContentID: file.contentId ?? "",
    })),
  };
}

/** https://resend.com/docs/webhooks/emails/received */
function resendEvent(letter: Letter) {
  return {
    type: "email.received",
    created_at: "2026-03-26T15:20:44.000Z",
    data: {
      email_id: "56761188-7520-42d8-8898-ff6fc54ce618",
      from: mailboxText(letter.from, { ...letter.style, charset: "utf-8" }),
      to: letter.to.map(({ address }) => address),
      cc: letter.cc.map(({ address }) => address),
      received_for: [letter.envelope.to],
      message_id: letter.messageId,
      subject: letter.subject ?? "",
      headers: headerPairs(letter).map(([name, value]) => ({ name, value })),
      attachments: letter.files.map(({ name, type, contentId }, index) => ({
        ...{ id: `file-${index}`, filename: name, content_type: type, content_disposition: "attachment" },
        ...(contentId === undefined ? {} : { content_id: contentId }),
      })),
    },
  };
}

/** https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html */
function sesNotification(letter: Letter) {
  const message = {
    notificationType: "Received",
    mail: {
      timestamp: "2026-03-26T15:20:44.000Z",
      source: letter.envelope.from,
      messageId: "d6iitobk75ur44p8kdnnp7g2n800",
      destination: [letter.envelope.to],
      headersTruncated: false,
      headers: headerPairs(letter).map(([name, value]) => ({ name, value })),
      commonHeaders: {},
    },
    receipt: {
      timestamp: "2026-03-26T15:20:44.000Z",
      recipients: [letter.envelope.to],
      action: { type: "SNS", topicArn: "arn:aws:sns:eu-west-1:123456789012:in", encoding: "BASE64" },
    },
    content: written(letter).toString("base64"),
  };
  return {
    Type: "Notification",
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:in",
    Message: JSON.stringify(message),
    Timestamp: "2026-03-26T15:20:44.000Z",
  };
}

export const WAYS: readonly Way[] = [
  {
    name: "Email Routing",
    provider: "cloudflare-email",
    wrap: (letter) => ({
      headers: { "x-envelope-from": letter.envelope.from, "x-envelope-to": letter.envelope.to },
      body: written(letter),
    }),
  },
  {
    name: "SendGrid, raw",
    provider: "sendgrid-inbound-parse",
    wrap: (letter) =>
      multipartForm([
        { name: "email", content: written(letter) },
        { name: "envelope", content: JSON.stringify({ to: [letter.envelope.to], from: letter.envelope.from }) },
      ]),
  },
  { name: "SendGrid", provider: "sendgrid-inbound-parse", wrap: (letter) => multipartForm(sendgridParts(letter)) },
  {
    name: "Mailgun, raw",
    provider: "mailgun",
    wrap: (letter) =>
      multipartForm([
        ...Object.entries({ ...mailgunEnvelope(letter), ...mailgunMark }).map(([name, content]) => ({ name, content })),
        { name: "body-mime", content: written(letter) },
      ]),
  },
  { name: "Mailgun", provider: "mailgun", wrap: (letter) => multipartForm(mailgunParts(letter)) },
  {
    name: "Mandrill",
    provider: "mandrill",
    wrap: (letter) =>
      urlencoded({
        mandrill_events: JSON.stringify([{ event: "inbound", ts: SECONDS, msg: mandrillMessage(letter) }]),
      }),
  },
  { name: "Postmark", provider: "postmark", wrap: (letter) => json(postmarkMail(letter)) },
  { name: "Resend", provider: "resend", headOnly: true, wrap: (letter) => json(resendEvent(letter)) },
  { name: "SES", provider: "aws-ses-sns", wrap: (letter) => json(sesNotification(letter)) },
];
