import { createHash, createHmac, createSecretKey, randomUUID } from "node:crypto";
import querystring from "node:querystring";
import fc from "fast-check";
import classic from "messagebird/lib/signature.js";
import jwtSignature from "messagebird/lib/webhook-signature-jwt.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  bodyChanges,
  expectAllRefused,
  headerChanges,
  queryChanges,
  withCredentials,
  withoutHeader,
} from "./changes.ts";
import {
  asObject,
  body,
  bytes,
  encoded,
  encoder,
  holdsFor,
  type Pairs,
  secret,
  text,
  uniqueFields,
} from "./generate.ts";
import { CALLBACK_URL, caseOf, expectVerified, NOW } from "./verify.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW * 1000 }));
afterEach(() => void vi.useRealTimers());

/** Queries are short. The library sorts names in an object, where those that are numbers stand before all others. */
const shortFields = uniqueFields.map((pairs) =>
  pairs.filter(([name, value]) => value.length < 200 && !/^\d+$/.test(name)),
);

describe("the older signature", () => {
  const SIGNATURE = "messagebird-signature";
  const TIMESTAMP = "messagebird-request-timestamp";
  const receiver = (key: string) => ({
    provider: "messagebird",
    credentials: { signing_key: key },
    options: { generation: "hmac" },
  });

  function signed(key: string, method: string, pairs: Pairs, query: string, content: string | Uint8Array) {
    const headers = { [TIMESTAMP]: `${NOW}` };
    const request = { headers, query: asObject(pairs), body: Buffer.from(content) };
    const signature = classic.generate(request, key).toString("base64");
    expect(classic.validate({ ...request, headers: { ...headers, [SIGNATURE]: signature } }, key)).toBe(true);
    return caseOf(receiver(key), {
      method,
      url: query === "" ? CALLBACK_URL : `${CALLBACK_URL}?${query}`,
      headers: { ...headers, [SIGNATURE]: signature },
      body: content,
    });
  }

  it("is taken with bodies that MessageBird's library signs", async () => {
    await holdsFor(fc.record({ key: secret, content: fc.oneof(body, bytes) }), async ({ key, content }) => {
      await expectVerified(signed(key, "POST", [], "", content));
    });
  });

  it("is taken with queries that MessageBird's library signs", async () => {
    await holdsFor(fc.record({ key: secret, pairs: shortFields, encode: encoder }), async ({ key, pairs, encode }) => {
      await expectVerified(signed(key, "GET", pairs, encoded(pairs, encode), ""));
    });
  });

  it("is refused where anything is changed", async () => {
    const pairs: Pairs = [
      ["statusDatetime", "2016-05-03T08:58:10+00:00"],
      ["id", "e8077d80"],
      ["reference", "a b(c)"],
    ];
    const report = signed("key", "GET", pairs, querystring.stringify(asObject(pairs)), "");
    const posted = signed("key", "POST", pairs, encoded(pairs, encodeURIComponent), '{"id":"é"}');
    await expectVerified(report, posted);
    for (const each of [report, posted]) {
      await expectAllRefused(
        queryChanges(each),
        headerChanges(each, SIGNATURE, "base64"),
        headerChanges(each, TIMESTAMP, "text"),
        withoutHeader(each, SIGNATURE),
        withoutHeader(each, TIMESTAMP),
        withCredentials(each, { signing_key: "kez" }),
      );
    }
    await expectAllRefused(bodyChanges(posted));
  });
});

describe("the token", () => {
  const TOKEN = "messagebird-signature-jwt";
  const ALGORITHMS = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;
  type Algorithm = keyof typeof ALGORITHMS;
  const receiver = (key: string) => ({
    provider: "messagebird",
    credentials: { signing_key: key },
    options: { generation: "jwt" },
  });
  const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  async function signed(key: string, alg: Algorithm, method: string, url: string, content: string | Uint8Array) {
    const payload = Buffer.from(content);
    const claims = {
      iss: "MessageBird",
      nbf: NOW,
      exp: NOW + 60,
      jti: randomUUID(),
      url_hash: sha256(url),
      ...(payload.length > 0 ? { payload_hash: sha256(payload) } : {}),
    };
    const start = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
    const token = `${start}.${createHmac(ALGORITHMS[alg], key).update(start).digest("base64url")}`;
    const options = new jwtSignature.VerifyOptions(true, true, {
      issuer: "MessageBird",
      algorithms: Object.keys(ALGORITHMS),
      clockTolerance: 5,
      currentDate: new Date(NOW * 1000),
    });
    // Rejects what it does not believe.
    await jwtSignature.verify(url, payload, token, createSecretKey(Buffer.from(key)), options);
    return caseOf(receiver(key), { method, url, headers: { [TOKEN]: token }, body: content });
  }

  const algorithm = fc.constantFrom<Algorithm>("HS256", "HS384", "HS512");
  /** What it hashes is the URL as it is called: one that no runtime rewrites. */
  const url = fc
    .tuple(fc.constantFrom(CALLBACK_URL, "https://hooks.example.com:8443/in/p/x"), shortFields)
    .map(([start, pairs]) =>
      pairs.length === 0 ? start : `${start}?${new URLSearchParams(Object.fromEntries(pairs))}`,
    );

  it("is taken with what MessageBird's library takes", async () => {
    const content = fc.oneof(body, bytes, fc.constant(""));
    await holdsFor(fc.record({ key: secret, algorithm, url, content }), async (given) => {
      const method = given.content === "" ? "GET" : "POST";
      await expectVerified(await signed(given.key, given.algorithm, method, given.url, given.content));
    });
  });

  it("is refused where anything is changed", async () => {
    const posted = await signed("key", "HS256", "POST", `${CALLBACK_URL}?bar=1&foo=a%20b`, "Hello, World! é");
    const report = await signed("key", "HS512", "GET", `${CALLBACK_URL}?bar=1&foo=2`, "");
    await expectVerified(posted, report);
    for (const each of [posted, report]) {
      const token = each.request.headers[TOKEN] ?? "";
      await expectAllRefused(
        queryChanges(each),
        headerChanges(each, TOKEN, "base64url", token.slice(0, token.lastIndexOf(".") + 1)),
        withoutHeader(each, TOKEN),
        withCredentials(each, { signing_key: "kez" }),
      );
    }
    await expectAllRefused(bodyChanges(posted), [
      ["a body where none was signed", { ...report, request: { ...report.request, body: btoa("{}") } }],
    ]);
  });
});

describe("the notifications of app.bird.com", () => {
  // No library verifies them: as the older signature, with the whole URL in the query's place.
  const SIGNATURE = "messagebird-signature";
  const TIMESTAMP = "messagebird-request-timestamp";

  function signed(key: string, url: string, content: string) {
    const hash = createHash("sha256").update(content).digest();
    const signature = createHmac("sha256", key).update(`${NOW}\n${url}\n`).update(hash).digest("base64");
    return caseOf(
      { provider: "bird", credentials: { signing_key: key }, options: { generation: "notifications" } },
      { url, headers: { [TIMESTAMP]: `${NOW}`, [SIGNATURE]: signature }, body: content },
    );
  }

  it("are taken as they are signed", async () => {
    await holdsFor(fc.record({ key: secret, tenant: text, content: body }), async ({ key, tenant, content }) => {
      await expectVerified(signed(key, `${CALLBACK_URL}?${new URLSearchParams({ tenant })}`, content));
    });
  });

  it("are refused where anything is changed", async () => {
    const each = signed("key", `${CALLBACK_URL}?tenant=1`, '{"service":"channels","event":"sms.outbound"}');
    await expectVerified(each);
    await expectAllRefused(
      bodyChanges(each),
      queryChanges(each),
      headerChanges(each, SIGNATURE, "base64"),
      headerChanges(each, TIMESTAMP, "text"),
      withoutHeader(each, SIGNATURE),
      withCredentials(each, { signing_key: "kez" }),
    );
  });
});
