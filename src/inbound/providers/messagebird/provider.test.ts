import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { at, CALLBACK_URL, called, sourceWith } from "../../../../test/inbound/callback.ts";
import { FORM_TYPE, JSON_TYPE } from "../../../../test/support/callback-forms.ts";
import { MalformedCallback } from "../../provider.ts";
import { messagebird } from "./provider.ts";

const NOW = 1_625_479_200;
const KEY = "secret";
const source = (options: object = {}, callbackUrl = CALLBACK_URL) =>
  sourceWith({ signing_key: [KEY, "next"] }, options, callbackUrl);
const sha256 = (text: string) => createHash("sha256").update(text, "utf8");

describe("a digest", () => {
  const HMAC = { generation: "hmac" };
  /** Over the query as it is signed, written out by hand. */
  const sign = (query: string, body = "", key = KEY, time = NOW) => ({
    "MessageBird-Request-Timestamp": String(time),
    "MessageBird-Signature": createHmac("sha256", key)
      .update(`${time}\n${query}\n`)
      .update(sha256(body).digest())
      .digest("base64"),
  });
  const verify = (given: Parameters<typeof called>[0], options: object = {}, now = NOW) =>
    messagebird.verify(called(given), source({ ...HMAC, ...options }), at(now));

  it.each([
    ["in order", "b=2&a=%c3%a9", "a=%c3%a9&b=2"],
    ["as it came", "b=2&a=1", "b=2&a=1"],
    ["as forms are written", "b=2&a=my%20ref%20(A)%27", "a=my+ref+%28A%29%27&b=2"],
    ["as node writes it", "b=2&a=my+ref+%28A%29%27", "a=my%20ref%20(A)'&b=2"],
    [
      "with the zone's plus",
      "statusDatetime=2019-01-11T09%3A17%3A11+00%3A00&a=1",
      "a=1&statusDatetime=2019-01-11T09%3A17%3A11%2B00%3A00",
    ],
    [
      "with the zone's plus, unescaped",
      "b=1&statusDatetime=2019-01-11T09:17:11+0000&a=x+0000",
      "a=x+0000&b=1&statusDatetime=2019-01-11T09:17:11%2B0000",
    ],
    [
      "with the zone's plus of the first time",
      "statusDatetime=a%2000%3A00&statusDatetime=b%2000%3A00",
      "statusDatetime=a%2B00%3A00&statusDatetime=b%2000%3A00",
    ],
    ["without values", "b&a=", "a=&b="],
    ["empty", "", ""],
  ])("covers the query %s", async (_, query, signed) => {
    expect(await verify({ query, headers: sign(signed) })).toBe("verified");
    expect(await verify({ query: `${query}&z=1`, headers: sign(signed) })).toBe("bad_signature");
  });

  it("covers the body, and may be made with either of two keys", async () => {
    const body = '{"a key":"some value"}';
    expect(await verify({ query: "a=1", body, headers: sign("a=1", body, "next") })).toBe("verified");
    expect(await verify({ query: "a=1", body, headers: sign("a=1", body, "other") })).toBe("bad_signature");
    expect(await verify({ query: "a=1", body: `${body} `, headers: sign("a=1", body) })).toBe("bad_signature");
  });

  it("is a hundred seconds old at most, unless that does not matter", async () => {
    const given = { query: "a=1", headers: sign("a=1") };
    expect(await verify(given, {}, NOW + 100)).toBe("verified");
    expect(await verify(given, {}, NOW + 101)).toBe("stale");
    expect(await verify(given, {}, NOW - 101)).toBe("stale");
    expect(await verify(given, { tolerance: 0 }, 0)).toBe("verified");
  });

  it("is missed, or its time is none", async () => {
    const { "MessageBird-Signature": signature } = sign("a=1");
    expect(await verify({ query: "a=1" })).toBe("missing_signature");
    expect(await verify({ query: "a=1", headers: { "MessageBird-Signature": signature } })).toBe("missing_signature");
    expect(
      await verify({ query: "a=1", headers: { ...sign("a=1"), "MessageBird-Request-Timestamp": `${NOW}abc` } }),
    ).toBe("malformed");
  });

  it("does not stand for a token", async () => {
    const request = called({ query: "a=1", headers: sign("a=1") });
    expect(await messagebird.verify(request, source(), at(NOW))).toBe("missing_signature");
  });
});

describe("a token", () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (claims: object, alg = "HS256", key = KEY) => {
    const signed = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${createHmac(alg.replace(/^\w\w/, "sha"), key).update(signed).digest("base64url")}`;
  };
  const claimsFor = (url: string, body?: string) => ({
    iss: "MessageBird",
    nbf: NOW,
    exp: NOW + 60,
    jti: "j1",
    url_hash: sha256(url).digest("hex"),
    ...(body === undefined ? {} : { payload_hash: sha256(body).digest("hex") }),
  });
  const CLAIMS = claimsFor(`${CALLBACK_URL}?b=1&a=2`);
  const GET = { query: "b=1&a=2" };
  const verify = (
    jwt: string,
    given: Parameters<typeof called>[0] = GET,
    { now = NOW, taken = new Set<string>(), from = source() } = {},
  ) =>
    messagebird.verify(
      called({ ...given, headers: { ...given.headers, "MessageBird-Signature-JWT": jwt } }),
      from,
      at(now, taken),
    );

  it.each(["HS256", "HS384", "HS512"])("is taken with %s and either of two keys", async (algorithm) => {
    expect(await verify(token(CLAIMS, algorithm))).toBe("verified");
    expect(await verify(token(CLAIMS, algorithm, "next"))).toBe("verified");
    expect(await verify(token(CLAIMS, algorithm, "other"))).toBe("bad_signature");
  });

  it("of no algorithm, or with a key that is public, is refused", async () => {
    expect(await verify(`${part({ alg: "none" })}.${part(CLAIMS)}.`)).toBe("unsupported");
    expect(await verify(token(CLAIMS, "RS256"))).toBe("unsupported");
  });

  it("covers the URL with its query, letter by letter", async () => {
    expect(await verify(token(CLAIMS), { query: "a=2&b=1" })).toBe("bad_signature");
    const url = "https://Hooks.Example.com/x?q=it's";
    const from = source({}, "https://Hooks.Example.com/x");
    const given = { url: "https://hooks.example.com/x", query: "q=it%27s" };
    expect(await verify(token(claimsFor(url)), given, { from })).toBe("verified");
    expect(await verify(token({ ...CLAIMS, url_hash: undefined }))).toBe("bad_signature");
  });

  it("covers a body, and none where there is none", async () => {
    const headers = JSON_TYPE;
    const withBody = token(claimsFor(CALLBACK_URL, "é"));
    expect(await verify(withBody, { body: "é", headers })).toBe("verified");
    expect(await verify(withBody, { body: "e", headers })).toBe("bad_signature");
    expect(await verify(withBody, { body: "", headers })).toBe("bad_signature");
    expect(await verify(token(claimsFor(CALLBACK_URL, "")), { body: "", headers })).toBe("bad_signature");
    expect(await verify(token(claimsFor(CALLBACK_URL)), { body: "é", headers })).toBe("bad_signature");
    expect(await verify(token(claimsFor(CALLBACK_URL)), { body: "", headers })).toBe("verified");
  });

  it("is valid when it says so, give or take five seconds", async () => {
    for (const [now, verdict] of [
      [NOW - 5, "verified"],
      [NOW - 6, "stale"],
      [NOW + 64, "verified"],
      [NOW + 65, "stale"],
    ] as const) {
      expect(await verify(token(CLAIMS), GET, { now })).toBe(verdict);
    }
    expect(await verify(token(CLAIMS), GET, { now: NOW - 1, from: source({ leeway: 0 }) })).toBe("stale");
    expect(await verify(token({ ...CLAIMS, exp: undefined }))).toBe("malformed");
    expect(await verify(token({ ...CLAIMS, nbf: "x" }))).toBe("malformed");
  });

  it("is good for once, and used up by nothing that is refused", async () => {
    const taken = new Set<string>();
    expect(await verify(token(CLAIMS), { query: "a=2" }, { taken })).toBe("bad_signature");
    expect(taken.size).toBe(0);
    expect(await verify(token(CLAIMS), GET, { taken })).toBe("verified");
    expect(await verify(token(CLAIMS), GET, { taken })).toBe("replayed");
    expect([...taken]).toEqual(["j1"]);
    expect(await verify(token({ ...CLAIMS, jti: undefined }))).toBe("malformed");
  });

  it("of another issuer is refused", async () => {
    expect(await verify(token({ ...CLAIMS, iss: "Vonage" }))).toBe("bad_signature");
  });
});

const REPORT = "id=m1&recipient=31612345678&reference=r";
const normalise = (query: string) => messagebird.normalise(called({ query }), source());

describe("a report", () => {
  it("is told with its error, its plus restored", async () => {
    const error = "statusReason=unknown+subscriber&statusErrorCode=1";
    const expected = {
      type: "status",
      channel: "sms",
      status: "failed",
      message_id: "m1",
      recipient: "31612345678",
      error: { code: "1", text: "unknown subscriber" },
      occurred_at: "2016-05-03T06:58:10.000Z",
      dedup_key: "m1|31612345678|delivery_failed|2016-05-03T08:58:10+02:00",
    };
    for (const plus of ["%2B", "+"]) {
      const time = `statusDatetime=2016-05-03T08%3A58%3A10${plus}02%3A00`;
      expect(await normalise(`${REPORT}&status=delivery_failed&${time}&${error}`)).toMatchObject([expected]);
    }
  });

  it("is ignored where nobody knows its status, or it is of another kind", async () => {
    expect(await normalise(`${REPORT}&status=constructor`)).toMatchObject([{ type: "ignored" }]);
    const other = called({ body: '{"type":"message.created"}', headers: JSON_TYPE });
    expect(await messagebird.normalise(other, source())).toMatchObject([{ type: "ignored", dedup_key: null }]);
  });
});

it("tells an incoming message", async () => {
  const body = "id=m2&originator=316&recipient=317&body=Stop&createdDatetime=2016-05-03T14%3A26%3A57+00%3A00";
  expect(await messagebird.normalise(called({ body, headers: FORM_TYPE }), source())).toMatchObject([
    {
      type: "inbound",
      from: "316",
      to: ["317"],
      text: "Stop",
      opt_out: true,
      occurred_at: "2016-05-03T14:26:57.000Z",
      dedup_key: "m2",
    },
  ]);
});

it.each(["", "status=delivered", "id=m1", "id=m1&originator=1"])("finds no sense in: %s", async (query) => {
  await expect(normalise(query)).rejects.toThrow(MalformedCallback);
});

it("lets no answer be kept", () => {
  const headers = { "Cache-Control": "no-store" };
  expect(messagebird.respond([])).toEqual({ status: 200, headers });
  expect(messagebird.refuse("missing_signature")).toEqual({ status: 401, headers });
  expect(messagebird.refuse("replayed")).toEqual({ status: 403, headers });
});
