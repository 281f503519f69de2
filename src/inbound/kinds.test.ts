import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback } from "../../test/inbound/callback.ts";
import type { Normalised } from "./provider.ts";
import { providers } from "./providers/index.ts";

/** Credentials that fit; nothing is verified here. */
const CREDENTIALS: Readonly<Record<string, object>> = {
  bird: { signing_key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  gupshup: { header: "X-Key", value: "key" },
  messagebird: { signing_key: "key" },
  "meta-whatsapp": { app_secret: "key", verify_token: "token" },
  "plivo-sms": { auth_token: "key" },
  "twilio-whatsapp": { auth_token: "key" },
  "vonage-messages": { signature_secret: "key" },
  "vonage-sms": { signature_secret: "key" },
};

async function received(name: string, body: string, options: object = {}, type?: string): Promise<Normalised[]> {
  const provider = providers[name];
  if (!provider) throw new Error(`There is no provider ${name}`);
  const source = { credentials: CREDENTIALS[name] ?? {}, options, callbackUrl: CALLBACK_URL };
  return provider.normalise(callback(body, type === undefined ? {} : { "Content-Type": type }), source);
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const FORM = "application/x-www-form-urlencoded";

describe("a message of WhatsApp says what it is", () => {
  // Shapes by ServerMessage of the package whatsapp-api-js 6.3.0 (src/types.ts), after Meta's reference.
  const whatsApp = (message: object, contact: object = { wa_id: "111", user_id: "US.1", profile: { name: "Ann" } }) =>
    received(
      "meta-whatsapp",
      JSON.stringify({
        object: "whatsapp_business_account",
        entry: [
          {
            changes: [
              {
                field: "messages",
                value: {
                  metadata: { display_phone_number: "999", phone_number_id: "9" },
                  contacts: [contact],
                  messages: [{ id: "wamid.1", from: "111", timestamp: "1774606936", ...message }],
                },
              },
            ],
          },
        ],
      }),
    );

  const order = {
    catalog_id: "c1",
    product_items: [{ product_retailer_id: "p1", quantity: 2, item_price: 9.5, currency: "EUR" }],
    text: "Please wrap it",
  };
  const card = { name: { formatted_name: "Bob" }, phones: [{ phone: "+12025550143", wa_id: "12025550143" }] };
  const flow = { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: '{"size":"M"}' } };
  const call = { type: "call_permission_reply", call_permission_reply: { response: "accept" } };
  const place = {
    latitude: "37.44",
    longitude: "-122.16",
    name: "Cafe",
    address: "1 Main St",
    url: "https://e.example",
  };
  const sticker = { id: "9", mime_type: "image/webp", animated: true, sha256: "s" };
  const moved = { body: "Ann changed from 111 to 222", wa_id: "222", user_id: "US.1", type: "customer_changed_number" };
  const button = { type: "list_reply", list_reply: { id: "prio", title: "Priority", description: "1 to 3 days" } };
  const unknown = { type: "poll_creation" };
  it.each([
    ["text", { text: { body: "Hi" } }, "text", { text: "Hi" }],
    ["contacts", { contacts: [card] }, "contacts", { text: null, content: { contacts: [card] } }],
    ["order", { order }, "order", { text: "Please wrap it", content: { order } }],
    ["interactive", { interactive: flow }, "interactive", { text: "Sent", content: { interactive: flow } }],
    ["interactive", { interactive: button }, "interactive", { button: "prio", content: { interactive: button } }],
    ["interactive", { interactive: call }, "interactive", { unsupported: true, content: { interactive: call } }],
    ["button", { button: { text: "Yes", payload: "y" } }, "interactive", { text: "Yes", button: "y" }],
    [
      "location",
      { location: place },
      "location",
      { location: { lat: 37.44, lon: -122.16 }, content: { location: place } },
    ],
    ["sticker", { sticker }, "sticker", { content: { sticker } }],
    ["audio", { audio: { id: "9", voice: true } }, "audio", { content: { audio: { id: "9", voice: true } } }],
    ["reaction", { reaction: { message_id: "w0", emoji: "👍" } }, "reaction", { text: "👍", reaction_to: "w0" }],
    ["system", { system: moved }, "system", { text: "Ann changed from 111 to 222", content: { system: moved } }],
    [
      "unsupported",
      { unsupported: unknown, errors: [{ code: 131051 }] },
      "unsupported",
      { unsupported: true, content: { unsupported: unknown, errors: [{ code: 131051 }] } },
    ],
    ["request_welcome", {}, "unsupported", { unsupported: true }],
  ])("%s %j is %s", async (type, message, kind, expected) => {
    expect(await whatsApp({ type, ...message })).toMatchObject([{ type: "inbound", kind, ...expected }]);
  });

  it("though WhatsApp names no sender of its own words", async () => {
    const system = { body: "Ann joined", type: "group" };
    const [told] = await whatsApp({ type: "system", system, from: undefined, group_id: "g1" });
    expect(told).toMatchObject({ from: null, kind: "system", text: "Ann joined", content: { system } });
  });

  // Meta's business-scoped user ids: who shares a number when asked for it has no `from`.
  it("though its sender stands among the contacts alone", async () => {
    const contact = { user_id: "US.1", profile: { name: "Jane", username: "jane" } };
    const [told] = await whatsApp({ type: "contacts", contacts: [{}], from: undefined }, contact);
    expect(told).toMatchObject({ from: "US.1", from_user_id: "US.1", from_name: "Jane", kind: "contacts" });
  });

  it("and one of several contacts is taken for nobody's", async () => {
    const contacts = [{ wa_id: "111", profile: { name: "Ann" } }, { profile: { name: "Bob" } }];
    const value = { metadata: {}, contacts, messages: [{ id: "m", type: "text", text: { body: "Hi" } }] };
    const body = { object: "whatsapp_business_account", entry: [{ changes: [{ field: "messages", value }] }] };
    expect(await received("meta-whatsapp", JSON.stringify(body))).toMatchObject([{ from: null, from_name: null }]);
  });

  // https://support.wati.io/en/articles/11822291-how-to-use-webhook-to-check-payment-status
  it("and a payment is no status of the message that asks for it", async () => {
    const payment = (id: string) => ({
      ...{ id: "wamid.1", type: "payment", status: "failed", timestamp: "1774606936", recipient_id: "111" },
      payment: { reference_id: "r", transaction: { id, status: "failed" } },
    });
    const value = { metadata: {}, statuses: [payment("t1"), payment("t2")] };
    const body = { object: "whatsapp_business_account", entry: [{ changes: [{ field: "messages", value }] }] };
    const records = await received("meta-whatsapp", JSON.stringify(body));
    expect(records.map(({ type }) => type)).toEqual(["ignored", "ignored"]);
    expect(new Set(records.map(({ dedup_key }) => dedup_key)).size).toBe(2);
  });

  it("and where it came from, in which group, and who hides the number", async () => {
    const referral = {
      source_url: "https://fb.me/1",
      source_id: "ad1",
      source_type: "ad",
      headline: "Buy",
      ctwa_clid: "x",
    };
    const text = { type: "text", text: { body: "Hi" }, context: { forwarded: true } };
    const [hidden] = await whatsApp(
      { ...text, from: undefined, from_user_id: "US.1", from_parent_user_id: "US.ENT.1", group_id: "g1", referral },
      { user_id: "US.1", profile: { name: "Ann", username: "ann" } },
    );
    expect(hidden).toMatchObject({
      from: "US.1",
      from_name: "Ann",
      from_user_id: "US.1",
      group_id: "g1",
      referral,
      content: { context: { forwarded: true } },
      provider_ids: { phone_number_id: "9", from_parent_user_id: "US.ENT.1", username: "ann" },
    });
    const [shown] = await whatsApp({ type: "text", text: { body: "Hi" } });
    expect(shown).toMatchObject({ from_user_id: "US.1", provider_ids: { wa_id: "111" } });
    expect(shown).not.toHaveProperty("content");
  });
});

it.each([
  // https://docs.gupshup.io/docs/inbound-messages; what is not documented is told as it came.
  ["contact", { contacts: [{ name: { formatted_name: "Bob" } }] }, "contacts"],
  ["order", { catalog_id: "c1" }, "order"],
  ["reaction", { emoji: "👍" }, "reaction"],
  ["file", { url: "https://f/1", name: "a.pdf" }, "document"],
  ["list_reply", { title: "Row", id: "list1", postbackText: "row-1", description: "d" }, "interactive"],
  ["quick_reply", { text: "Stop", type: "button" }, "interactive"],
  ["something_new", { a: 1 }, "unsupported"],
])("Gupshup: %s %j is %s", async (type, payload, kind) => {
  const sender = { phone: "918x", name: "Drew", country_code: "91", dial_code: "8x" };
  const body = {
    app: "A",
    timestamp: 1,
    version: 2,
    type: "message",
    payload: { id: "1", source: "918x", type, payload, sender },
  };
  expect(await received("gupshup", JSON.stringify(body))).toMatchObject([
    { kind, content: { payload }, provider_ids: { app: "A", country_code: "91", dial_code: "8x" } },
  ]);
});

describe("Twilio", () => {
  // https://www.twilio.com/docs/messaging/guides/webhook-request
  const twilio = (fields: Record<string, string>) =>
    received(
      "twilio-whatsapp",
      form({ MessageSid: "SM1", From: "whatsapp:+1", To: "whatsapp:+2", ...fields }),
      {},
      FORM,
    );

  it.each([
    [{ MessageType: "text", Body: "Hi" }, { kind: "text" }],
    [{ MediaUrl0: "https://m/0", MediaContentType0: "audio/ogg", NumMedia: "1", Body: "" }, { kind: "audio" }],
    [{ MediaUrl0: "https://m/0", MediaContentType0: "text/vcard", NumMedia: "1", Body: "" }, { kind: "contacts" }],
    [
      { MessageType: "location", Latitude: "1.5", Longitude: "2", Address: "1 Main St", Label: "Cafe" },
      { kind: "location", content: { Address: "1 Main St", Label: "Cafe" } },
    ],
    [
      { MessageType: "interactive", Body: "Row", ListId: "r1", ListTitle: "Row" },
      { kind: "interactive", button: "r1", content: { ListId: "r1", ListTitle: "Row" } },
    ],
    [
      { MessageType: "interactive", InteractiveData: '{"size":"M"}' },
      { kind: "interactive", content: { InteractiveData: '{"size":"M"}' } },
    ],
    [{ MessageType: "contacts" }, { kind: "contacts" }],
    [
      { MessageType: "something_new", Thing: "1" },
      { kind: "unsupported", unsupported: true, content: { Thing: "1" } },
    ],
    [
      { Body: "Hi", ReferralSourceId: "ad1", ReferralHeadline: "Buy", Forwarded: "true" },
      { kind: "text", referral: { ReferralSourceId: "ad1", ReferralHeadline: "Buy" }, content: { Forwarded: "true" } },
    ],
    [
      { Body: "Hi", AccountSid: "AC1", MessagingServiceSid: "MG1", WaId: "1" },
      { provider_ids: { account_sid: "AC1", messaging_service_sid: "MG1", wa_id: "1" } },
    ],
  ])("%j is %j", async (fields, expected) => {
    expect(await twilio(fields as Record<string, string>)).toMatchObject([{ type: "inbound", ...expected }]);
  });
});

it.each([
  // https://developer.vonage.com/en/api/messages#inbound-message
  ["order", { order: { catalog_id: "c1", product_items: [] } }, "order"],
  ["contact", { contact: { contacts: [{ name: { formatted_name: "Bob" } }] } }, "contacts"],
  ["location", { location: { lat: 1.5, long: 2, name: "Cafe", address: "1 Main St" } }, "location"],
  ["reply", { reply: { id: "r1", title: "Row", description: "d" } }, "interactive"],
  ["unsupported", {}, "unsupported"],
  ["something_new", { something_new: { a: 1 } }, "unsupported"],
])("Vonage's messages: %s %j is %s", async (message_type, more, kind) => {
  const referral = { source_id: "ad1" };
  const body = {
    message_uuid: "m1",
    channel: "whatsapp",
    from: "1",
    to: "2",
    message_type,
    whatsapp: { referral },
    ...more,
  };
  expect(await received("vonage-messages", JSON.stringify(body))).toMatchObject([
    { kind, referral, content: more, ...(kind === "unsupported" ? { unsupported: true } : {}) },
  ]);
});

it.each([
  // https://developer.vonage.com/en/messaging/sms/guides/inbound-sms
  [
    { type: "text", text: "HI there", keyword: "HI" },
    { kind: "text", content: { keyword: "HI" } },
  ],
  [{ type: "unicode", text: "😀" }, { kind: "text" }],
  [
    { type: "binary", data: "48656c6c6f", udh: "0500037f0201" },
    { kind: "binary", content: { data: "48656c6c6f", udh: "0500037f0201" } },
  ],
])("Vonage's text messages: %j is %j", async (fields, expected) => {
  const body = form({
    messageId: "m1",
    msisdn: "1",
    to: "2",
    sig: "x",
    nonce: "n",
    "api-key": "k",
    ...(fields as Record<string, string>),
  });
  const [record] = await received("vonage-sms", body, {}, FORM);
  expect(record).toMatchObject(expected);
  expect(JSON.stringify(record && "content" in record ? record.content : null)).not.toContain("nonce");
});

it.each([
  // https://www.plivo.com/docs/messaging/api/message/handling-incoming
  [
    { ContentType: "button", ButtonText: "Yes", ButtonPayload: "y" },
    { kind: "interactive", text: "Yes", button: "y" },
  ],
  [{ ContentType: "media", MimeType: "video/mp4", Media0: "https://m/0" }, { kind: "video" }],
  [
    { ContentType: "unknown", ErrorCode: "1" },
    { kind: "unsupported", unsupported: true, content: { ErrorCode: "1" } },
  ],
  [
    { Text: "Hi", MessageIntent: "help" },
    { kind: "text", content: { MessageIntent: "help" } },
  ],
])("Plivo: %j is %j", async (fields, expected) => {
  const body = form({ MessageUUID: "m1", From: "1", To: "2", Type: "whatsapp", ...(fields as Record<string, string>) });
  expect(await received("plivo-sms", body, {}, FORM)).toMatchObject([{ type: "inbound", ...expected }]);
});

it("MessageBird's messages are text", async () => {
  const body = form({ id: "m1", originator: "1", recipient: "2", body: "Hi", reference: "r" });
  expect(await received("messagebird", body, {}, FORM)).toMatchObject([{ kind: "text", content: { reference: "r" } }]);
});

it.each([
  // The types of the package @messagebird/sdk 0.63.0
  [{ text: "Hi" }, "text"],
  [{ contacts: [{ name: "Bob" }] }, "contacts"],
  [{ order: { catalog_id: "c1" } }, "order"],
  [{ interactive_reply: { type: "flow", flow: { a: 1 } } }, "interactive"],
  [{ sticker: { id: "1" } }, "sticker"],
  [{ location: { latitude: 1, longitude: 2, name: "Cafe" } }, "location"],
  [{ unsupported: { type: "poll" } }, "unsupported"],
])("Bird: %j is %s", async (data, kind) => {
  const from = { bsuid: "US.1", display_name: "Ann" };
  const body = {
    type: "whatsapp.received",
    timestamp: "2026-03-27T10:22:16Z",
    data: { whatsapp_id: "w1", from, to: "2", ...data },
  };
  const [record] = await received("bird", JSON.stringify(body));
  expect(record).toMatchObject({ kind, from: "US.1", from_user_id: "US.1" });
  if (kind !== "text") expect(record).toMatchObject({ content: data });
});

it.each([
  ["contact", { contact: { name: "Bob" } }, "contacts"],
  ["postback", { postback: { payload: "y" } }, "interactive"],
  ["carousel", { carousel: {} }, "unsupported"],
])("Bird's notifications: %s %j is %s", async (type, more, kind) => {
  const body = { type, ...more };
  const contact = { id: "c1", identifierValue: "+1" };
  const payload = { id: "b1", channelId: "ch1", sender: { contact }, body, replyTo: { id: "b0" } };
  const event = JSON.stringify({ event: "whatsapp.inbound", payload });
  expect(await received("bird", event, { generation: "notifications" })).toMatchObject([
    { kind, content: { body, replyTo: { id: "b0" } }, provider_ids: { channel_id: "ch1", contact_id: "c1" } },
  ]);
});

describe("who hides a number is known by WhatsApp's id", () => {
  const who = "IN.1648738043044942";

  // https://partner-docs.gupshup.io/docs/bsuid
  it("at Gupshup", async () => {
    const sender = { phone: "", name: "Ann", userId: who };
    const payload = { id: "m", source: "", type: "text", payload: { text: "Hi" }, sender };
    const message = JSON.stringify({ app: "a", timestamp: 1774606936000, type: "message", payload });
    expect(await received("gupshup", message)).toMatchObject([{ from: who, from_user_id: who, text: "Hi" }]);
    const report = { id: "m", gsId: "g", type: "delivered", destination: "", userId: who, payload: { ts: 1774606936 } };
    const event = JSON.stringify({ app: "a", timestamp: 1774606936000, type: "message-event", payload: report });
    expect(await received("gupshup", event)).toMatchObject([{ recipient: who, recipient_user_id: who }]);
  });

  // https://developer.vonage.com/en/messages/guides/handling-whatsapp-usernames-and-bsuids
  it("at Vonage", async () => {
    const event = { message_uuid: "m", channel: "whatsapp", timestamp: "2026-03-26T15:20:44Z" };
    const status = JSON.stringify({ ...event, status: "delivered", whatsapp: { recipient: { user_id: who } } });
    expect(await received("vonage-messages", status)).toMatchObject([{ recipient: who, recipient_user_id: who }]);
    const message = { ...event, to: "1", message_type: "text", text: "Hi", profile: { name: "Ann", username: "ann" } };
    const body = JSON.stringify({ ...message, whatsapp: { sender: { user_id: who } } });
    expect(await received("vonage-messages", body)).toMatchObject([
      { from: who, from_user_id: who, from_name: "Ann", provider_ids: { username: "ann" } },
    ]);
  });
});

// https://www.plivo.com/docs/messaging/api/message/handling-incoming
it("Plivo tells itself that somebody opts out, and how it bills is no content", async () => {
  const told = {
    Text: "CANCELAR",
    MessageIntent: "optout",
    Units: "1",
    TotalRate: "0",
    TotalAmount: "0",
    PowerpackUUID: "p",
  };
  const body = form({ MessageUUID: "m", From: "1", To: "2", ...told });
  expect(await received("plivo-sms", body, {}, FORM)).toMatchObject([
    { opt_out: true, content: { MessageIntent: "optout" }, provider_ids: { PowerpackUUID: "p" } },
  ]);
});
