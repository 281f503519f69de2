import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, mac, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { metaWhatsApp } from "./provider.ts";

const source = (app_secret: unknown = "secret", verify_token: unknown = "meatyhamhock") => ({
  credentials: { app_secret, verify_token },
  options: {},
  callbackUrl: CALLBACK_URL,
});

describe("verification", () => {
  const verify = (body: string, signature: string | undefined, from = source()) =>
    metaWhatsApp.verify(
      callback(body, signature === undefined ? {} : { "X-Hub-Signature-256": signature }),
      from,
      verifyContext(),
    );
  /** Published, of the body "test" with the secret "secret". */
  const PUBLISHED = "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";

  it("agrees with a published signature, by either of two secrets", async () => {
    expect(await verify("test", PUBLISHED)).toBe("verified");
    expect(await verify("test", PUBLISHED, source(["new", "secret"]))).toBe("verified");
    expect(await verify("test", PUBLISHED, source(["new", "newer"]))).toBe("bad_signature");
    expect(await verify("tesT", PUBLISHED)).toBe("bad_signature");
    expect(await verify("test", undefined)).toBe("missing_signature");
  });

  it("does not take the verify token for a secret, or the older header for a signature", async () => {
    expect(await verify("test", `sha256=${mac("sha256", "meatyhamhock", "test", "hex")}`)).toBe("bad_signature");
    const old = { "X-Hub-Signature": `sha1=${mac("sha1", "secret", "test", "hex")}` };
    expect(await metaWhatsApp.verify(callback("test", old), source(), verifyContext())).toBe("missing_signature");
  });

  it("refuses a body whose escapes were lost", async () => {
    const escaped = '{"text":"caf\\u00e9 https:\\/\\/ex.com"}';
    const signature = `sha256=${mac("sha256", "secret", escaped, "hex")}`;
    expect(await verify(escaped, signature)).toBe("verified");
    expect(await verify('{"text":"café https://ex.com"}', signature)).toBe("bad_signature");
  });
});

describe("the check of the URL", () => {
  const check = (query: string, from = source(), method = "GET") =>
    metaWhatsApp.handshake(callback("", {}, { method, url: `${CALLBACK_URL}?${query}` }), from);
  const RIGHT = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock";

  it("is answered with the bare challenge", async () => {
    const challenge = { status: 200, contentType: "text/plain", body: "1158201444" };
    expect(await check(RIGHT)).toEqual(challenge);
    expect(await check(RIGHT, source("secret", ["new", "meatyhamhock"]))).toEqual(challenge);
    expect(await check(RIGHT.replace("meatyhamhock", "a%20b%2B+c"), source("secret", "a b+ c"))).toEqual(challenge);
  });

  it.each([
    ["another token", RIGHT.replace("meatyhamhock", "meatyhamhocK")],
    ["the app's secret", RIGHT.replace("meatyhamhock", "secret")],
    ["an empty token", RIGHT.replace("meatyhamhock", "")],
    ["no token", "hub.mode=subscribe&hub.challenge=1"],
    ["another mode", RIGHT.replace("subscribe", "unsubscribe")],
    ["no challenge", RIGHT.replace("hub.challenge=1158201444&", "")],
    ["a wrong token before the right one", `hub.verify_token=x&${RIGHT}`],
    ["nothing", ""],
  ])("is refused with %s", async (_, query) => expect(await check(query)).toEqual({ status: 403 }));

  it("is nothing that is posted", async () => expect(await check(RIGHT, source(), "POST")).toBeNull());
});

describe("normalisation", () => {
  const metadata = { display_phone_number: "15550783881", phone_number_id: "106540352242922" };
  const contacts = [{ profile: { name: "Sheena Nelson" }, wa_id: "16505551234" }];
  const normalise = (body: unknown) =>
    metaWhatsApp.normalise(callback(typeof body === "string" ? body : JSON.stringify(body)), source());
  const changes = (...list: unknown[]) =>
    normalise({ object: "whatsapp_business_account", entry: [{ id: "102290129340398", changes: list }] });
  const change = (value: object, field = "messages") => ({ field, value: { metadata, contacts, ...value } });
  const message = (type: string, content: object, more = {}) =>
    changes(
      change({
        messages: [{ from: "16505551234", id: "wamid.1", timestamp: "1700000000", type, [type]: content, ...more }],
      }),
    );
  const status = (name: string, more = {}) => ({
    id: "wamid.2",
    status: name,
    timestamp: "1700000000",
    recipient_id: "16505551234",
    ...more,
  });

  it("tells everything of a text", async () => {
    const sent = {
      from: "16505551234",
      id: "wamid.1",
      timestamp: "1700000000",
      type: "text",
      text: { body: "Does it come in another color?" },
      context: { from: "15550783881", id: "wamid.0" },
    };
    expect(await changes(change({ messages: [sent] }))).toEqual([
      {
        type: "inbound",
        channel: "whatsapp",
        message_id: "wamid.1",
        from: "16505551234",
        from_name: "Sheena Nelson",
        to: ["15550783881"],
        text: "Does it come in another color?",
        media: [],
        in_reply_to: "wamid.0",
        kind: "text",
        content: { context: { from: "15550783881", id: "wamid.0" } },
        provider_ids: { phone_number_id: "106540352242922", wa_id: "16505551234" },
        occurred_at: "2023-11-14T22:13:20.000Z",
        dedup_key: "wamid.1",
        raw: { ...sent, metadata },
      },
    ]);
  });

  it.each([
    ["image", { id: "9", mime_type: "image/jpeg", caption: "Taj" }, { text: "Taj", content_type: "image/jpeg" }],
    ["audio", { id: "9", mime_type: "audio/ogg; codecs=opus" }, { text: null, content_type: "audio/ogg; codecs=opus" }],
    [
      "document",
      { id: "9", mime_type: "application/pdf", filename: "a.pdf" },
      { text: null, content_type: "application/pdf", filename: "a.pdf" },
    ],
  ])("%s is media by its id", async (type, content, { text, ...file }) => {
    expect(await message(type, content)).toMatchObject([{ text, media: [{ provider_media_id: "9", ...file }] }]);
  });

  it.each([
    ["location", { latitude: 37.44, longitude: -122.16 }, { location: { lat: 37.44, lon: -122.16 }, text: null }],
    ["button", { text: "Stop", payload: "opt-out" }, { text: "Stop", button: "opt-out" }],
    [
      "interactive",
      { type: "button_reply", button_reply: { id: "yes", title: "Yes" } },
      { text: "Yes", button: "yes" },
    ],
    ["interactive", { type: "list_reply", list_reply: { id: "prio", title: "P" } }, { text: "P", button: "prio" }],
    ["interactive", { type: "nfm_reply", nfm_reply: { body: "Sent", response_json: "{}" } }, { text: "Sent" }],
    ["reaction", { message_id: "wamid.0", emoji: "👍" }, { text: "👍", reaction_to: "wamid.0" }],
    ["reaction", { message_id: "wamid.0" }, { text: null, reaction_to: "wamid.0" }],
    ["contacts", [{ name: { formatted_name: "B" } }], { text: null, raw: { contacts: [{ name: expect.anything() }] } }],
    ["unsupported", {}, { unsupported: true, text: null }],
    ["something_new", {}, { unsupported: true }],
    ["interactive", { type: "something_new" }, { unsupported: true }],
    ["constructor", {}, { unsupported: true }],
  ])("%s %j", async (type, content, expected) => {
    expect(await message(type, content)).toMatchObject([{ type: "inbound", dedup_key: "wamid.1", ...expected }]);
  });

  it("knows who writes by a user name instead of a number", async () => {
    const by = { from: undefined, from_user_id: "US.13491208655302741918" };
    expect(await message("text", { body: "Hi" }, by)).toMatchObject([{ from: "US.13491208655302741918" }]);
  });

  it.each([
    ["sent", "sent"],
    ["delivered", "delivered"],
    ["read", "read"],
    ["played", "read"],
    ["failed", "failed"],
  ])("the status %s is %s", async (name, normalised) => {
    const raw = { ...status(name), metadata };
    expect(await changes(change({ statuses: [status(name)] }))).toEqual([
      {
        type: "status",
        channel: "whatsapp",
        status: normalised,
        message_id: "wamid.2",
        recipient: "16505551234",
        occurred_at: "2023-11-14T22:13:20.000Z",
        dedup_key: `wamid.2|${name}`,
        raw,
      },
    ]);
  });

  it("tells why a message failed", async () => {
    const errors = [{ code: 131047, title: "Re-engagement message", error_data: { details: "More than 24 hours" } }];
    expect(await changes(change({ statuses: [status("failed", { errors })] }))).toMatchObject([
      { status: "failed", error: { code: "131047", text: "Re-engagement message" } },
    ]);
  });

  it("looks into every entry, change, status and message", async () => {
    const of = (...names: string[]) => change({ statuses: names.map((name) => status(name)) });
    const text = change({ messages: [1, 2].map((n) => ({ from: "1", id: `wamid.m${n}`, type: "text" })) });
    const records = await normalise({
      object: "whatsapp_business_account",
      entry: [{ changes: [of("sent", "delivered"), text] }, { changes: [of("read")] }],
    });
    expect(records.map((record) => "dedup_key" in record && record.dedup_key)).toEqual([
      "wamid.2|sent",
      "wamid.2|delivered",
      "wamid.m1",
      "wamid.m2",
      "wamid.2|read",
    ]);
  });

  it("takes a stop for an unsubscription, and a resumption for none", async () => {
    const preference = (value: string) => ({
      wa_id: "1",
      category: "marketing_messages",
      value,
      timestamp: 1731705721,
    });
    const of = (value: string) => changes(change({ user_preferences: [preference(value)] }, "user_preferences"));
    expect(await of("stop")).toEqual([
      {
        type: "status",
        channel: "whatsapp",
        status: "unsubscribed",
        message_id: null,
        recipient: "1",
        occurred_at: "2024-11-15T21:22:01.000Z",
        dedup_key: "1|marketing_messages|stop|1731705721",
        raw: { ...preference("stop"), metadata },
      },
    ]);
    expect(await of("resume")).toMatchObject([
      { type: "ignored", dedup_key: "1|marketing_messages|resume|1731705721" },
    ]);
  });

  it("keeps the rest as receipts, and never throws away what is beside it", async () => {
    const call = change({ statuses: [{ id: "wacid.1", type: "call", status: "RINGING" }] }, "calls");
    const errors = change({ errors: [{ code: 130429, title: "Rate limit hit" }] });
    expect(
      await changes(
        change({}, "message_template_status_update"),
        call,
        errors,
        change({ statuses: [status("warning"), { status: "sent" }, status("sent")] }),
        change({ messages: [{ id: "wamid.s", from: "1", type: "system", system: { type: "user_changed_number" } }] }),
      ),
    ).toMatchObject([
      { type: "ignored", reason: "message_template_status_update" },
      { type: "ignored", reason: "calls" },
      { type: "ignored", reason: "an error: 130429 Rate limit hit" },
      { type: "ignored", dedup_key: "wamid.2|warning" },
      { type: "control", unread: { member: "entry[0].changes[3].value.statuses[1]" } },
      { type: "status", status: "sent" },
      { type: "inbound", kind: "system", content: { system: { type: "user_changed_number" } }, dedup_key: "wamid.s" },
    ]);
    expect(await normalise({ object: "page", entry: [{}] })).toMatchObject([{ type: "ignored" }]);
    expect(await normalise({ object: "whatsapp_business_account", entry: [] })).toHaveLength(1);
  });

  it.each(["", "[]", "{}", '{"object":"whatsapp_business_account"}'])("makes nothing of %s", async (body) => {
    await expect(normalise(body)).rejects.toThrow(MalformedCallback);
  });
});

it("answers, and is set up with nothing empty", () => {
  expect(metaWhatsApp.respond([])).toEqual({ status: 200 });
  expect(metaWhatsApp.refuse("bad_signature")).toEqual({ status: 403 });
  expect(metaWhatsApp.credentials.safeParse({ app_secret: "", verify_token: "a" }).success).toBe(false);
  expect(metaWhatsApp.credentials.safeParse({ app_secret: "a", verify_token: "" }).success).toBe(false);
  expect(metaWhatsApp.credentials.safeParse({ app_secret: "a" }).success).toBe(false);
});
