import { describe, expect, it } from "vitest";
import type { KeptRecord } from "./contract.ts";
import { type Context, eventOf, typeOf } from "./events.ts";

const context: Context = {
  provider: "shopify",
  sourceId: "src_1",
  receiptId: "rcp_1",
  advanced: true,
  ticket: null,
  attachmentUrl: (index) => `https://x.example/${index}`,
};

const message = (more: object = {}): KeptRecord => ({
  type: "inbound",
  channel: "email",
  message_id: "<1@x>",
  from: "jane@example.com",
  to: ["support@example.com"],
  text: "hello",
  media: [],
  occurred_at: "2026-03-26T15:20:44.000Z",
  dedup_key: "k",
  raw: null,
  ...more,
});

const dataOf = (record: KeptRecord, more: Partial<Context> = {}) =>
  JSON.parse(eventOf(record, { ...context, ...more })?.data ?? "null") as Record<string, unknown>;

it.each([
  ["orders/create", "shopify.orders.create"],
  ["invoice.paid", "shopify.invoice.paid"],
  ["a b:c//d", "shopify.a_b.c.d"],
  ["../é", "shopify._"],
  ["x".repeat(300), `shopify.${"x".repeat(192)}`],
])("an event %s of a provider is of the type %s", (name, type) => {
  expect(typeOf("shopify", name)).toBe(type);
});

it("a status tells which participant of which group it is about", () => {
  const about = { recipient: "1", recipient_user_id: "US.1", group_id: "g1" };
  const status = { type: "status", channel: "whatsapp", status: "read", message_id: "m", raw: null } as const;
  expect(dataOf({ ...status, ...about, occurred_at: null, dedup_key: "k" })).toMatchObject(about);
});

describe("an event of others", () => {
  const generic = (text: string | null): KeptRecord => {
    return { type: "generic", event: "e", dedup_key: "k", occurred_at: null, raw: { id: 8.2e17 }, text };
  };

  it("has its payload digit for digit, where that was a whole body", () => {
    expect(eventOf(generic('{"id":820982911946154508,"p":1.0}'), context)?.data).toContain(
      '"payload":{"id":820982911946154508,"p":1.0}}',
    );
    expect(dataOf(generic(null)).payload).toEqual({ id: 8.2e17 });
  });

  it("has none where it is too long: the receipt has it", () => {
    expect(dataOf(generic(`"${"x".repeat(180_001)}"`)).payload).toBeNull();
  });
});

describe("a message", () => {
  it("tells what it is, and what came with it", () => {
    const told = {
      kind: "contacts",
      content: { contacts: [{}] },
      group_id: "g1",
      provider_ids: { wa_id: "1" },
    } as const;
    expect(dataOf(message({ channel: "whatsapp", ...told }))).toMatchObject(told);
  });

  it("tells when it is cut short, at no half of a character", () => {
    const data = dataOf(message({ text: `${"x".repeat(59_999)}😀`, html: "<p>" }));
    expect(data).toMatchObject({ truncated: ["text"], html: "<p>" });
    expect(String(data.text)).toHaveLength(60_000);
    expect(String(data.text).isWellFormed()).toBe(true);
    expect(dataOf(message())).not.toHaveProperty("truncated");
  });

  it("links to files that came along, and leaves the provider's own places", () => {
    const media = [
      { content_type: "image/png", filename: "a.png", size: 3 },
      { content_type: "image/jpeg", url: "https://api.twilio.com/1" },
      { content_type: "audio/ogg", provider_media_id: "7" },
    ];
    expect(dataOf(message({ media })).media).toEqual([
      { content_type: "image/png", filename: "a.png", size: 3, url: "https://x.example/0" },
      media[1],
      media[2],
    ]);
  });

  it("says all of a mail, and what of it is new, in whichever event it becomes", () => {
    const mail = message({ text: "new\n> old", reply: "new", quoted: "> old" });
    const parts = { text: "new\n> old", reply: "new", quoted: "> old" };
    expect(dataOf(mail)).toMatchObject(parts);
    const event = eventOf(mail, { ...context, ticket: "42" });
    expect(event?.type).toBe("ticket.message_created");
    expect(JSON.parse(event?.data ?? "")).toMatchObject({ ...parts, ticket_id: "42", direction: "incoming" });
  });

  it("has no more of a mail's parts than of the whole", () => {
    expect(dataOf(message({ text: "t", reply: "\ud83d", quoted: null, truncated: ["reply"] }))).toMatchObject({
      ...{ reply: "\ufffd", quoted: null, truncated: ["reply"] },
    });
    expect(dataOf(message({ channel: "sms" }))).not.toHaveProperty("reply");
  });

  it("of a ticket names everybody that its mail names, and its thread", () => {
    const people = {
      to: ["support@in.example.com", "b@x.example"],
      cc: ["c@x.example"],
      reply_to: ["help@x.example"],
      sender: "office@x.example",
      envelope: { from: "bounces@x.example", to: ["in@in.example.com"] },
      delivered_to: ["d@x.example"],
      references: ["<1@x.example>"],
      stored: { bucket: "mails", key: "in/1" },
    };
    const event = eventOf(message(people), { ...context, ticket: "42" });
    expect(JSON.parse(event?.data ?? "")).toMatchObject(people);
  });

  it("happened when its sender says, if that is a time", () => {
    expect(eventOf(message(), context)?.occurredAt).toBe(Date.UTC(2026, 2, 26, 15, 20, 44));
    for (const occurred_at of [null, "soon", "1960-01-01T00:00:00Z"]) {
      expect(eventOf(message({ occurred_at }), context)?.occurredAt).toBeNull();
    }
  });
});

it("what an operator should know is an event; what else is between the provider and us is none", () => {
  expect(eventOf({ type: "control", note: "Unsubscribed", alert: true }, context)).toMatchObject({
    type: "source.attention",
  });
  expect(eventOf({ type: "control", note: "Subscribed" }, context)).toBeNull();
  expect(eventOf({ type: "ignored", reason: "r", dedup_key: null }, context)).toBeNull();
});
