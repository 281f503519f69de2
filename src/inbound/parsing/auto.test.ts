import { describe, expect, it } from "vitest";
import { autoOf, fromNobody } from "./auto.ts";
import type { Pair } from "./form.ts";

const of = (headers: Record<string, string>, subject: string | null = null, files: string[] = []) =>
  autoOf({
    headers: Object.entries(headers) as Pair[],
    subject,
    files: files.map((content_type) => ({ content_type })),
    from: headers.From ?? null,
  });

const report = (type: string) => ({ "Content-Type": `multipart/report; report-type=${type}; boundary="b"` });

describe("a mail's headers", () => {
  it.each([
    // RFC 3834, 5: `no` is a person's.
    [{}, null],
    [{ "Auto-Submitted": "no" }, null],
    [{ "Auto-Submitted": "No (really)" }, null],
    [{ "auto-submitted": "auto-replied" }, "auto_reply"],
    [{ "Auto-Submitted": "auto-generated" }, "auto_reply"],
    [{ "Auto-Submitted": 'auto-notified; owner-email="me@example.com"' }, "auto_reply"],
    // RFC 5230, 5: what a vacation of Sieve sends.
    [{ "Auto-Submitted": "auto-replied (vacation)" }, "out_of_office"],
    [{ "X-Autoreply": "yes" }, "auto_reply"],
    [{ "X-Autoreply": "no" }, null],
    [{ "X-Autorespond": "holiday" }, "auto_reply"],
    [{ Precedence: "auto_reply" }, "auto_reply"],
    [{ Precedence: "bulk", "Auto-Submitted": "auto-replied" }, "auto_reply"],
    [{ Precedence: "Bulk" }, "bulk"],
    [{ Precedence: "junk" }, "bulk"],
    [{ Precedence: "list" }, "list"],
    [{ Precedence: "first-class" }, null],
    [{ "List-Id": "Friends <friends.example.com>" }, "list"],
    [{ "List-Id": "<friends.example.com>", "Auto-Submitted": "auto-replied" }, "auto_reply"],
    [{ "List-Id": "<friends.example.com>", "Auto-Submitted": "auto-generated" }, "list"],
    // MS-OXCMAIL: which answers the sender does not want. Outlook sets some of them on people's mails.
    [{ "X-Auto-Response-Suppress": "All" }, "auto_reply"],
    [{ "X-Auto-Response-Suppress": "DR, OOF, AutoReply" }, null],
    [{ "X-Auto-Response-Suppress": "OOF, All" }, "auto_reply"],
    [{ "Auto-Submitted": "(a) (b) auto-replied" }, "auto_reply"],
    [{ "X-Auto-Response-Suppress": "All", Precedence: "list" }, "list"],
    [report("delivery-status"), "delivery_status"],
    [{ "Content-Type": 'Multipart/Report; boundary=b;\treport-type = "Delivery-Status"' }, "delivery_status"],
    [report("disposition-notification"), "read_receipt"],
    [report("feedback-report"), null],
    [{ ...report("delivery-status"), "Auto-Submitted": "auto-replied" }, "delivery_status"],
    [{ "Return-Path": "<>" }, "auto_reply"],
    [{ "Return-Path": " < > " }, "auto_reply"],
    [{ "Return-Path": "<jane@example.com>" }, null],
    [{ From: "MAILER-DAEMON@mx.example.net" }, "auto_reply"],
    [{ "X-Failed-Recipients": "jane@example.net" }, "auto_reply"],
    [{ "X-Posthorn-Alert": "wh_1" }, "loop"],
    [{ "X-Posthorn-Notice": "wh_1" }, "loop"],
  ])("%j are of the kind %j", (headers, kind) => {
    expect(of(headers as Record<string, string>)?.kind ?? null).toBe(kind);
  });

  it("are told as they are, without comments and parameters", () => {
    expect(
      of({ "Auto-Submitted": "Auto-Replied (vacation)", Precedence: "BULK", "List-Id": "Us <us.example.com>" }),
    ).toEqual({
      kind: "out_of_office",
      auto_submitted: "auto-replied",
      precedence: "bulk",
      list: "us.example.com",
    });
  });

  it("may name a list without brackets", () => {
    expect(of({ "List-Id": "us.example.com" })?.list).toBe("us.example.com");
  });
});

describe("a subject", () => {
  it.each([
    "Automatic reply: Hello",
    "Out of Office: Hello",
    "Abwesenheitsnotiz: Hallo",
    "Réponse automatique : Salut",
  ])("%s makes an automatic answer one of somebody who is away", (subject) => {
    expect(of({ "Auto-Submitted": "auto-generated" }, subject)?.kind).toBe("out_of_office");
  });

  it("alone tells nothing", () => {
    expect(of({}, "Automatic reply: Hello")).toBeNull();
  });
});

describe("files", () => {
  const MADE = { "Auto-Submitted": "auto-replied" };
  const MIXED = { "Content-Type": "multipart/mixed; boundary=b" };
  const REPORT = { "Content-Type": "multipart/report; boundary=b" };

  it.each([
    [MADE, "message/delivery-status", "delivery_status"],
    [MADE, "message/disposition-notification", "read_receipt"],
    [{ From: "MAILER-DAEMON@mx.example.net" }, "message/delivery-status", "delivery_status"],
    [{ "Return-Path": "<>" }, "message/global-delivery-status", "delivery_status"],
    // A gateway has put it into another mail; RFC 6522, 3, has dropped the rule that it must be outermost.
    [{ ...MADE, ...MIXED }, "message/delivery-status; charset=us-ascii", "delivery_status"],
    [REPORT, "message/global-delivery-status", "delivery_status"],
    [
      { "Content-Type": "multipart/report; report-type=global-delivery-status; boundary=b" },
      "text/plain",
      "delivery_status",
    ],
  ])("tell which report it is: %j with %s", (headers, file, kind) => {
    expect(of(headers as Record<string, string>, null, [file])?.kind).toBe(kind);
  });

  it.each([{}, MIXED, { From: "jane@example.com" }])(
    "do not make a report of what a person hands on: %j",
    (headers) => {
      expect(of(headers as Record<string, string>, null, ["message/delivery-status"])).toBeNull();
    },
  );
});

it("a mail with an empty reverse path is nobody's, unless more is known of it", () => {
  const none = { auto_submitted: null, precedence: null, list: null };
  const report = [{ content_type: "message/delivery-status" }];
  expect(fromNobody({ auto: null, media: [] })).toEqual({ ...none, kind: "auto_reply" });
  expect(fromNobody({ auto: null, media: report })).toEqual({ ...none, kind: "delivery_status" });
  expect(fromNobody({ auto: { ...none, kind: "read_receipt" }, media: [] })).toEqual({ ...none, kind: "read_receipt" });
});
