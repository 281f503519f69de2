import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at as atTime, CALLBACK_URL, called, sourceWith } from "../../../../test/inbound/callback.ts";
import { JSON_TYPE } from "../../../../test/support/callback-forms.ts";
import { MalformedCallback } from "../../provider.ts";
import { bird } from "./provider.ts";

const NOW = 1_719_823_259;
const NOTIFICATIONS = { generation: "notifications" };

describe("a notification's signature", () => {
  const BODY = '{"event":"sms.outbound","payload":{"id":"é"}}';
  const source = (options: object = {}, callbackUrl = CALLBACK_URL) =>
    sourceWith({ signing_key: ["key", "next"] }, { ...NOTIFICATIONS, ...options }, callbackUrl);
  /** Over the URL as it is signed, written out by hand. */
  const sign = (url: string, key = "key", time = String(NOW)) => ({
    ...JSON_TYPE,
    "messagebird-request-timestamp": time,
    "messagebird-signature": createHmac("sha256", key)
      .update(`${time}\n${url}\n`)
      .update(createHash("sha256").update(BODY).digest())
      .digest("base64"),
  });
  const verify = (given: Parameters<typeof called>[0], from = source(), now = NOW) =>
    bird.verify(called({ body: BODY, ...given }), from, atTime(now));

  it("covers the whole URL and the body, with either of two keys", async () => {
    const url = `${CALLBACK_URL}?tenant=1`;
    expect(await verify({ query: "tenant=1", headers: sign(url) })).toBe("verified");
    expect(await verify({ query: "tenant=1", headers: sign(url, "next") })).toBe("verified");
    expect(await verify({ query: "tenant=1", headers: sign(url, "other") })).toBe("bad_signature");
    expect(await verify({ query: "tenant=2", headers: sign(url) })).toBe("bad_signature");
    expect(await verify({ query: "tenant=1", headers: sign(url), body: `${BODY}\n` })).toBe("bad_signature");
  });

  it("is over the URL as it was configured", async () => {
    const from = source({}, "https://Hooks.Example.com");
    const given = { url: "https://hooks.example.com/", query: "q=%27" };
    expect(await verify({ ...given, headers: sign("https://Hooks.Example.com?q='") }, from)).toBe("verified");
  });

  it("is five minutes old at most", async () => {
    const headers = sign(CALLBACK_URL);
    expect(await verify({ headers }, source(), NOW + 300)).toBe("verified");
    expect(await verify({ headers }, source(), NOW + 301)).toBe("stale");
    expect(await verify({ headers }, source({ tolerance: 0 }), 0)).toBe("verified");
    expect(await verify({ headers: sign(CALLBACK_URL, "key", "now") })).toBe("malformed");
  });

  it("is missed", async () => {
    expect(await verify({ headers: JSON_TYPE })).toBe("missing_signature");
    expect(bird.refuse("missing_signature").status).toBe(401);
  });
});

describe("an event's signature", () => {
  const KEY = Buffer.from("a key that is bytes").toString("base64");
  const BODY = '{"type":"sms.sent","data":{}}';
  const sign = (key: string, time = NOW) => ({
    ...JSON_TYPE,
    "webhook-id": "evt_1",
    "webhook-timestamp": String(time),
    "webhook-signature": `v1,${createHmac("sha256", Buffer.from(key, "base64")).update(`evt_1.${time}.${BODY}`).digest("base64")}`,
  });
  const source = sourceWith({ signing_key: [`whsec_${Buffer.from("next").toString("base64")}`, `whsec_${KEY}`] });
  const verify = (headers: Record<string, string>, body = BODY) =>
    bird.verify(called({ body, headers }), source, atTime(NOW));

  it("is that of Standard Webhooks, unless it is told otherwise", async () => {
    expect(await verify(sign(KEY))).toBe("verified");
    expect(await verify(sign(Buffer.from("next").toString("base64")))).toBe("verified");
    expect(await verify(sign(KEY), `${BODY} `)).toBe("bad_signature");
    expect(await verify(sign(KEY, NOW - 301))).toBe("stale");
    expect(await verify(JSON_TYPE)).toBe("missing_signature");
  });

  it("does not stand for a notification's", async () => {
    const other = sourceWith({ signing_key: `whsec_${KEY}` }, NOTIFICATIONS);
    expect(await bird.verify(called({ body: BODY, headers: sign(KEY) }), other, atTime(NOW))).toBe("missing_signature");
  });
});

it("wants keys that can be ones", () => {
  const fault = (signing_key: unknown) => bird.credentials.safeParse({ signing_key }).success;
  expect(fault("text")).toBe(true);
  expect(fault("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).toBe(true);
  for (const bad of ["", "whsec_", "whsec_?", ["a", "b", "c"]]) expect(fault(bad)).toBe(false);
});

const normalise = (event: unknown, options: object = {}, headers: Record<string, string> = { "webhook-id": "evt_1" }) =>
  bird.normalise(
    called({ body: JSON.stringify(event), headers: { ...JSON_TYPE, ...headers } }),
    sourceWith({ signing_key: "key" }, options),
  );
const at = "2026-01-01T00:00:00Z";

describe("an event", () => {
  it("of a status is told, under the callback's id", async () => {
    const event = {
      type: "sms.undelivered",
      timestamp: at,
      data: { sms_id: "sms_1", to: "+1", from: "+2", error: { code: "unreachable", description: "Handset off" } },
    };
    expect(await normalise(event)).toEqual([
      {
        type: "status",
        channel: "sms",
        status: "failed",
        message_id: "sms_1",
        recipient: "+1",
        error: { code: "unreachable", text: "Handset off" },
        occurred_at: "2026-01-01T00:00:00.000Z",
        dedup_key: "evt_1",
        raw: event,
      },
    ]);
  });

  it("of a bounce says whether it may pass", async () => {
    const data = { email_id: "e1", recipient: "a@b.example", bounce_type: "soft", bounce_code: "452" };
    expect(await normalise({ type: "email.bounced", timestamp: at, data })).toMatchObject([
      { channel: "email", status: "bounced", soft: true, recipient: "a@b.example", error: { code: "452", text: null } },
    ]);
  });

  it("of a message is told", async () => {
    const people = { from: { phone_number: "+1", display_name: "Zoë" }, to: { phone_number: "+2" } };
    const of = (data: object, type = "whatsapp.received") =>
      normalise({ type, timestamp: at, data: { whatsapp_id: "wam_1", ...people, ...data } });
    const common = { type: "inbound", channel: "whatsapp", from: "+1", from_name: "Zoë", to: ["+2"] };
    expect(await of({ text: { body: "Hi" } })).toMatchObject([{ ...common, message_id: "wam_1", text: "Hi" }]);
    expect(
      await of({
        document: {
          id: "f1",
          url: "https://a.example/1",
          mime_type: "application/pdf",
          filename: "a.pdf",
          caption: "Look",
        },
      }),
    ).toMatchObject([
      {
        ...common,
        text: "Look",
        media: [
          { content_type: "application/pdf", url: "https://a.example/1", provider_media_id: "f1", filename: "a.pdf" },
        ],
      },
    ]);
    const reply = { interactive_reply: { type: "button", button: { slug: "yes", text: "Yes" } } };
    expect(await of({ ...reply, in_reply_to_message_id: "wam_0" })).toMatchObject([
      { ...common, text: "Yes", button: "yes", in_reply_to: "wam_0" },
    ]);
    expect(await of({ location: { latitude: 1, longitude: 2.5 } })).toMatchObject([{ location: { lat: 1, lon: 2.5 } }]);
    expect(await of({ unsupported: { type: "poll" } })).toMatchObject([{ unsupported: true }]);
    expect(await of({ emoji: "👍" }, "whatsapp.reacted")).toMatchObject([
      { ...common, message_id: null, reaction_to: "wam_1", text: "👍" },
    ]);
  });

  it("of a text message or an email that came in is told", async () => {
    const sms = { sms_id: "sms_2", from: "+1", to: "+2", text: "STOP" };
    expect(await normalise({ type: "sms.received", timestamp: at, data: sms })).toMatchObject([
      { channel: "sms", message_id: "sms_2", from: "+1", to: ["+2"], text: "STOP", opt_out: true },
    ]);
    const email = {
      inbound_message_id: "in_1",
      message_id: "<1@a>",
      from: "a@a.example",
      to: ["b@b.example"],
      subject: "Hi",
    };
    expect(await normalise({ type: "email.received", timestamp: at, data: email })).toMatchObject([
      { channel: "email", message_id: "<1@a>", from: "a@a.example", to: ["b@b.example"], subject: "Hi", text: null },
    ]);
  });

  it.each(["domain.verified", "sms.constructor", "toString.sent", "sms"])(
    "of another kind is ignored: %s",
    async (type) => {
      expect(await normalise({ type, data: {} })).toMatchObject([{ type: "ignored", dedup_key: "evt_1" }]);
    },
  );

  it("has the id that was signed", async () => {
    const signed = { "svix-id": "evt_1", "svix-timestamp": "1", "svix-signature": "v1,x" };
    const [record] = await normalise({ type: "sms.sent", data: {} }, {}, { ...signed, "webhook-id": "evt_2" });
    expect(record).toMatchObject({ dedup_key: "evt_1" });
  });
});

describe("a notification", () => {
  const of = (event: string, payload: object) => normalise({ service: "channels", event, payload }, NOTIFICATIONS, {});

  it("of a status is told", async () => {
    const receiver = { contacts: [{ identifierKey: "phonenumber", identifierValue: "+1" }] };
    const message = { id: "m1", status: "delivery_failed", reason: "Unknown", receiver, lastStatusAt: at };
    expect(await of("sms.outbound", message)).toMatchObject([
      {
        type: "status",
        channel: "sms",
        status: "failed",
        message_id: "m1",
        recipient: "+1",
        error: { code: null, text: "Unknown" },
        occurred_at: "2026-01-01T00:00:00.000Z",
        dedup_key: "m1|delivery_failed",
      },
    ]);
  });

  it("of a message is told", async () => {
    const message = {
      id: "m2",
      sender: { contact: { identifierValue: "+1", annotations: { name: "Zoë" } } },
      receiver: { connector: { identifierValue: "+2" } },
      body: { type: "image", image: { text: "Look", images: [{ mediaUrl: "https://a.example/1" }] } },
      createdAt: at,
    };
    expect(await of("whatsapp.inbound", message)).toMatchObject([
      {
        type: "inbound",
        channel: "whatsapp",
        from: "+1",
        from_name: "Zoë",
        to: ["+2"],
        text: "Look",
        media: [{ content_type: null, url: "https://a.example/1" }],
        dedup_key: "m2",
      },
    ]);
  });

  it("of another kind, or of an unknown status, is ignored", async () => {
    expect(await of("sms.interaction", { id: "m1" })).toMatchObject([{ type: "ignored" }]);
    expect(await of("sms.outbound", { id: "m1", status: "valueOf" })).toMatchObject([
      { type: "ignored", dedup_key: "m1|valueOf" },
    ]);
  });

  it("without what it must have is malformed", async () => {
    for (const message of [{}, { id: "m1" }]) {
      await expect(of("sms.outbound", message)).rejects.toThrow(MalformedCallback);
      await expect(of("sms.inbound", message)).rejects.toThrow(MalformedCallback);
    }
  });
});

it.each([[], null, "x", {}, { type: 1 }])("finds no sense in: %j", async (event) => {
  const options = event && typeof event === "object" && "type" in event ? NOTIFICATIONS : {};
  await expect(normalise(event, options)).rejects.toThrow(MalformedCallback);
});
