import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CALLBACK_URL, called, sourceWith, verifyContext } from "../../../../test/inbound/callback.ts";
import { FORM_TYPE } from "../../../../test/support/callback-forms.ts";
import { MalformedCallback } from "../../provider.ts";
import { plivoSms } from "./provider.ts";

const source = (options: object = {}, callbackUrl = CALLBACK_URL) =>
  sourceWith({ auth_token: ["tok", "next"] }, options, callbackUrl);

/** Over what is signed, written out by hand. */
const sign = (signed: string, token = "tok") => createHmac("sha256", token).update(signed, "utf8").digest("base64");
const v3 = (signed: string, name = "Ma-V3") => ({
  [`X-Plivo-Signature-${name}`]: sign(signed),
  "X-Plivo-Signature-V3-Nonce": "42",
});
const v2 = (name = "Ma-V2") => ({
  [`X-Plivo-Signature-${name}`]: sign(`${CALLBACK_URL}7`),
  "X-Plivo-Signature-V2-Nonce": "7",
});
const verify = (given: Parameters<typeof called>[0], from = source()) =>
  plivoSms.verify(called({ ...given, headers: { ...FORM_TYPE, ...given.headers } }), from, verifyContext());

describe("version 3", () => {
  it.each([
    ["a form", { body: "b=2&a=x+y" }, `${CALLBACK_URL}?ax yb2.42`],
    ["a form and a query", { body: "b=2&a=%C3%A9", query: "d=%26&c=" }, `${CALLBACK_URL}?c=&d=&.aéb2.42`],
    ["an empty form and a query", { body: "", query: "a=1" }, `${CALLBACK_URL}?a=1.42`],
    ["an empty form", { body: "" }, `${CALLBACK_URL}.42`],
    ["a query", { query: "b=it%27s&a=1+2" }, `${CALLBACK_URL}?a=1 2&b=it's.42`],
    ["names with several values", { body: "a=2&a=1&A=3&a=" }, `${CALLBACK_URL}?A3aa1a2.42`],
  ])("covers %s", async (_, given, signed) => {
    expect(await verify({ ...given, headers: v3(signed) })).toBe("verified");
    expect(await verify({ ...given, headers: v3(signed, "V3") })).toBe("verified");
    expect(await verify({ ...given, headers: v3(`${signed}1`) })).toBe("bad_signature");
  });

  it("is taken by the main account's header or the other, among several, with either of two tokens", async () => {
    const signed = `${CALLBACK_URL}?a1.42`;
    const nonce = { "X-Plivo-Signature-V3-Nonce": "42" };
    const wrong = sign("something else");
    for (const headers of [
      { ...nonce, "X-Plivo-Signature-Ma-V3": sign(signed), "X-Plivo-Signature-V3": wrong },
      { ...nonce, "X-Plivo-Signature-Ma-V3": wrong, "X-Plivo-Signature-V3": `${wrong}, ${sign(signed, "next")}` },
    ]) {
      expect(await verify({ body: "a=1", headers })).toBe("verified");
    }
    const other = { ...nonce, "X-Plivo-Signature-V3": sign(signed, "other") };
    expect(await verify({ body: "a=1", headers: other })).toBe("bad_signature");
  });

  it("is not replaced by version 2, whatever is left of it", async () => {
    for (const rest of [{ "X-Plivo-Signature-V3-Nonce": "42" }, { "X-Plivo-Signature-V3": sign("") }, v3("wrong")]) {
      expect(await verify({ body: "a=1", headers: { ...v2(), ...rest } })).not.toBe("verified");
    }
  });

  it("reads any body as the form that it is taken for", async () => {
    const body = '{"a":1}';
    const headers = { ...v3(`${CALLBACK_URL}.42`), "content-type": "application/json" };
    expect(await verify({ body, headers })).toBe("bad_signature");
  });
});

describe("version 2", () => {
  it("covers the URL without its query, and nothing else", async () => {
    expect(await verify({ body: "a=1", query: "b=2", headers: v2() })).toBe("verified");
    expect(await verify({ body: "a=TAMPERED", headers: v2("V2") })).toBe("verified");
    expect(await verify({ url: `${CALLBACK_URL}x`, body: "a=1", headers: v2() }, source({}, `${CALLBACK_URL}x`))).toBe(
      "bad_signature",
    );
  });

  it("may be refused", async () => {
    expect(await verify({ body: "a=1", headers: v2() }, source({ require_v3: true }))).toBe("unsupported");
  });

  it("is over the URL as it was configured, without the slash that the runtime shows", async () => {
    // plivo-node, test/utils.js
    const headers = {
      "X-Plivo-Signature-V2": "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=",
      "X-Plivo-Signature-V2-Nonce": "12345",
    };
    const from = sourceWith({ auth_token: "my_auth_token" }, {}, "https://answer.url");
    expect(await verify({ url: "https://answer.url/", body: "", headers }, from)).toBe("verified");
  });
});

it("misses a signature", async () => {
  for (const headers of [{}, { "X-Plivo-Signature": "v1" }, { "X-Plivo-Signature-V2": sign("x") }]) {
    expect(await verify({ body: "a=1", headers })).toBe("missing_signature");
  }
  expect(plivoSms.refuse("missing_signature").status).toBe(401);
  expect(plivoSms.refuse("unsupported").status).toBe(400);
  expect(plivoSms.respond([])).toEqual({ status: 200 });
  expect(plivoSms.credentials.safeParse({ auth_token: "" }).success).toBe(false);
});

const normalise = (body: string) => plivoSms.normalise(called({ body, headers: FORM_TYPE }), source());

describe("a status", () => {
  it("is told with its time and its error", async () => {
    const times =
      "QueuedTime=2026-01-01+10%3A00%3A00.1&SentTime=2026-01-01+10%3A00%3A01&DeliveryReportTime=2026-01-01+10%3A00%3A02";
    const [sent] = await normalise(`MessageUUID=u&To=1&From=2&Type=sms&Status=sent&${times}&ErrorCode=000`);
    expect(sent).toMatchObject({ status: "sent", recipient: "1", occurred_at: "2026-01-01T10:00:01.000Z" });
    expect(sent).not.toHaveProperty("error");
    expect(await normalise(`MessageUUID=u&To=1&Type=whatsapp&Status=undelivered&${times}&ErrorCode=30`)).toMatchObject([
      {
        channel: "whatsapp",
        status: "failed",
        error: { code: "30", text: null },
        occurred_at: "2026-01-01T10:00:02.000Z",
        dedup_key: "u|undelivered",
      },
    ]);
  });

  it("may come in a query, and is ignored where nobody knows it", async () => {
    const request = called({ query: "MessageUUID=u&Status=valueOf" });
    expect(await plivoSms.normalise(request, source())).toMatchObject([{ type: "ignored", dedup_key: "u|valueOf" }]);
  });
});

describe("an incoming message", () => {
  it("is told with its files, though they are counted from one", async () => {
    const media = "Media1=https%3A%2F%2Fa.example%2F1&Media2=https%3A%2F%2Fa.example%2F2";
    expect(await normalise(`MessageUUID=u&From=1&To=2&Type=mms&Body=&${media}`)).toMatchObject([
      { media: [{ url: "https://a.example/1" }, { url: "https://a.example/2" }] },
    ]);
  });

  it("is told with its files", async () => {
    const media = "Media0=https%3A%2F%2Fa.example%2F0&Media1=https%3A%2F%2Fa.example%2F1";
    expect(await normalise(`MessageUUID=u&From=1&To=2&Type=mms&Body=caption&${media}`)).toMatchObject([
      {
        type: "inbound",
        channel: "sms",
        from: "1",
        to: ["2"],
        text: "caption",
        media: [
          { content_type: null, url: "https://a.example/0" },
          { content_type: null, url: "https://a.example/1" },
        ],
        dedup_key: "u",
      },
    ]);
    expect(await normalise("MessageUUID=u&From=1&To=2&Text=STOP")).toMatchObject([{ text: "STOP", opt_out: true }]);
    expect(await normalise("MessageUUID=u&From=1&To=2&Text=")).toMatchObject([{ text: "", media: [] }]);
  });

  it.each(["", "From=1&To=2&Text=x", "MessageUUID=u&Text=x"])("that makes no sense is malformed: %s", async (body) => {
    await expect(normalise(body)).rejects.toThrow(MalformedCallback);
  });
});
