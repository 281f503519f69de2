import { expect, it } from "vitest";
import { form, json, mandrill, normalised, ses, MAILGUN_MARK as signed } from "./mail-callbacks.ts";

/** One answer of a program, by all ways by which mails come. */

const PEOPLE = { from: "jane@example.com", to: "help@example.com" };
const MARK = "auto-replied";
const RAW = `From: ${PEOPLE.from}\r\nTo: ${PEOPLE.to}\r\nSubject: Re: x\r\nAuto-Submitted: ${MARK}\r\n\r\nI am away.\r\n`;

function multipart(fields: Record<string, string>) {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { body: `${parts.join("")}--b--\r\n`, headers: { "content-type": "multipart/form-data; boundary=b" } };
}

const receipt = { recipients: [PEOPLE.to] };
const envelope = JSON.stringify({ from: PEOPLE.from, to: [PEOPLE.to] });

it.each([
  ["sendgrid-inbound-parse", multipart({ ...PEOPLE, headers: `Auto-Submitted: ${MARK}`, envelope })],
  ["sendgrid-inbound-parse", multipart({ email: RAW, envelope })],
  [
    "mailgun",
    form({
      ...{ ...signed, ...PEOPLE, sender: PEOPLE.from, recipient: PEOPLE.to },
      "message-headers": JSON.stringify([["Auto-Submitted", MARK]]),
    }),
  ],
  ["mailgun", form({ ...signed, sender: PEOPLE.from, recipient: PEOPLE.to, "body-mime": RAW })],
  ["mandrill", mandrill({ from_email: PEOPLE.from, email: PEOPLE.to, headers: { "Auto-Submitted": MARK } })],
  [
    "postmark",
    json({
      ...{ From: PEOPLE.from, ToFull: [{ Email: PEOPLE.to }], MessageID: "m" },
      Headers: [{ Name: "Auto-Submitted", Value: MARK }],
    }),
  ],
  [
    "resend",
    json({
      ...{ type: "email.received", created_at: "2026-03-26T15:20:44.000Z" },
      data: { email_id: "e", from: PEOPLE.from, to: [PEOPLE.to], headers: { "auto-submitted": MARK } },
    }),
  ],
  ["aws-ses-sns", ses({ receipt, mail: { messageId: "m", source: PEOPLE.from }, content: RAW })],
  [
    "aws-ses-sns",
    ses({ receipt, mail: { messageId: "m", source: PEOPLE.from, headers: [{ name: "Auto-Submitted", value: MARK }] } }),
  ],
  ["cloudflare-email", { body: RAW, headers: { "x-envelope-from": PEOPLE.from, "x-envelope-to": PEOPLE.to } }],
])("by %s it is known", async (name, request) => {
  const [record] = await normalised(name, request);
  const auto = { kind: "auto_reply", auto_submitted: MARK, precedence: null, list: null };
  expect(record).toMatchObject({ type: "inbound", from: PEOPLE.from, auto });
});
