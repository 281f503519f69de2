import { expect, it } from "vitest";
import { eventOf } from "../../src/inbound/events.ts";
import { keep } from "../../src/inbound/keeping.ts";
import type { Pair } from "../../src/inbound/parsing/form.ts";
import { isForTicket } from "../../src/inbound/tickets.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { MULTIPART_TYPE, multipart } from "../support/callback-forms.ts";
import { form, json, type MailCallback, mandrill, normalised, ses, MAILGUN_MARK as signed } from "./mail-callbacks.ts";

/**
 * What a mail server reports of a mail that was sent (RFC 3464), by all ways by which mails come; and what the provider says of who
 * a mail is from, by the names that it has for it.
 */

const SERVER = "mailer-daemon@mx.example.net";
const HELP = "help@example.com";
const TYPE = 'multipart/report; report-type=delivery-status; boundary="r"';
const STATUS = [
  "Reporting-MTA: dns; mx.example.net",
  "",
  "Final-Recipient: rfc822; jane@example.net",
  "Action: failed",
  "Status: 5.1.1",
  "Diagnostic-Code: smtp; 550 no such user",
  "",
].join("\r\n");
const ORIGINAL = `From: ${HELP}\r\nMessage-ID: <sent.7@example.com>\r\n\r\nHello\r\n`;
const RAW = [
  `From: ${SERVER}\r\nTo: ${HELP}\r\nMessage-ID: <r@mx.example.net>\r\nSubject: Undelivered\r\nContent-Type: ${TYPE}\r\n`,
  "--r\r\n\r\nSorry.",
  `--r\r\nContent-Type: message/delivery-status\r\n\r\n${STATUS}`,
  `--r\r\nContent-Type: message/rfc822\r\n\r\n${ORIGINAL}`,
  "--r--\r\n",
].join("\r\n");
const HEADERS: Pair[] = [
  ["Message-ID", "<r@mx.example.net>"],
  ["Content-Type", TYPE],
];
const FILES = [
  { name: "status.txt", type: "message/delivery-status", content: STATUS },
  { name: "original.eml", type: "message/rfc822", content: ORIGINAL },
];
const base64 = (text: string) => btoa(text);

const parts = (fields: Record<string, string>, named: (index: number) => string, files = FILES) => {
  const all = [
    ...Object.entries(fields).map(([name, content]) => ({ name, content })),
    ...files.map(({ name, type, content }, index) => ({ name: named(index), filename: name, type, content })),
  ];
  return { body: multipart(all).toString("latin1"), headers: MULTIPART_TYPE };
};
const fromServer = { messageId: "m", source: SERVER };
const receipt = { recipients: [HELP] };
const envelope = JSON.stringify({ from: "", to: [HELP] });

/** As its source keeps it. */
async function keptOf(name: string, request: MailCallback) {
  return keep(await normalised(name, request), null, utf8(request.body)).records;
}

const CONTEXT = {
  ...{ sourceId: "src_1", receiptId: "rcp_1", advanced: true, ticket: null },
  attachmentUrl: (index: number) => `https://posthorn.example.com/${index}`,
};

const PARSED = { from: SERVER, to: HELP, subject: "Undelivered", text: "Sorry." };

it.each<[string, string, MailCallback]>([
  ["as it came", "cloudflare-email", { body: RAW, headers: { "x-envelope-from": "", "x-envelope-to": HELP } }],
  ["as it came", "sendgrid-inbound-parse", parts({ email: RAW, envelope }, String, [])],
  [
    "parsed",
    "sendgrid-inbound-parse",
    parts(
      { ...PARSED, envelope, headers: HEADERS.map(([name, value]) => `${name}: ${value}\n`).join("") },
      (index) => `attachment${index + 1}`,
    ),
  ],
  ["as it came", "mailgun", form({ ...signed, sender: SERVER, recipient: HELP, "body-mime": RAW })],
  [
    "parsed",
    "mailgun",
    parts(
      { ...signed, ...PARSED, sender: SERVER, recipient: HELP, "message-headers": JSON.stringify(HEADERS) },
      (index) => `attachment-${index + 1}`,
    ),
  ],
  [
    "parsed",
    "mandrill",
    mandrill({
      ...{ from_email: SERVER, email: HELP, text: "Sorry.", headers: Object.fromEntries(HEADERS) },
      attachments: Object.fromEntries(
        FILES.map(({ name, type, content }) => [name, { name, type, content: base64(content), base64: true }]),
      ),
    }),
  ],
  [
    "as it came beside what is parsed of it",
    "mandrill",
    mandrill({
      ...{ from_email: SERVER, email: HELP, text: "Sorry.", headers: Object.fromEntries(HEADERS) },
      raw_msg: RAW,
    }),
  ],
  [
    "parsed",
    "postmark",
    json({
      ...{ From: SERVER, ToFull: [{ Email: HELP }], MessageID: "m", TextBody: "Sorry." },
      Headers: HEADERS.map(([Name, Value]) => ({ Name, Value })),
      Attachments: FILES.map(({ name, type, content }) => ({
        ...{ Name: name, ContentType: type, Content: base64(content), ContentLength: content.length },
      })),
    }),
  ],
  ["as it came", "aws-ses-sns", ses({ mail: fromServer, receipt, content: RAW })],
])("%s by %s, a report is a bounce of the message that it is about, and no message", async (_, name, request) => {
  const records = await keptOf(name, request);
  expect(records).toMatchObject([
    {
      ...{ type: "status", channel: "email", status: "bounced", soft: false },
      ...{ message_id: "<sent.7@example.com>", recipient: "jane@example.net" },
      error: { code: "5.1.1", text: "550 no such user" },
    },
  ]);
  const [record] = records;
  expect(record && eventOf(record, { ...CONTEXT, provider: name, ticket: "42" })?.type).toBe("email.bounced");
});

it.each<[string, MailCallback]>([
  [
    "aws-ses-sns",
    ses({ receipt, mail: { ...fromServer, headers: HEADERS.map(([name, value]) => ({ name, value })) } }),
  ],
  [
    "resend",
    json({
      ...{ type: "email.received", created_at: "2026-03-26T15:20:44.000Z" },
      data: { email_id: "e", from: SERVER, to: [HELP], headers: { "content-type": TYPE } },
    }),
  ],
])("by %s, which brings no files, it stays a mail that says what it is, and is no ticket's", async (name, request) => {
  const [record] = await keptOf(name, request);
  expect(record).toMatchObject({ type: "inbound", auto: { kind: "delivery_status" } });
  expect(record?.type === "inbound" && isForTicket(record.auto, {})).toBe(false);
});

const MAIL = `From: jane@example.com\r\nTo: ${HELP}\r\nMessage-ID: <1@example.com>\r\n\r\nHi\r\n`;
const PASSED = { authentication: { spf: "pass", dkim: [{ result: "pass", domain: "example.com" }], dmarc: null } };
const UNNAMED = { authentication: { spf: "pass", dkim: [{ result: "pass", domain: null }], dmarc: null } };

it.each<[string, string, MailCallback, object]>([
  [
    // https://developers.cloudflare.com/email-routing/postmaster/
    "cloudflare-email",
    "its header",
    {
      body: `Authentication-Results: mx.cloudflare.net;\r\n dkim=pass header.d=example.com header.s=a header.b=b;\r\n dmarc=pass header.from=example.com policy.dmarc=none;\r\n spf=pass (mx.cloudflare.net: fine) smtp.mailfrom=jane@example.com\r\n${MAIL}`,
      headers: { "x-envelope-from": "jane@example.com", "x-envelope-to": HELP },
    },
    { authentication: { ...PASSED.authentication, dmarc: "pass" } },
  ],
  [
    // https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
    "sendgrid-inbound-parse",
    "its fields",
    parts({ ...PARSED, envelope, dkim: "{@example.com : pass}", SPF: "pass", spam_score: "-0.1" }, String, []),
    { ...PASSED, spam: { flagged: null, score: -0.1 } },
  ],
  [
    "sendgrid-inbound-parse",
    "its fields, beside the mail as it came",
    parts({ email: MAIL, envelope, dkim: "none", SPF: "softfail" }, String, []),
    { authentication: { spf: "softfail", dkim: [{ result: "none", domain: null }], dmarc: null } },
  ],
  [
    // https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/spam-filter
    "mailgun",
    "headers that it adds",
    form({
      ...{ ...signed, ...PARSED, sender: SERVER, recipient: HELP },
      "message-headers": JSON.stringify([
        ["X-Mailgun-Sflag", "No"],
        ["X-Mailgun-Sscore", "0.3"],
        ["X-Mailgun-Dkim-Check-Result", "Pass"],
        ["X-Mailgun-Spf", "Pass"],
      ]),
    }),
    { ...UNNAMED, spam: { flagged: false, score: 0.3 } },
  ],
  [
    "mailgun",
    "headers of the mail as it came",
    form({
      ...{ ...signed, sender: SERVER, recipient: HELP },
      "body-mime": `X-Mailgun-Sflag: Yes\r\nX-Mailgun-Spf: SoftFail\r\n${MAIL}`,
    }),
    { authentication: { spf: "softfail", dkim: [], dmarc: null }, spam: { flagged: true, score: null } },
  ],
  [
    // https://mailchimp.com/developer/transactional/docs/inbound-email/
    "mandrill",
    "what it has parsed",
    mandrill({
      ...{ from_email: SERVER, email: HELP, headers: {} },
      ...{ dkim: { signed: true, valid: true }, spf: { result: "pass", detail: "" } },
      spam_report: { score: 0.5, matched_rules: [] },
    }),
    { ...UNNAMED, spam: { flagged: null, score: 0.5 } },
  ],
  [
    // https://postmarkapp.com/developer/webhooks/inbound-webhook
    "postmark",
    "headers that it adds",
    json({
      ...{ From: SERVER, ToFull: [{ Email: HELP }], MessageID: "m" },
      Headers: [
        { Name: "X-Spam-Status", Value: "No" },
        { Name: "X-Spam-Score", Value: "-0.1" },
        { Name: "X-Spam-Tests", Value: "DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU,SPF_PASS" },
        { Name: "Received-SPF", Value: "Pass (sender SPF authorized) identity=mailfrom; client-ip=192.0.2.1" },
      ],
    }),
    { ...UNNAMED, spam: { flagged: false, score: -0.1 } },
  ],
  [
    // https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
    "aws-ses-sns",
    "its verdicts",
    ses({
      mail: fromServer,
      content: MAIL,
      receipt: {
        ...receipt,
        spfVerdict: { status: "PASS" },
        dkimVerdict: { status: "FAIL" },
        dmarcVerdict: { status: "GRAY" },
        spamVerdict: { status: "FAIL" },
      },
    }),
    {
      authentication: { spf: "pass", dkim: [{ result: "fail", domain: null }], dmarc: "none" },
      spam: { flagged: true, score: null },
    },
  ],
])("%s tells by %s what it thinks of the sender", async (name, _, request, expected) => {
  const [record] = await keptOf(name, request);
  expect(record).toMatchObject(expected);
  for (const ticket of [null, "42"]) {
    const event = record && eventOf(record, { ...CONTEXT, provider: name, ticket });
    expect(JSON.parse(event?.data ?? "{}")).toMatchObject(expected);
  }
});

it("a mail of which nothing is told has no field for it", async () => {
  const [record] = await keptOf("cloudflare-email", {
    body: MAIL,
    headers: { "x-envelope-from": "jane@example.com", "x-envelope-to": HELP },
  });
  expect(record).not.toHaveProperty("authentication");
  expect(record).not.toHaveProperty("spam");
});
