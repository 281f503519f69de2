import { describe, expect, it } from "vitest";
import { at, callback, jsonCallback, sourceWith } from "../../../../test/inbound/callback.ts";
import { utf8 } from "../../../lib/bytes.ts";
import { postmark } from "./provider.ts";

const basic = sourceWith({ username: "hook", password: ["old", "s3cr3t:é"] });
const header = sourceWith({ header: "X-Hook", value: "s3cr3t" });
const verify = (headers: Record<string, string>, source = header) =>
  postmark.verify(jsonCallback({}, headers), source, at(0));
const normalise = async (event: unknown) => (await postmark.normalise(jsonCallback(event), header))[0];
const credentials = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("verification", () => {
  it("is by a header", async () => {
    expect(postmark.signed).toBe(false);
    expect(await verify({ "x-hook": "s3cr3t" })).toBe("verified");
    for (const wrong of ["s3cr3", "s3cr3t2", "S3CR3T", ""]) {
      expect(await verify({ "x-hook": wrong })).toBe("bad_signature");
    }
    expect(await verify({ Authorization: "s3cr3t" })).toBe("missing_signature");
  });

  it("is by Basic credentials, with either of two passwords", async () => {
    for (const [text, verdict] of [
      ["hook:s3cr3t:é", "verified"],
      ["hook:old", "verified"],
      ["hook:", "bad_signature"],
      ["other:old", "bad_signature"],
      ["hook", "bad_signature"],
    ] as const) {
      expect(await verify({ Authorization: credentials(text) }, basic)).toBe(verdict);
    }
    expect(await verify({ Authorization: credentials("hook:old").replace("Basic", "basic") }, basic)).toBe("verified");
    for (const wrong of ["hook:old", "Bearer x", "Basic !", "Basic"]) {
      expect(await verify({ Authorization: wrong }, basic)).toBe("bad_signature");
    }
    expect(await verify({}, basic)).toBe("missing_signature");
  });

  it("refuses for good", () => {
    for (const verdict of ["missing_signature", "bad_signature", "malformed"] as const) {
      expect(postmark.refuse(verdict)).toEqual({ status: 403 });
    }
  });

  it.each([
    [{}, "a header and its value, or a username"],
    [{ header: "X-Hook", value: "" }, "It must not be empty"],
    [{ header: "X Hook", value: "x" }, "the name of a header"],
    [{ username: "a:b", password: "x" }, "a colon"],
    [{ username: "a", password: "" }, "It must not be empty"],
    [{ header: "X-Hook", value: "x", username: "a", password: "x" }, ""],
  ])("takes no credentials such as %o", (given, sentence) => {
    expect(postmark.credentials.safeParse(given).error?.issues[0]?.message).toContain(sentence);
  });
});

describe("an event", () => {
  const common = { MessageID: "883953f4", MessageStream: "outbound" };

  it("is told", async () => {
    const event = {
      ...common,
      RecordType: "Delivery",
      Recipient: "r@example.com",
      DeliveredAt: "2026-01-01T16:28:50-05:00",
      Details: "250",
    };
    expect(await normalise(event)).toEqual({
      type: "status",
      channel: "email",
      status: "delivered",
      message_id: "883953f4",
      recipient: "r@example.com",
      occurred_at: "2026-01-01T21:28:50.000Z",
      dedup_key: "Delivery|883953f4|r@example.com|2026-01-01T16:28:50-05:00",
      raw: event,
    });
  });

  it.each([
    ["HardBounce", { status: "bounced", soft: false, error: { code: "HardBounce", text: "why" } }],
    ["SoftBounce", { status: "bounced", soft: true }],
    ["Transient", { status: "deferred" }],
    ["DnsError", { status: "deferred" }],
    ["Unsubscribe", { status: "unsubscribed" }],
    ["SpamNotification", { status: "complained" }],
    ["Blocked", { status: "dropped", error: { code: "Blocked", text: "why" } }],
    ["BadEmailAddress", { status: "dropped" }],
    ["ManuallyDeactivated", { status: "dropped" }],
    ["DMARCPolicy", { status: "dropped" }],
    ["TemplateRenderingFailed", { status: "failed" }],
  ])("that is a bounce of the type %s is taken", async (Type, record) => {
    const bounce = { ...common, RecordType: "Bounce", ID: 901542550, Type, Email: "b@example.com", Details: "why" };
    expect(await normalise(bounce)).toMatchObject({
      type: "status",
      recipient: "b@example.com",
      dedup_key: "901542550",
      ...record,
    });
  });

  it("that is a bounce which could not be classified is neither soft nor hard", async () => {
    // https://postmarkapp.com/developer/api/bounce-api#bounce-types
    const record = await normalise({ ...common, RecordType: "Bounce", ID: 1, Type: "Unknown", Email: "b@example.com" });
    expect(record).toMatchObject({ status: "bounced" });
    expect(record).not.toHaveProperty("soft");
  });

  it.each([
    [{ SuppressSending: true, SuppressionReason: "ManualSuppression" }, { status: "unsubscribed" }],
    [
      { SuppressSending: true, SuppressionReason: "HardBounce" },
      { status: "bounced", soft: false },
    ],
    [{ SuppressSending: true, SuppressionReason: "SpamComplaint" }, { status: "complained" }],
    [{ SuppressSending: false }, { type: "ignored" }],
  ])("that changes a subscription is taken: %o", async (more, record) => {
    const change = {
      RecordType: "SubscriptionChange",
      MessageID: null,
      Recipient: "r@example.com",
      ChangedAt: "2020-02-01T10:53:34.416071Z",
    };
    expect(await normalise({ ...change, ...more })).toMatchObject({
      dedup_key: "SubscriptionChange||r@example.com|2020-02-01T10:53:34.416071Z",
      ...record,
    });
  });

  it("that has no status is ignored", async () => {
    for (const event of [
      { RecordType: "Bounce", Type: "AutoResponder", ID: 7 },
      { RecordType: "Bounce", Type: "valueOf", ID: 7 },
      { RecordType: "SMTPAPIError", ID: 7 },
    ]) {
      expect(await normalise(event)).toMatchObject({ type: "ignored", dedup_key: "7" });
    }
  });

  it("is malformed where it is none", async () => {
    for (const body of ["{}", "[]", "null", '{"From":"a@x.example"}', "{"]) {
      await expect(postmark.normalise(callback(body), header)).rejects.toMatchObject({ name: "MalformedCallback" });
    }
  });
});

it("a mail is told, with its files apart from what is kept of it", async () => {
  const mail = {
    FromFull: { Email: "jane@example.org", Name: "Jane" },
    ToFull: [{ Email: "support@example.com" }],
    CcFull: [{ Email: "c@example.com", Name: "C" }],
    OriginalRecipient: "hash@inbound.postmarkapp.com",
    Subject: "Re: x",
    ReplyTo: "help@example.org",
    MessageID: "0-0-0",
    Date: "Fri, 5 May 2023 17:44:33 -0400",
    TextBody: "hello",
    HtmlBody: "",
    Headers: [
      { Name: "Return-Path", Value: "<bounces@example.org>" },
      { Name: "Message-ID", Value: "<3@example.com>" },
      { Name: "In-Reply-To", Value: "<2@example.com>" },
      { Name: "References", Value: "<1@example.com> <2@example.com>" },
    ],
    Attachments: [
      { Name: "a.bin", ContentType: "x/y", Content: "AP/+", ContentLength: 3, ContentID: "<logo@x>" },
      { Name: "b.txt", ContentType: "text/plain", Data: "aGk=", ContentLength: 2 },
    ],
  };
  expect(await normalise(mail)).toEqual({
    type: "inbound",
    channel: "email",
    message_id: "0-0-0",
    mail_id: "<3@example.com>",
    from: "jane@example.org",
    from_name: "Jane",
    to: ["support@example.com"],
    envelope: { from: "bounces@example.org", to: ["hash@inbound.postmarkapp.com"] },
    reply_to: ["help@example.org"],
    sender: null,
    auto: null,
    delivered_to: [],
    cc: ["c@example.com"],
    subject: "Re: x",
    text: "hello",
    html: null,
    media: [
      { content_type: "x/y", filename: "a.bin", content_id: "logo@x", size: 3, bytes: Uint8Array.of(0, 255, 254) },
      { content_type: "text/plain", filename: "b.txt", size: 2, bytes: utf8("hi") },
    ],
    in_reply_to: "<2@example.com>",
    references: ["<1@example.com>", "<2@example.com>"],
    occurred_at: "2023-05-05T21:44:33.000Z",
    dedup_key: "0-0-0",
    raw: {
      ...mail,
      Attachments: [
        { Name: "a.bin", ContentType: "x/y", ContentLength: 3, ContentID: "<logo@x>" },
        { Name: "b.txt", ContentType: "text/plain", ContentLength: 2 },
      ],
    },
  });
});
