import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { gupshup } from "./provider.ts";

const source = (value: unknown = "s3cret value") => ({
  credentials: { header: "X-Callback-Token", value },
  options: {},
  callbackUrl: CALLBACK_URL,
});

describe("verification", () => {
  const verify = (headers: Record<string, string>, from = source()) =>
    gupshup.verify(callback("{}", headers), from, verifyContext());

  it.each([
    ["verified", { "x-callback-token": "s3cret value" }],
    ["bad_signature", { "x-callback-token": "s3cret valu" }],
    ["bad_signature", { "x-callback-token": "S3cret value" }],
    ["bad_signature", { "x-callback-token": "" }],
    ["missing_signature", { "x-callback-toke": "s3cret value" }],
    ["missing_signature", {}],
  ])("%s: %j", async (verdict, headers: Record<string, string>) => expect(await verify(headers)).toBe(verdict));

  it("takes either of two values, and no list of both", async () => {
    for (const token of ["old", "new"]) {
      expect(await verify({ "X-Callback-Token": token }, source(["old", "new"]))).toBe("verified");
    }
    expect(await verify({ "X-Callback-Token": "old, new" }, source(["old", "new"]))).toBe("bad_signature");
  });

  it("is set up with a header and a value that can be told apart from none", () => {
    expect(gupshup.signed).toBe(false);
    for (const value of ["", " ", " a", "a ", "é", "a\nb"]) {
      expect(gupshup.credentials.safeParse({ header: "x-a", value }).success).toBe(false);
    }
    for (const header of ["", "x a", "x:a", "é"]) {
      expect(gupshup.credentials.safeParse({ header, value: "a" }).success).toBe(false);
    }
  });
});

const envelope = (type: string, payload: unknown) =>
  JSON.stringify({ app: "DemoAPI", timestamp: 1_700_000_000_123, version: 2, type, payload });
const normalise = (body: string) => gupshup.normalise(callback(body), source());

describe("normalisation of version 2", () => {
  const event = (type: string, more = {}) =>
    envelope("message-event", { id: "gBEG1", gsId: "59f8db90", type, destination: "919850000001", ...more });

  it.each([
    ["enqueued", "queued"],
    ["sent", "sent"],
    ["delivered", "delivered"],
    ["read", "read"],
    ["failed", "failed"],
  ])("%s is %s", async (type, status) => {
    expect(await normalise(event(type))).toMatchObject([
      {
        type: "status",
        channel: "whatsapp",
        status,
        message_id: "59f8db90",
        recipient: "919850000001",
        occurred_at: "2023-11-14T22:13:20.123Z",
        dedup_key: `59f8db90|${type}`,
      },
    ]);
  });

  it("prefers the event's own time, which is in seconds", async () => {
    expect(await normalise(event("read", { payload: { ts: 1_600_000_000 } }))).toMatchObject([
      { occurred_at: "2020-09-13T12:26:40.000Z" },
    ]);
  });

  it("does with the only id where Gupshup's own is forgotten, and tells why a message failed", async () => {
    const payload = { code: 1002, reason: "Number Does Not Exists On WhatsApp" };
    expect(await normalise(event("failed", { gsId: undefined, payload }))).toMatchObject([
      { message_id: "gBEG1", dedup_key: "gBEG1|failed", error: { code: "1002", text: payload.reason } },
    ]);
  });

  it.each([
    ["deleted", "deleted by user"],
    ["mismatch", "the event mismatch"],
  ])("%s is none of our statuses", async (type, reason) => {
    expect(await normalise(event(type))).toEqual([{ type: "ignored", reason, dedup_key: `59f8db90|${type}` }]);
  });

  const inbound = (type: string, payload: object, context?: object) =>
    envelope("message", {
      id: "ABEG1",
      source: "918x1",
      type,
      payload,
      sender: { phone: "918x1", name: "Smit" },
      context,
    });

  it("tells everything of a text", async () => {
    const body = inbound("text", { text: "Hi" }, { id: "gBEG0", gsId: "9b71295f" });
    expect(await normalise(body)).toEqual([
      {
        type: "inbound",
        channel: "whatsapp",
        message_id: "ABEG1",
        from: "918x1",
        from_name: "Smit",
        to: [],
        text: "Hi",
        media: [],
        in_reply_to: "9b71295f",
        kind: "text",
        content: { context: { id: "gBEG0", gsId: "9b71295f" } },
        provider_ids: { app: "DemoAPI" },
        occurred_at: "2023-11-14T22:13:20.123Z",
        dedup_key: "ABEG1",
        raw: JSON.parse(body),
      },
    ]);
  });

  it.each([
    [
      "image",
      { caption: "Taj", url: "https://filemanager.gupshup.io/1", contentType: "image/jpeg" },
      { text: "Taj", media: [{ url: "https://filemanager.gupshup.io/1", content_type: "image/jpeg" }] },
    ],
    ["file", { name: "a.pdf", url: "https://f/1" }, { media: [{ filename: "a.pdf", url: "https://f/1" }] }],
    ["list_reply", { title: "Row", id: "list1", postbackText: "row-1" }, { text: "Row", button: "row-1" }],
    ["button_reply", { title: "Yes", id: "yes", reply: "Yes 1" }, { text: "Yes", button: "yes" }],
    ["quick_reply", { text: "Stop", type: "button" }, { text: "Stop" }],
    ["location", { longitude: "-122.16", latitude: "37.44" }, { location: { lat: 37.44, lon: -122.16 } }],
    ["location", { longitude: "", latitude: "37.44" }, { unsupported: true }],
    ["contact", { contacts: [{}] }, { text: null }],
    ["something_new", {}, { unsupported: true }],
  ])("%s %j", async (type, payload, expected) => {
    expect(await normalise(inbound(type, payload))).toMatchObject([{ type: "inbound", ...expected }]);
  });

  it("takes an opt-out for an unsubscription", async () => {
    expect(await normalise(envelope("user-event", { phone: "918x1", type: "opted-out" }))).toMatchObject([
      { status: "unsubscribed", recipient: "918x1", message_id: null, dedup_key: "918x1|opted-out|1700000000123" },
    ]);
    expect(await normalise(envelope("user-event", { phone: "918x1", type: "opted-in" }))).toMatchObject([
      { type: "ignored", dedup_key: "918x1|opted-in|1700000000123" },
    ]);
  });

  it.each(["template-event", "account-event", "billing-event", "something-new"])("%s is a receipt", async (type) => {
    expect(await normalise(envelope(type, { type: "a" }))).toEqual([
      { type: "ignored", reason: `${type}: a`, dedup_key: null },
    ]);
  });

  it.each([
    "",
    "[]",
    "{}",
    envelope("message", null),
    envelope("message", {}),
    envelope("message-event", { type: "sent" }),
    envelope("message-event", { id: "a" }),
  ])("makes nothing of %s", async (body) => {
    await expect(normalise(body)).rejects.toThrow(MalformedCallback);
  });
});

describe("normalisation of version 3", () => {
  const v3 = (value: object) =>
    JSON.stringify({
      object: "whatsapp_business_account",
      gs_app_id: "1",
      entry: [{ changes: [{ field: "messages", value }] }],
    });
  const status = { id: "wamid.1", status: "enqueued", recipient_id: "91", timestamp: 1_710_941_393_420 };

  it("is Meta's, with Gupshup's ids and milliseconds", async () => {
    expect(
      await normalise(
        v3({
          statuses: [
            { ...status, gs_id: "2baff204" },
            { ...status, status: "sent" },
          ],
        }),
      ),
    ).toMatchObject([
      {
        status: "queued",
        message_id: "2baff204",
        dedup_key: "2baff204|enqueued",
        occurred_at: "2024-03-20T13:29:53.420Z",
      },
      { status: "sent", message_id: "wamid.1", dedup_key: "wamid.1|sent" },
    ]);
  });

  it("brings messages too", async () => {
    const message = { from: "91", id: "wamid.2", timestamp: "1710941393", type: "text", text: { body: "Hi" } };
    expect(await normalise(v3({ messages: [message] }))).toMatchObject([
      { type: "inbound", text: "Hi", to: [], occurred_at: "2024-03-20T13:29:53.000Z" },
    ]);
  });
});

it("is answered with an empty body, its check of the URL too", async () => {
  const start = await normalise(envelope("user-event", { phone: "callbackSetPhone", type: "sandbox-start" }));
  expect(start).toEqual([{ type: "control", note: "sandbox-start" }]);
  expect(gupshup.respond(start)).toEqual({ status: 200 });
  expect(gupshup.respond([])).toEqual({ status: 200 });
  expect([gupshup.refuse("missing_signature").status, gupshup.refuse("bad_signature").status]).toEqual([401, 403]);
});
