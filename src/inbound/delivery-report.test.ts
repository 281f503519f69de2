import { describe, expect, it, vi } from "vitest";
import { callback, sourceWith } from "../../test/inbound/callback.ts";
import { withReports } from "./delivery-report.ts";
import type { InboundRecord, Media, Normalised } from "./provider.ts";
import { cloudflareEmail, ENVELOPE } from "./providers/cloudflare-email/provider.ts";

/** Mails as servers write them; what must come of each field is in RFC 3464 where no other is named. */

const HEAD = [
  "From: Mail Delivery System <mailer-daemon@mx.example.net>",
  "To: help@example.com",
  "Subject: Undelivered Mail Returned to Sender",
  "Date: Thu, 26 Mar 2026 16:20:44 +0100",
  "Message-ID: <report.1@mx.example.net>",
  "Auto-Submitted: auto-replied",
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  "MIME-Version: 1.0",
  "",
];
const part = (type: string, ...lines: string[]): string[] => ["--b", `Content-Type: ${type}`, "", ...lines];
const NOTICE = part("text/plain", "It could not be delivered to one of its recipients.");
const MESSAGE = ["Reporting-MTA: dns; mx.example.net", "Arrival-Date: Thu, 26 Mar 2026 16:20:40 +0100", ""];
const RECIPIENT = [
  "Final-Recipient: rfc822; jane@example.net",
  "Original-Recipient: rfc822;jane.doe@example.org",
  "Action: failed",
  "Status: 5.1.1",
  "Remote-MTA: dns; mail.example.net",
  "Diagnostic-Code: smtp; 550 5.1.1 <jane@example.net>:",
  "    there is no such user",
  "Last-Attempt-Date: Thu, 26 Mar 2026 16:20:43 +0100",
];
const ORIGINAL = part("message/rfc822", "From: help@example.com", "Message-ID: <sent.7@example.com>", "", "Hello");
const report = (...recipients: string[][]) =>
  part("message/delivery-status", ...MESSAGE, ...recipients.flatMap((each) => [...each, ""]));

async function read(...parts: string[][]): Promise<Normalised[]> {
  const text = [...HEAD, ...parts.flat(), "--b--", ""].join("\r\n");
  const envelope = { [ENVELOPE.from]: "", [ENVELOPE.to]: "help@example.com" };
  return cloudflareEmail.normalise(callback(text, envelope), sourceWith({}));
}

it("is a bounce of the message that it is about, whom it went to, and why", async () => {
  expect(await read(NOTICE, report(RECIPIENT), ORIGINAL)).toEqual([
    {
      type: "status",
      channel: "email",
      status: "bounced",
      message_id: "<sent.7@example.com>",
      // As its sender wrote it, not whom a list or a redirection made of it: 2.3.1.
      recipient: "jane.doe@example.org",
      soft: false,
      error: { code: "5.1.1", text: "550 5.1.1 <jane@example.net>: there is no such user" },
      reported_by: "mailer-daemon@mx.example.net",
      occurred_at: "2026-03-26T15:20:43.000Z",
      dedup_key: "<report.1@mx.example.net>\\|help@example.com|recipient 0",
      raw: {
        message: { "Reporting-MTA": "dns; mx.example.net", "Arrival-Date": "Thu, 26 Mar 2026 16:20:40 +0100" },
        recipient: {
          "Final-Recipient": "rfc822; jane@example.net",
          "Original-Recipient": "rfc822;jane.doe@example.org",
          Action: "failed",
          Status: "5.1.1",
          "Remote-MTA": "dns; mail.example.net",
          "Diagnostic-Code": "smtp; 550 5.1.1 <jane@example.net>: there is no such user",
          "Last-Attempt-Date": "Thu, 26 Mar 2026 16:20:43 +0100",
        },
        text: expect.stringContaining("It could not be delivered"),
      },
    },
  ]);
});

describe("a recipient", () => {
  const final = "Final-Recipient: rfc822; jane@example.net";
  it.each<[string, string[], object]>([
    ["has had it", [final, "Action: delivered", "Status: 2.1.5"], { status: "delivered" }],
    // 2.3.3: it went to a list, or to where nobody tells more.
    ["is a list", [final, "Action: expanded", "Status: 2.1.5"], { status: "delivered" }],
    ["is behind a gateway", [final, "Action: relayed", "Status: 2.1.5"], { status: "sent" }],
    [
      "has to wait",
      [final, "Action: delayed", "Status: 4.4.1"],
      { status: "deferred", error: { code: "4.4.1", text: null } },
    ],
    // RFC 3463, 3: four is of what may pass. It was tried for too long.
    ["was never reached", [final, "Action: failed", "Status: 4.4.7"], { status: "bounced", soft: true }],
    ["has comments", [final, "Action: Failed (for good)", "Status: 5.0.0 (permanent)"], { soft: false }],
    ["has no action", [final, "Status: 5.7.1"], { status: "bounced", error: { code: "5.7.1", text: null } }],
    [
      "has a status in what the server said",
      [final, "Action: failed", "Diagnostic-Code: smtp; 552-5.2.2 full"],
      { soft: false, error: { code: "5.2.2", text: "552-5.2.2 full" } },
    ],
    // RFC 5321, 4.2: what an answer begins with is its code; a version of a program is none.
    [
      "has an answer without a status",
      [final, "Action: failed", "Diagnostic-Code: smtp; 550 rejected by Exim 4.94.2 here"],
      { soft: false, error: { code: "550", text: "550 rejected by Exim 4.94.2 here" } },
    ],
    [
      "has a point too many",
      [final, "Action: failed", "Status: 5.1.1."],
      { soft: false, error: { code: "5.1.1", text: null } },
    ],
    ["has neither", [final, "Action: failed"], { status: "bounced", recipient: "jane@example.net" }],
    [
      "is in brackets",
      ["Final-Recipient: rfc822;<jane@example.net>", "Action: failed"],
      { recipient: "jane@example.net" },
    ],
    // RFC 6533, 3.
    [
      "has letters of any script",
      ["Final-Recipient: utf-8;j\\x{F6}rg@example.net", "Action: failed"],
      { recipient: "jörg@example.net" },
    ],
    [
      "is not known as its sender wrote it",
      ["Original-Recipient: unknown; unknown", final, "Action: failed"],
      { recipient: "jane@example.net" },
    ],
    // Halves of characters, and controls, are none.
    [
      "has what is no character",
      ["Final-Recipient: utf-8;a\\x{D800}\\x{0}\\x{110000}b@example.net", "Action: failed"],
      { recipient: "a\\x{D800}\\x{0}\\x{110000}b@example.net" },
    ],
    [
      "has lines between its fields",
      [final, "", "Action: failed", "", "Status: 5.1.1"],
      { soft: false, recipient: "jane@example.net" },
    ],
    [
      "has a time far away",
      [final, "Action: failed", "Last-Attempt-Date: Fri, 26 Mar 9999 16:20:43 +0100"],
      { occurred_at: "2026-03-26T15:20:44.000Z" },
    ],
    [
      "has a field twice",
      [final, "Action: failed", "Diagnostic-Code: smtp; 550 one", "Diagnostic-Code: smtp; 550 two"],
      {
        error: { code: "550", text: "550 one" },
        raw: { recipient: { "Diagnostic-Code": ["smtp; 550 one", "smtp; 550 two"] } },
      },
    ],
    ["is none of RFC 822", ["Final-Recipient: x400; c=de/s=doe", "Action: failed"], { recipient: "c=de/s=doe" }],
  ])("%s", async (_, group, expected) => {
    expect(await read(NOTICE, report(group), ORIGINAL)).toMatchObject([expected]);
  });

  it("without a code is neither here for good nor for a while", async () => {
    const [record] = await read(NOTICE, report([final, "Action: failed"]), ORIGINAL);
    expect(record).not.toHaveProperty("soft");
    expect(record).not.toHaveProperty("error");
  });

  it("is told of by whichever report of several tells it", async () => {
    const other = part("message/delivery-status", "Final-Recipient: rfc822; b@example.net", "Action: delivered");
    expect(await read(NOTICE, other, report(RECIPIENT), ORIGINAL)).toMatchObject([
      { status: "delivered", recipient: "b@example.net" },
      { status: "bounced", recipient: "jane.doe@example.org" },
    ]);
  });

  it("is one of several, each an event of its own; one that says nothing takes no other along", async () => {
    const others = [
      ["Final-Recipient: rfc822; b@example.net", "Action: delayed", "Status: 4.2.2"],
      ["Final-Recipient: rfc822; c@example.net", "Action: pondered"],
    ];
    expect(await read(NOTICE, report(RECIPIENT, ...others), ORIGINAL)).toMatchObject([
      { status: "bounced", recipient: "jane.doe@example.org" },
      { status: "deferred", recipient: "b@example.net" },
      { type: "control", alert: true, unread: { member: "delivery-status[2]" } },
    ]);
  });
});

describe("what it is about", () => {
  it("may be told by headers alone, or by what the report answers, or not at all", async () => {
    const headers = part("text/rfc822-headers", "Received: by mx.example.net", "Message-Id: sent.8@example.com");
    expect(await read(NOTICE, report(RECIPIENT), headers)).toMatchObject([{ message_id: "<sent.8@example.com>" }]);
    expect(await read(NOTICE, report(RECIPIENT))).toMatchObject([{ message_id: null }]);
    const late = part("message/rfc822", "", "", "Message-ID: <sent.10@example.com>", "", "Hello");
    expect(await read(NOTICE, report(RECIPIENT), late)).toMatchObject([{ message_id: "<sent.10@example.com>" }]);
    const answering = [{ ...(await mail()), in_reply_to: "<sent.9@example.com>" }];
    expect(withReports(answering)).toMatchObject([{ message_id: "<sent.9@example.com>" }]);
  });

  async function mail(): Promise<InboundRecord> {
    return { ...MAIL, media: [fileOf(["", ...RECIPIENT].join("\n"))] };
  }
});

const fileOf = (text: string): Media => ({
  ...{ content_type: "message/delivery-status; charset=us-ascii", bytes: new TextEncoder().encode(text) },
});
const MAIL: InboundRecord = {
  ...{ type: "inbound", channel: "email", message_id: "<r@example.net>", from: null, to: ["help@example.com"] },
  auto: { kind: "delivery_status", auto_submitted: null, precedence: null, list: null },
  ...{ text: null, media: [], occurred_at: null, dedup_key: "k", raw: null },
};

it("never names what a provider has called a message of its own", async () => {
  const original = part("message/rfc822", "Message-ID: 883953f4-6105-42a2-a16a-77a8eac79483", "", "Hello");
  expect(await read(NOTICE, report(RECIPIENT), original)).toMatchObject([
    { message_id: "<883953f4-6105-42a2-a16a-77a8eac79483>", reported_by: "mailer-daemon@mx.example.net" },
  ]);
});

describe("a report that cannot be read", () => {
  it.each<[string, Media[]]>([
    ["is not there", []],
    ["was left out by the provider", [{ content_type: "message/delivery-status" }]],
    ["is empty", [fileOf("")]],
    ["is about nobody", [fileOf("Reporting-MTA: dns; mx.example.net\n")]],
    ["says nothing of anybody", [fileOf("Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; a@example.net\n")]],
    ["is no text", [{ content_type: "message/delivery-status", bytes: new Uint8Array(1000).fill(255) }]],
    ["is longer than any", [fileOf(`${RECIPIENT.join("\n")}\n${"x".repeat(600_000)}`)]],
  ])("%s: it stays a mail", (_, media) => {
    expect(withReports([{ ...MAIL, media }])).toEqual([{ ...MAIL, media }]);
  });

  it("is none where the mail is a person's", () => {
    const handedOn = { ...MAIL, auto: null, media: [fileOf(RECIPIENT.join("\n"))] };
    expect(withReports([handedOn])).toEqual([handedOn]);
  });
});

it.each([
  ["fields that name nobody", "Action: failed\n\n", "a:b\n\n"],
  ["fields of one recipient", "Final-Recipient: rfc822; a@example.net\nAction: failed\n", "a:b\n"],
])("looks at %s once, however many there are", (_, head, field) => {
  const looks = vi.spyOn(String.prototype, "toLowerCase");
  const taken = (count: number) => {
    looks.mockClear();
    withReports([{ ...MAIL, media: [fileOf(head + field.repeat(count))] }]);
    return looks.mock.calls.length;
  };
  expect(taken(8000)).toBeLessThan(9 * taken(1000));
  looks.mockRestore();
  expect(withReports([{ ...MAIL, media: [fileOf(`${head}\n${field.repeat(100_000)}`)] }])).toMatchObject([
    { type: "status", status: "bounced" },
  ]);
});

it("has as many recipients as a mail has, and tells of the others together", () => {
  const groups = Array.from(
    { length: 1500 },
    (_, index) => `Final-Recipient: rfc822; r${index}@example.net\nAction: failed\n`,
  );
  const records = withReports([{ ...MAIL, media: [fileOf(groups.join("\n"))] }]);
  expect(records.filter(({ type }) => type === "status")).toHaveLength(100);
  expect(records.at(-1)).toMatchObject({ alert: true, unread: { member: "delivery-status[100…1499]" } });
  expect(new Set(records.map(({ dedup_key }) => dedup_key)).size).toBe(101);
});
