import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, called, sourceWith } from "../../../../test/inbound/callback.ts";
import { FORM_TYPE, JSON_TYPE } from "../../../../test/support/callback-forms.ts";
import { MalformedCallback } from "../../provider.ts";
import { vonageSms } from "./provider.ts";

const NOW = 1_700_000_000;
const SECRET = "my_secret";
const source = (options: object = {}) => sourceWith({ signature_secret: [SECRET, "next"] }, options);

/** Over what is signed, written out by hand. */
const md5 = (signed: string, secret = SECRET) =>
  createHash("md5")
    .update(signed + secret, "utf8")
    .digest("hex");
const verify = (given: Parameters<typeof called>[0], options: object = {}, now = NOW) =>
  vonageSms.verify(called(given), source(options), at(now));

const SIGNED = `&msisdn=1&text=a_b_c é&timestamp=${NOW}`;
const PARAMETERS = `text=a%26b%3Dc+%C3%A9&timestamp=${NOW}&msisdn=1`;

describe("a parameter that signs", () => {
  it("is the published one", async () => {
    // vonage-php-sdk-core, test/Client/SignatureTest.php
    const query =
      "message-timestamp=2013-11-21+17%3A37%3A31&messageId=030000002A267DBB&msisdn=14843472194&text=One+more+time&timestamp=1385055451&to=14849970568&type=text&sig=83c052a82906ec7c116e16f6d92f7eee";
    const from = sourceWith({ signature_secret: "my_secret_key_for_testing" });
    expect(await vonageSms.verify(called({ query }), from, at(1_385_055_452))).toBe("verified");
    expect(await vonageSms.verify(called({ query }), from, at(NOW))).toBe("stale");
  });

  it("comes in a query, a form or JSON, in hex of either case", async () => {
    const sig = md5(SIGNED);
    const json = JSON.stringify({ text: "a&b=c é", timestamp: NOW, msisdn: 1, sig });
    expect(await verify({ query: `${PARAMETERS}&sig=${sig}` })).toBe("verified");
    expect(await verify({ query: `sig=${sig.toUpperCase()}&${PARAMETERS}` })).toBe("verified");
    expect(await verify({ body: `${PARAMETERS}&sig=${sig}`, headers: FORM_TYPE })).toBe("verified");
    expect(await verify({ body: json, headers: JSON_TYPE })).toBe("verified");
    expect(await verify({ query: `${PARAMETERS}&sig=${sig}`, method: "POST" })).toBe("verified");
  });

  it.each(["md5", "sha1", "sha256", "sha512"])("may be an HMAC with %s, and then no other", async (algorithm) => {
    const sig = createHmac(algorithm, SECRET).update(SIGNED, "utf8").digest("hex");
    expect(await verify({ query: `${PARAMETERS}&sig=${sig}` }, { algorithm })).toBe("verified");
    expect(await verify({ query: `${PARAMETERS}&sig=${sig}` })).toBe("bad_signature");
  });

  it("is taken with either of two secrets, and with no third", async () => {
    expect(await verify({ query: `${PARAMETERS}&sig=${md5(SIGNED, "next")}` })).toBe("verified");
    expect(await verify({ query: `${PARAMETERS}&sig=${md5(SIGNED, "")}` })).toBe("bad_signature");
  });

  it("covers every parameter, those that are empty too", async () => {
    const sig = md5(`&a=&timestamp=${NOW}`);
    expect(await verify({ query: `timestamp=${NOW}&a=&sig=${sig}` })).toBe("verified");
    expect(await verify({ query: `timestamp=${NOW}&a=&b=&sig=${sig}` })).toBe("bad_signature");
  });

  it("counts where the parameters are, and covers the value that counts", async () => {
    const signed = `${PARAMETERS}&sig=${md5(SIGNED)}`;
    // A signed query beside a form that it does not cover.
    expect(await verify({ query: signed, body: "msisdn=2", headers: FORM_TYPE })).toBe("missing_signature");
    expect(await verify({ query: `msisdn=2&${signed}` })).toBe("verified");
    expect(await verify({ query: `${signed}&msisdn=2` })).toBe("bad_signature");
  });

  it("is too old, or bears no time, unless that does not matter", async () => {
    const query = `${PARAMETERS}&sig=${md5(SIGNED)}`;
    expect(await verify({ query }, { tolerance: 300 }, NOW + 300)).toBe("verified");
    expect(await verify({ query }, { tolerance: 300 }, NOW + 301)).toBe("stale");
    expect(await verify({ query }, { tolerance: 300 }, NOW - 301)).toBe("stale");
    expect(await verify({ query }, {}, NOW + 86_400)).toBe("verified");
    expect(await verify({ query }, {}, NOW + 86_401)).toBe("stale");
    expect(await verify({ query }, { tolerance: 0 }, 0)).toBe("verified");
    expect(await verify({ query: `a=1&sig=${md5("&a=1")}` })).toBe("stale");
    expect(await verify({ query: `timestamp=&sig=${md5("&timestamp=")}` })).toBe("stale");
  });

  it.each([
    [{ query: PARAMETERS }, "missing_signature"],
    [{ query: `${PARAMETERS}&sig=` }, "missing_signature"],
    [{ query: `${PARAMETERS}&sig=zz` }, "bad_signature"],
    [{ body: "{", headers: JSON_TYPE }, "malformed"],
    [{ body: '{"sig":{}}', headers: JSON_TYPE }, "malformed"],
  ])("is missed or makes no sense: %j", async (given, verdict) => {
    expect(await verify(given)).toBe(verdict);
  });
});

it("has no name that could stand for several parameters", async () => {
  // Signed for msisdn=1 and status=delivered, the two written as one name: the text to be signed is the same.
  const signature = md5(`&msisdn=1&status=delivered&timestamp=${NOW}`);
  expect(await verify({ query: `msisdn=1&status=delivered&timestamp=${NOW}&sig=${signature}` })).toBe("verified");
  const merged = `msisdn%3D1%26status=delivered&timestamp=${NOW}&sig=${signature}`;
  expect(await verify({ query: merged })).toBe("malformed");
});

it("wants secrets that are not empty, and settings that it knows", () => {
  for (const signature_secret of ["", ["a", ""], [], undefined]) {
    expect(vonageSms.credentials.safeParse({ signature_secret }).success).toBe(false);
  }
  expect(vonageSms.credentials.safeParse({ signature_secret: "" }).error?.issues[0]?.message).toBe(
    "It must not be empty",
  );
  expect(vonageSms.options.safeParse({ algorithm: "none" }).error?.issues[0]?.message).toMatch(/^Choose md5hash/);
});

describe("a token", () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const tokenFor = (body: string) => {
    const payload_hash = createHash("sha256").update(body).digest("hex");
    const signed = `${part({ alg: "HS256" })}.${part({ iat: NOW, jti: "j1", iss: "Vonage", payload_hash })}`;
    return `Bearer ${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
  };

  it("covers a body, and no query", async () => {
    const options = { scheme: "jwt" };
    const headers = { ...FORM_TYPE, authorization: tokenFor("a=1") };
    expect(await verify({ body: "a=1", headers }, options)).toBe("verified");
    expect(await verify({ body: "a=2", headers }, options)).toBe("bad_signature");
    expect(await verify({ body: "a=1", headers }, options, NOW + 301)).toBe("stale");
    const empty = { authorization: tokenFor("") };
    expect(await verify({ query: "msisdn=1", headers: empty }, options)).toBe("unsupported");
    expect(await verify({ query: "msisdn=1", headers: empty, method: "POST" }, options)).toBe("unsupported");
    expect(await verify({ query: "msisdn=1", headers: empty }, { ...options, allow_missing_payload_hash: true })).toBe(
      "verified",
    );
  });

  it("is not replaced by a parameter, nor does it replace one", async () => {
    expect(await verify({ query: `${PARAMETERS}&sig=${md5(SIGNED)}` }, { scheme: "jwt" })).toBe("missing_signature");
    expect(await verify({ body: "a=1", headers: { ...FORM_TYPE, authorization: tokenFor("a=1") } })).toBe(
      "missing_signature",
    );
  });
});

const normalise = (query: string) => vonageSms.normalise(called({ query }), source());

describe("a delivery receipt", () => {
  const receipt = "msisdn=1&to=ACME&messageId=M1&api-key=k&message-timestamp=2020-07-17+02%3A34%3A35";

  it("is told with its error and its time", async () => {
    expect(await normalise(`${receipt}&status=failed&err-code=6&scts=2007170234`)).toEqual([
      {
        type: "status",
        channel: "sms",
        status: "failed",
        message_id: "M1",
        recipient: "1",
        error: { code: "6", text: null },
        occurred_at: "2020-07-17T02:34:35.000Z",
        dedup_key: "M1|failed|2007170234",
        raw: {
          msisdn: "1",
          to: "ACME",
          messageId: "M1",
          "api-key": "k",
          "message-timestamp": "2020-07-17 02:34:35",
          status: "failed",
          "err-code": "6",
          scts: "2007170234",
        },
      },
    ]);
  });

  it("has no error where its code is zero, and no time in its key where there is none", async () => {
    const [record] = await normalise(`${receipt}&status=delivered&err-code=0&scts=1234567890`);
    expect(record).toMatchObject({ status: "delivered", dedup_key: "M1|delivered" });
    expect(record).not.toHaveProperty("error");
  });

  it.each(["unknown", "toString"])("that tells nothing is ignored: %s", async (status) => {
    expect(await normalise(`${receipt}&status=${status}`)).toMatchObject([{ type: "ignored" }]);
  });
});

describe("an incoming message", () => {
  it("is told, its number coerced where it came in JSON", async () => {
    const body = '{"msisdn":14845552121,"to":"16105553939","messageId":"M2","text":"Stop","type":"text"}';
    expect(await vonageSms.normalise(called({ body, headers: JSON_TYPE }), source())).toMatchObject([
      { type: "inbound", from: "14845552121", to: ["16105553939"], text: "Stop", opt_out: true, dedup_key: "M2" },
    ]);
  });

  it("may be one part of many, which opts nobody out", async () => {
    const part = "concat=true&concat-ref=4&concat-total=2&concat-part=1";
    const [record] = await normalise(`msisdn=1&to=2&messageId=M3&text=STOP&${part}`);
    expect(record).toMatchObject({ part: { number: 1, of: 2, reference: "4" }, dedup_key: "M3" });
    expect(record).not.toHaveProperty("opt_out");
  });

  it.each(["", "messageId=M1", "msisdn=1&text=x", "msisdn=1&messageId=M1&text=x"])(
    "that makes no sense is malformed: %s",
    async (query) => {
      await expect(normalise(query)).rejects.toThrow(MalformedCallback);
    },
  );
});

it("asks for an unsigned callback again", () => {
  expect(vonageSms.respond([])).toEqual({ status: 200 });
  expect(vonageSms.refuse("missing_signature").status).toBe(503);
  expect(vonageSms.refuse("bad_signature").status).toBe(403);
});
