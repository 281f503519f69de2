import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CALLBACK_URL, called, sourceWith, verifyContext } from "../../../../test/inbound/callback.ts";
import { FORM_TYPE, JSON_TYPE } from "../../../../test/support/callback-forms.ts";
import { MalformedCallback } from "../../provider.ts";
import { twilioSms } from "./provider.ts";

const TOKEN = "12345";
const source = sourceWith({ auth_token: TOKEN });

/** Over what is signed, written out by hand. */
const sign = (signed: string, token = TOKEN) => createHmac("sha1", token).update(signed, "utf8").digest("base64");
const verify = (given: Parameters<typeof called>[0], signature: string, from = source) =>
  twilioSms.verify(
    called({ ...given, headers: { ...given.headers, "X-Twilio-Signature": signature } }),
    from,
    verifyContext(),
  );

/** As Twilio says which key it has signed by: https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys */
const SETTINGS = "X-Twilio-Webhooks-Signature-Settings";

describe("a signature by a shared key", () => {
  const KEY = "a-shared-key";
  const body = "MessageSid=SM1&Body=a+b";
  const signed = `${CALLBACK_URL}Bodya bMessageSidSM1`;
  const by = (hash: string, key: string) => createHmac(hash, key).update(signed, "utf8").digest("base64");
  const named = (algorithm: string) => ({ ...FORM_TYPE, [SETTINGS]: `key=WK1,algorithm=${algorithm}` });
  const both = sourceWith({ auth_token: TOKEN, shared_key: KEY });
  const alone = sourceWith({ shared_key: ["old", KEY] });

  it("is HMAC-SHA256 over the same text", async () => {
    for (const from of [both, alone]) {
      expect(await verify({ headers: named("HMAC_SHA256"), body }, by("sha256", KEY), from)).toBe("verified");
      expect(await verify({ headers: named("HMAC_SHA256"), body: `${body}c` }, by("sha256", KEY), from)).toBe(
        "bad_signature",
      );
      expect(await verify({ headers: named("HMAC_SHA256"), body }, by("sha256", TOKEN), from)).toBe("bad_signature");
      expect(await verify({ headers: named("HMAC_SHA256"), body }, by("sha1", KEY), from)).toBe("bad_signature");
    }
  });

  it("is never made weaker by what the header says, which nobody has signed", async () => {
    for (const from of [both, alone]) {
      for (const algorithm of ["HMAC_SHA1", "HMAC_MD5", "none", ""]) {
        expect(await verify({ headers: named(algorithm), body }, by("sha1", KEY), from)).toBe("unsupported");
      }
      const unnamed = { ...FORM_TYPE, [SETTINGS]: "key=WK1" };
      expect(await verify({ headers: unnamed, body }, by("sha1", KEY), from)).toBe("unsupported");
    }
    // Without the header it is by the token, if the source has one, and never by the shared key.
    expect(await verify({ headers: FORM_TYPE, body }, by("sha1", TOKEN), both)).toBe("verified");
    expect(await verify({ headers: FORM_TYPE, body }, by("sha1", KEY), both)).toBe("bad_signature");
    expect(await verify({ headers: FORM_TYPE, body }, by("sha1", KEY), alone)).toBe("unsupported");
    expect(await verify({ headers: FORM_TYPE, body }, by("sha256", KEY), alone)).toBe("unsupported");
  });

  it("cannot be told where the source has no such key", async () => {
    expect(await verify({ headers: named("HMAC_SHA256"), body }, by("sha1", TOKEN))).toBe("unsupported");
  });

  it("takes one of token and key, at least", () => {
    const configIssue = (credentials: object) => twilioSms.configIssue({ credentials, options: {} });
    expect(configIssue({ shared_key: KEY })).toBeNull();
    expect(configIssue({ auth_token: TOKEN })).toBeNull();
    expect(configIssue({})).toMatchObject({ path: "credentials" });
  });
});

describe("a signature", () => {
  it("is the published one", async () => {
    // https://www.twilio.com/docs/usage/security#validating-requests
    const url = "https://example.com/myapp.php?foo=1&bar=2";
    const body = "CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212";
    const from = sourceWith({ auth_token: TOKEN }, {}, "https://example.com/myapp.php");
    expect(await verify({ url, headers: FORM_TYPE, body }, "L/OH5YylLD5NRKLltdqwSvS0BnU=", from)).toBe("verified");
    expect(await verify({ url, headers: FORM_TYPE, body: `${body}&X=` }, "L/OH5YylLD5NRKLltdqwSvS0BnU=", from)).toBe(
      "bad_signature",
    );
  });

  it.each([
    ["sorts by code unit, upper case first", "b=2&B=1&a=3", "B1a3b2"],
    ["decodes plus, escapes and unicode", "Body=a+b%2Bc+%F0%9F%98%80%C3%A9&x=%26%3D", "Bodya b+c 😀éx&="],
    ["takes a name without a value", "Body=&Empty&From=%2B1", "BodyEmptyFrom+1"],
    ["takes a name's different values in order", "M=b&M=a&M=b&A=1", "A1MaMb"],
    ["takes quotes as they are", "Body=it%27s+%22so%22", `Bodyit's "so"`],
  ])("%s", async (_, body, signed) => {
    expect(await verify({ headers: FORM_TYPE, body }, sign(CALLBACK_URL + signed))).toBe("verified");
  });

  it("is taken with either of two tokens, and with no third", async () => {
    const from = sourceWith({ auth_token: ["old", "new"] });
    const body = "A=1";
    for (const [token, verdict] of [
      ["old", "verified"],
      ["new", "verified"],
      ["other", "bad_signature"],
    ] as const) {
      expect(await verify({ headers: FORM_TYPE, body }, sign(`${CALLBACK_URL}A1`, token), from)).toBe(verdict);
    }
  });

  it("of a GET covers the URL alone", async () => {
    const query = "From=%2B1&Body=a+b&Body=";
    expect(await verify({ query }, sign(`${CALLBACK_URL}?${query}`))).toBe("verified");
    expect(await verify({ query: `${query}x` }, sign(`${CALLBACK_URL}?${query}`))).toBe("bad_signature");
    expect(
      await verify({ query, method: "GET", body: "A=1", headers: FORM_TYPE }, sign(`${CALLBACK_URL}?${query}`)),
    ).toBe("bad_signature");
  });

  it("is over the URL as it was configured, or with a port", async () => {
    const from = sourceWith({ auth_token: TOKEN }, {}, "https://Hooks.Example.com/a'b");
    const request = { url: "https://hooks.example.com/a'b", query: "q=%27+x", headers: FORM_TYPE, body: "A=1" };
    for (const url of [
      "https://Hooks.Example.com/a'b?q='+x",
      "https://Hooks.Example.com:443/a'b?q=%27+x",
      "https://Hooks.Example.com/a'b?q='%20x",
    ]) {
      expect(await verify(request, sign(`${url}A1`), from)).toBe("verified");
    }
    expect(await verify(request, sign("http://Hooks.Example.com/a'b?q='+xA1"), from)).toBe("bad_signature");
  });

  it("is over a URL without its fragment, which no request bears", async () => {
    // https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: #rc=3&rp=all is for Twilio alone.
    const request = { url: CALLBACK_URL, headers: FORM_TYPE, body: "A=1" };
    expect(await verify(request, sign(`${CALLBACK_URL}A1`))).toBe("verified");
    expect(await verify(request, sign(`${CALLBACK_URL}#rc=3&rp=allA1`))).toBe("bad_signature");
  });

  it("of another body needs its digest in the URL", async () => {
    const body = '{"a":"é"}';
    const hash = createHash("sha256").update(body).digest("hex");
    const query = `bodySHA256=${hash}`;
    const signature = sign(`${CALLBACK_URL}?${query}`);
    expect(await verify({ query, headers: JSON_TYPE, body }, signature)).toBe("verified");
    expect(await verify({ query, headers: JSON_TYPE, body: '{"a":"e"}' }, signature)).toBe("bad_signature");
    expect(await verify({ query, headers: JSON_TYPE, body: "" }, signature)).toBe("bad_signature");
    // The digest belongs to another body than the form, though nothing is to be appended.
    expect(await verify({ query, headers: FORM_TYPE, body: "" }, signature)).toBe("bad_signature");
    expect(await verify({ headers: JSON_TYPE, body }, sign(CALLBACK_URL))).toBe("bad_signature");
    expect(await verify({ body }, sign(CALLBACK_URL))).toBe("bad_signature");
  });

  it("is missed", async () => {
    expect(await twilioSms.verify(called({ body: "A=1", headers: FORM_TYPE }), source, verifyContext())).toBe(
      "missing_signature",
    );
    for (const none of [" ", "%", "AAAA"]) {
      expect(await verify({ headers: FORM_TYPE, body: "A=1" }, none)).not.toBe("verified");
    }
  });
});

it("wants a token, or two", () => {
  for (const auth_token of ["", [], ["a", ""], ["a", "b", "c"]]) {
    expect(twilioSms.credentials.safeParse({ auth_token }).success).toBe(false);
  }
  expect(twilioSms.options.safeParse({ tolerance: 1 }).success).toBe(false);
});

const normalise = (body: string) => twilioSms.normalise(called({ body, headers: FORM_TYPE }), source);

describe("a status", () => {
  it("is told with its error", async () => {
    expect(
      await normalise("MessageSid=SM1&SmsSid=SM1&MessageStatus=undelivered&To=%2B1&From=%2B2&ErrorCode=30003&To=%2B1"),
    ).toEqual([
      {
        type: "status",
        channel: "sms",
        status: "failed",
        message_id: "SM1",
        recipient: "+1",
        error: { code: "30003", text: null },
        occurred_at: null,
        dedup_key: "SM1|undelivered",
        raw: {
          MessageSid: "SM1",
          SmsSid: "SM1",
          MessageStatus: "undelivered",
          To: ["+1", "+1"],
          From: "+2",
          ErrorCode: "30003",
        },
      },
    ]);
  });

  it.each(["partially_delivered", "constructor", "__proto__"])("that nobody knows is ignored: %s", async (status) => {
    expect(await normalise(`MessageSid=SM1&MessageStatus=${status}&To=%2B1`)).toMatchObject([
      { type: "ignored", dedup_key: `SM1|${status}` },
    ]);
  });

  it("may come in a query", async () => {
    const request = called({ query: "MessageSid=SM1&MessageStatus=sent&To=%2B1" });
    expect(await twilioSms.normalise(request, source)).toMatchObject([{ status: "sent", recipient: "+1" }]);
  });
});

describe("an incoming message", () => {
  const message = "MessageSid=SM2&SmsStatus=received&From=%2B1&To=%2B2&NumMedia=0";

  it("is told with its files", async () => {
    const media =
      "MediaUrl0=https%3A%2F%2Fa.example%2F1&MediaContentType0=image%2Fjpeg&MediaUrl1=https%3A%2F%2Fa.example%2F2";
    expect(await normalise(`${message}&Body=&${media}`)).toMatchObject([
      {
        type: "inbound",
        channel: "sms",
        message_id: "SM2",
        from: "+1",
        to: ["+2"],
        text: "",
        media: [
          { content_type: "image/jpeg", url: "https://a.example/1" },
          { content_type: null, url: "https://a.example/2" },
        ],
        dedup_key: "SM2",
      },
    ]);
  });

  it.each([
    ["Body=stop", true],
    ["Body=Bitte+nicht&OptOutType=STOP", true],
    ["Body=START&OptOutType=START", undefined],
    ["Body=STOP&OptOutType=HELP", undefined],
    ["Body=Hello", undefined],
  ])("opts out or not: %s", async (more, optsOut) => {
    const [record] = await normalise(`${message}&${more}`);
    expect(record && "opt_out" in record ? record.opt_out : undefined).toBe(optsOut);
  });

  it.each(["", "A=1", "MessageSid=SM1&Body=x", "%FF"])("that makes no sense is malformed: %s", async (body) => {
    await expect(normalise(body)).rejects.toThrow(MalformedCallback);
  });
});

it("answers messages with nothing in TwiML, and statuses with nothing", async () => {
  const inbound = await normalise("MessageSid=SM2&From=%2B1&To=%2B2&Body=x");
  expect(twilioSms.respond(inbound)).toEqual({ status: 200, contentType: "text/xml", body: "<Response/>" });
  expect(twilioSms.respond(await normalise("MessageSid=SM1&MessageStatus=sent"))).toEqual({ status: 204 });
  expect(twilioSms.refuse("missing_signature").status).toBe(401);
  expect(twilioSms.refuse("bad_signature").status).toBe(403);
});
