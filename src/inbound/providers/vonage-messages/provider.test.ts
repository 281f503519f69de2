import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, called, sourceWith } from "../../../../test/inbound/callback.ts";
import { JSON_TYPE } from "../../../../test/support/callback-forms.ts";
import { MalformedCallback } from "../../provider.ts";
import { vonageMessages } from "./provider.ts";

const NOW = 1_767_225_601;
const SECRET = "Vx9sigsecretVx9sigsecretVx9sigse";
const BODY = '{"message_uuid":"u1","status":"delivered","channel":"sms","text":"é"}';
const source = (options: object = {}) => sourceWith({ signature_secret: [SECRET, "next"] }, options);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const CLAIMS = {
  iat: NOW,
  jti: "j1",
  iss: "Vonage",
  payload_hash: createHash("sha256").update(BODY).digest("hex"),
  api_key: "a1b2c3d",
};
const token = (claims: object, header: object = { alg: "HS256", typ: "JWT" }, secret = SECRET, hash = "sha256") => {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
};
const verify = (jwt: string, { body = BODY, options = {}, now = NOW, taken = new Set<string>() } = {}) =>
  vonageMessages.verify(
    called({ body, headers: { ...JSON_TYPE, authorization: `Bearer ${jwt}` } }),
    source(options),
    at(now, taken),
  );

describe("a token", () => {
  it("is taken with either of two secrets, and with no third", async () => {
    expect(await verify(token(CLAIMS))).toBe("verified");
    expect(await verify(token(CLAIMS, undefined, "next"))).toBe("verified");
    expect(await verify(token(CLAIMS, undefined, "other"))).toBe("bad_signature");
  });

  it("covers the body, letter by letter", async () => {
    expect(await verify(token(CLAIMS), { body: BODY.replace("é", "\\u00e9") })).toBe("bad_signature");
    const upper = { ...CLAIMS, payload_hash: CLAIMS.payload_hash.toUpperCase() };
    expect(await verify(token(upper))).toBe("verified");
  });

  it("is issued now, give or take five minutes", async () => {
    for (const [iat, verdict] of [
      [NOW - 300, "verified"],
      [NOW + 300, "verified"],
      [NOW - 301, "stale"],
      [NOW + 301, "stale"],
      [String(NOW), "stale"],
      [undefined, "stale"],
    ] as const) {
      expect(await verify(token({ ...CLAIMS, iat }))).toBe(verdict);
    }
    expect(await verify(token({ ...CLAIMS, iat: 0 }), { options: { tolerance: 0 } })).toBe("verified");
    expect(await verify(token({ ...CLAIMS, exp: NOW }))).toBe("stale");
  });

  it("is good for once", async () => {
    const taken = new Set<string>();
    expect(await verify(token(CLAIMS), { taken })).toBe("verified");
    expect(await verify(token(CLAIMS), { taken })).toBe("replayed");
    expect(await verify(token({ ...CLAIMS, jti: "j2" }), { taken })).toBe("verified");
    expect(await verify(token({ ...CLAIMS, jti: "" }), { taken })).toBe("malformed");
    expect([...taken]).toEqual(["j1", "j2"]);
  });

  it("that is refused uses up nothing", async () => {
    const taken = new Set<string>();
    expect(await verify(token(CLAIMS), { taken, body: "{}" })).toBe("bad_signature");
    expect(taken.size).toBe(0);
  });

  it("of another algorithm, or of none, is refused", async () => {
    expect(await verify(token(CLAIMS, { alg: "HS512" }, SECRET, "sha512"))).toBe("unsupported");
    expect(await verify(`${part({ alg: "none" })}.${part(CLAIMS)}.`)).toBe("unsupported");
    expect(await verify("x")).toBe("malformed");
  });

  it("of another issuer is refused", async () => {
    expect(await verify(token({ ...CLAIMS, iss: "Somebody" }))).toBe("bad_signature");
  });

  it("without the body's digest is refused, unless that is allowed", async () => {
    const { payload_hash, ...bare } = CLAIMS;
    const options = { allow_missing_payload_hash: true };
    expect(await verify(token(bare))).toBe("bad_signature");
    expect(await verify(token(bare), { options })).toBe("verified");
    expect(await verify(token({ ...bare, iat: 0 }), { options })).toBe("stale");
    expect(await verify(token({ exp: NOW + 1 }), { options })).toBe("verified");
    expect(await verify(token({ exp: NOW }), { options })).toBe("stale");
    // A digest that is there counts.
    expect(await verify(token({ ...bare, payload_hash: payload_hash.replace(/^./, "x") }), { options })).toBe(
      "bad_signature",
    );
    expect(await verify(token(CLAIMS), { options, body: "{}" })).toBe("bad_signature");
  });
});

it("asks for a callback without a token again", async () => {
  for (const authorization of ["", "Basic abc", "Bearer"]) {
    const request = called({ body: BODY, headers: { ...JSON_TYPE, authorization } });
    expect(await vonageMessages.verify(request, source(), at(NOW))).toBe("missing_signature");
  }
  expect(vonageMessages.refuse("missing_signature")).toEqual({ status: 503, headers: { "Retry-After": "5" } });
  expect(vonageMessages.refuse("replayed").status).toBe(403);
  expect(vonageMessages.respond([])).toEqual({ status: 200 });
});

const normalise = (event: object) =>
  vonageMessages.normalise(called({ body: JSON.stringify(event), headers: JSON_TYPE }), source());

describe("a status", () => {
  it("is told with its error", async () => {
    const event = {
      message_uuid: "u1",
      to: "447700900000",
      timestamp: "2026-01-01T14:00:00.000Z",
      status: "undeliverable",
      channel: "whatsapp",
      error: { title: 1320, detail: "Message already sent" },
    };
    expect(await normalise(event)).toEqual([
      {
        type: "status",
        channel: "whatsapp",
        status: "failed",
        message_id: "u1",
        recipient: "447700900000",
        error: { code: "1320", text: "Message already sent" },
        occurred_at: "2026-01-01T14:00:00.000Z",
        dedup_key: "u1|undeliverable",
        raw: event,
      },
    ]);
  });

  it("or a channel that nobody knows is ignored", async () => {
    expect(await normalise({ message_uuid: "u1", status: "warmed", channel: "sms" })).toMatchObject([
      { type: "ignored", dedup_key: "u1|warmed" },
    ]);
    expect(await normalise({ message_uuid: "u1", status: "read", channel: "viber_service" })).toMatchObject([
      { type: "ignored", dedup_key: "u1|read" },
    ]);
  });
});

describe("an incoming message", () => {
  const message = { channel: "whatsapp", message_uuid: "u2", to: "1", from: "2", profile: { name: "Zoë" } };

  it.each([
    [
      { message_type: "image", image: { url: "https://a.example/1", caption: "Look", name: "a.jpg" } },
      { text: "Look", media: [{ content_type: null, url: "https://a.example/1", filename: "a.jpg" }] },
    ],
    [
      { message_type: "reply", reply: { id: "yes", title: "Yes" }, context: { message_uuid: "u1" } },
      { text: "Yes", button: "yes", in_reply_to: "u1" },
    ],
    [
      { message_type: "button", button: { payload: "p", text: "Press" } },
      { text: "Press", button: "p" },
    ],
    [
      { message_type: "location", location: { lat: 1.5, long: 2 } },
      { text: null, location: { lat: 1.5, lon: 2 } },
    ],
    [
      { message_type: "reaction", reaction: { emoji: "👍" }, context: { message_uuid: "u1" } },
      { text: "👍", reaction_to: "u1" },
    ],
    [{ message_type: "unsupported" }, { unsupported: true }],
    [
      { message_type: "text", text: "STOP", channel: "sms" },
      { channel: "sms", opt_out: true },
    ],
  ])("is told: %j", async (content, expected) => {
    expect(await normalise({ ...message, ...content })).toMatchObject([
      { type: "inbound", channel: "whatsapp", from: "2", from_name: "Zoë", to: ["1"], dedup_key: "u2", ...expected },
    ]);
  });

  it.each([{}, [], "x", { message_uuid: "u", channel: "sms" }, { status: "read" }])(
    "that makes no sense is malformed: %j",
    async (event) => {
      await expect(normalise(event as object)).rejects.toThrow(MalformedCallback);
    },
  );
});
