import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, CALLBACK_URL, callback, formCallback, sourceWith } from "../../../../test/inbound/callback.ts";
import { utf8 } from "../../../lib/bytes.ts";
import type { InboundRecord } from "../../provider.ts";
import { mandrill } from "./provider.ts";

const KEY = "ntynTMaFpM_octE5R1DKAw";
const source = sourceWith({ webhook_key: KEY });
const mark = (text: string) => createHmac("sha1", KEY).update(text).digest("base64");
const events = (list: unknown, headers: Record<string, string> = {}) =>
  formCallback([["mandrill_events", JSON.stringify(list)]], headers);

const LIST = [{ event: "open", ts: 1350693075, msg: { _id: "1.a", email: "é@example.com" } }];
const SIGNED = `mandrill_events${JSON.stringify(LIST)}`;
const verify = (url: string, request = events(LIST), from = source) => {
  request.headers.set("X-Mandrill-Signature", mark(url + SIGNED));
  return mandrill.verify(request, from, at(0));
};

describe("verification", () => {
  it("is over the URL and the decoded values", async () => {
    expect(await verify(CALLBACK_URL)).toBe("verified");
    const encoded = new URLSearchParams([["x", JSON.stringify(LIST)]]).toString().slice(2);
    const request = events(LIST, { "X-Mandrill-Signature": mark(`${CALLBACK_URL}mandrill_events${encoded}`) });
    expect(await mandrill.verify(request, source, at(0))).toBe("bad_signature");
  });

  it("takes the URL as it was given, with the query that came, or as the runtime shows it", async () => {
    const url = "https://shown.example/x?a=b%27c";
    expect(await verify(CALLBACK_URL, { ...events(LIST), url })).toBe("verified");
    expect(await verify(`${CALLBACK_URL}?a=b%27c`, { ...events(LIST), url })).toBe("verified");
    expect(await verify(url, { ...events(LIST), url })).toBe("verified");
    const withCredentials = { ...source, callbackUrl: "https://user:pass@hooks.example.com/x" };
    expect(await verify(withCredentials.callbackUrl, events(LIST), withCredentials)).toBe("verified");
    for (const wrong of [`${CALLBACK_URL}/`, "https://elsewhere.example/", ""]) {
      expect(await verify(wrong)).toBe("bad_signature");
    }
  });

  it("is over all fields, sorted by name", async () => {
    const request = formCallback([
      ["b", "2"],
      ["a", "1 +"],
    ]);
    request.headers.set("X-Mandrill-Signature", mark(`${CALLBACK_URL}a1 +b2`));
    expect(await mandrill.verify(request, source, at(0))).toBe("verified");
  });

  it("takes either of two keys, and refuses others and none", async () => {
    expect(await verify(CALLBACK_URL, events(LIST), sourceWith({ webhook_key: ["other", KEY] }))).toBe("verified");
    expect(await verify(CALLBACK_URL, events(LIST), sourceWith({ webhook_key: "other" }))).toBe("bad_signature");
    expect(await mandrill.verify(events(LIST), source, at(0))).toBe("missing_signature");
    expect(mandrill.refuse("missing_signature").status).toBe(401);
    expect(mandrill.refuse("bad_signature").status).toBe(403);
  });
});

it("answers the check before the webhook exists, and nothing else", async () => {
  const head = callback("", {}, { method: "HEAD" });
  expect(await mandrill.handshake(head, source)).toEqual({ status: 200 });
  expect(await mandrill.handshake(events(LIST), source)).toBeNull();
  expect(await mandrill.handshake(callback("", {}, { method: "GET" }), source)).toBeNull();
});

const normalise = (list: unknown) => mandrill.normalise(events(list), source);

describe("events", () => {
  it("are told one by one", async () => {
    const bounce = {
      event: "hard_bounce",
      ts: 1461095246,
      _id: "outer",
      msg: { _id: "abc", email: "r@example.com", bounce_description: "bad_mailbox", diag: "smtp;550 5.1.1" },
    };
    expect(await normalise([...LIST, bounce])).toEqual([
      {
        type: "status",
        channel: "email",
        status: "opened",
        message_id: "1.a",
        recipient: "é@example.com",
        occurred_at: "2012-10-20T00:31:15.000Z",
        dedup_key: "open|1.a|1350693075",
        raw: LIST[0],
      },
      {
        type: "status",
        channel: "email",
        status: "bounced",
        message_id: "abc",
        recipient: "r@example.com",
        soft: false,
        error: { code: "bad_mailbox", text: "smtp;550 5.1.1" },
        occurred_at: "2016-04-19T19:47:26.000Z",
        dedup_key: "hard_bounce|abc|1461095246",
        raw: bounce,
      },
    ]);
  });

  it.each([
    ["send", {}, { status: "sent" }],
    [
      "deferral",
      { smtp_events: [{ diag: "first" }, { diag: "last" }] },
      { status: "deferred", error: { code: null, text: "last" } },
    ],
    ["soft_bounce", { bounce_description: "mailbox_full" }, { status: "bounced", soft: true }],
    [
      "reject",
      { reject: { reason: "hard-bounce" } },
      { status: "dropped", error: { code: "hard-bounce", text: null } },
    ],
    ["spam", {}, { status: "complained" }],
    ["unsub", {}, { status: "unsubscribed" }],
    ["click", {}, { status: "clicked" }],
  ])("called %s are taken", async (event, msg, record) => {
    expect(await normalise([{ event, ts: 1, _id: "x", msg }])).toMatchObject([
      { type: "status", message_id: "x", dedup_key: `${event}|x|1`, ...record },
    ]);
  });

  it("that have no status are ignored", async () => {
    const sync = { type: "blacklist", action: "add", reject: { email: "a@example.com" } };
    expect(await normalise([sync, { event: "hasOwnProperty" }, 5])).toMatchObject([
      { type: "ignored", reason: "No status: blacklist" },
      { type: "ignored" },
      { type: "control", alert: true, unread: { member: "mandrill_events[2]", reason: "It is no event" } },
    ]);
    expect(await normalise([])).toMatchObject([{ type: "ignored" }]);
  });

  it("are malformed in another form", async () => {
    for (const request of [callback(""), events({}), formCallback([["mandrill_events", "["]])]) {
      await expect(mandrill.normalise(request, source)).rejects.toMatchObject({ name: "MalformedCallback" });
    }
  });
});

it("a mail is told, with its files apart from what is kept of it", async () => {
  const file = (name: string, type: string, content: string, base64?: boolean) => ({ name, type, content, base64 });
  const message = {
    raw_msg: "…",
    headers: {
      "Message-Id": "<3@example.org>",
      "In-Reply-To": "<2@example.com>",
      References: "<1@example.com> <2@example.com>",
      "Reply-To": "help@example.org",
      Received: ["one", "two"],
    },
    from_email: "jane@example.org",
    from_name: "Jane",
    to: [["support@example.com", "Support"]],
    cc: [["c@example.com", null]],
    email: "in@example.com",
    sender: "bounces@example.org",
    subject: "Re: x",
    text: "hello",
    html: "<p>hello</p>",
    attachments: {
      "a.bin": file("a.bin", "x/y", "AP/+", true),
      "b.txt": file("b.txt", "text/plain", "aGk=", false),
      "c.txt": file("c.txt", "text/plain", "grüß"),
      "d.bin": file("d.bin", "x/y", "AP/+"),
    },
    images: { "logo@x": file("logo.png", "image/png", "AQ==", true) },
  };
  const [record] = await normalise([{ event: "inbound", ts: 1461095246, msg: message }]);
  const three = { size: 3, bytes: Uint8Array.of(0, 255, 254) };
  expect(record).toMatchObject({
    type: "inbound",
    channel: "email",
    message_id: "<3@example.org>",
    from: "jane@example.org",
    from_name: "Jane",
    to: ["support@example.com"],
    envelope: { from: "bounces@example.org", to: ["in@example.com"] },
    reply_to: ["help@example.org"],
    cc: ["c@example.com"],
    subject: "Re: x",
    text: "hello",
    html: "<p>hello</p>",
    media: [
      { content_type: "x/y", filename: "a.bin", ...three },
      { content_type: "text/plain", filename: "b.txt", bytes: utf8("aGk=") },
      { content_type: "text/plain", filename: "c.txt", bytes: utf8("grüß") },
      { content_type: "x/y", filename: "d.bin", ...three },
      { content_type: "image/png", filename: "logo.png", content_id: "logo@x", bytes: Uint8Array.of(1) },
    ],
    in_reply_to: "<2@example.com>",
    references: ["<1@example.com>", "<2@example.com>"],
    occurred_at: "2016-04-19T19:47:26.000Z",
    dedup_key: "<3@example.org>|in@example.com",
  });
  expect(record).not.toHaveProperty("raw.msg.raw_msg");
  expect(JSON.stringify((record as InboundRecord).raw)).not.toContain("AP/+");
  expect(record).toMatchObject({ raw: { msg: { attachments: { "a.bin": { name: "a.bin", type: "x/y" } } } } });
});
