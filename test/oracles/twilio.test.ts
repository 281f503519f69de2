import fc from "fast-check";
import twilio from "twilio";
import { describe, expect, it } from "vitest";
import {
  bodyChanges,
  expectAllRefused,
  headerChanges,
  queryChanges,
  withCredentials,
  withoutHeader,
} from "./changes.ts";
import { asObject, body, encoded, encoder, holdsFor, type Pairs, repeatedFields, secret } from "./generate.ts";
import type { Case } from "./protocol.ts";
import { CALLBACK_URL, type Callback, caseOf, expectVerified } from "./verify.ts";

const SIGNATURE = "X-Twilio-Signature";
const FORM = "application/x-www-form-urlencoded; charset=UTF-8";
const PROVIDERS = ["twilio-sms", "twilio-whatsapp"] as const;

const provider = fc.constantFrom(...PROVIDERS);
/** As a customer may have written it: Twilio signs it to the letter. */
const origin = fc.constantFrom("https://hooks.example.com", "https://hooks.example.com:443", "http://example.com:8080");
const query = fc
  .tuple(repeatedFields, encoder)
  .map(([pairs, encode]) => (encodeLength(pairs) > 4000 ? "" : encoded(pairs, encode)));
const url = fc.tuple(origin, query).map(([start, given]) => `${start}/in/twilio/x${given === "" ? "" : `?${given}`}`);

const encodeLength = (pairs: Pairs) => pairs.flat().join("").length;

/** Signs, and makes sure that the library believes it where the URL is seen as the runtime shows it. */
function signedForm(given: { token: string; url: string; method: string; pairs: Pairs; body: string }): Callback {
  const params = asObject(given.pairs);
  const signature = twilio.getExpectedTwilioSignature(given.token, given.url, params);
  fc.pre(twilio.validateRequest(given.token, signature, new URL(given.url).href, params));
  const type: Record<string, string> = given.method === "GET" ? {} : { "Content-Type": FORM };
  return {
    method: given.method,
    url: given.url,
    headers: { ...type, [SIGNATURE]: signature },
    body: given.body,
  };
}

/** JSON is covered by its digest, which the signed URL has. */
function signedJson(token: string, base: string, json: string): Callback {
  const signedUrl = `${base}${base.includes("?") ? "&" : "?"}bodySHA256=${twilio.getExpectedBodyHash(json)}`;
  const signature = twilio.getExpectedTwilioSignature(token, signedUrl, {});
  fc.pre(twilio.validateRequestWithBody(token, signature, new URL(signedUrl).href, json));
  return {
    url: signedUrl,
    headers: { "Content-Type": "application/json", [SIGNATURE]: signature },
    body: json,
  };
}

const receiver = (name: string, token: string) => ({ provider: name, credentials: { auth_token: token } });

it("takes the forms that Twilio's library signs", async () => {
  await holdsFor(
    fc.record({ provider, token: secret, url, pairs: repeatedFields, encode: encoder }),
    async ({ provider: to, pairs, encode, ...given }) => {
      const form = { ...given, pairs, method: "POST", body: encoded(pairs, encode) };
      await expectVerified(caseOf(receiver(to, given.token), signedForm(form)));
    },
  );
});

it("takes calls without a body that Twilio's library signs", async () => {
  await holdsFor(fc.record({ provider, token: secret, url }), async ({ provider: to, ...given }) => {
    const call = signedForm({ ...given, method: "GET", pairs: [], body: "" });
    await expectVerified(caseOf(receiver(to, given.token), call));
  });
});

it("takes the JSON that Twilio's library signs", async () => {
  await holdsFor(fc.record({ provider, token: secret, url, body }), async (given) => {
    await expectVerified(caseOf(receiver(given.provider, given.token), signedJson(given.token, given.url, given.body)));
  });
});

describe.each(PROVIDERS)("of %s", (to) => {
  const token = "0123456789abcdef0123456789abcdef";
  const at = `${CALLBACK_URL}?tenant=7&text=a%20b`;
  const changes = (signed: Case) => [
    ...headerChanges(signed, SIGNATURE, "base64"),
    ...queryChanges(signed),
    ...withoutHeader(signed, SIGNATURE),
    ...withCredentials(signed, { auth_token: `${token.slice(1)}x` }),
  ];

  it("refuses a form that is changed anywhere", async () => {
    const pairs: Pairs = [
      ["MessageSid", "SM1"],
      ["Body", "It's 50% + 1 ✓"],
      ["Body", ""],
      ["To", "+14155552671"],
    ];
    const form = { token, url: at, method: "POST", pairs, body: new URLSearchParams(pairs.map(([a, b]) => [a, b])) };
    const signed = caseOf(receiver(to, token), signedForm({ ...form, body: form.body.toString() }));
    await expectVerified(signed);
    await expectAllRefused(changes(signed), bodyChanges(signed));
  });

  it("refuses JSON that is changed anywhere", async () => {
    const signed = caseOf(receiver(to, token), signedJson(token, at, '{"MessageSid":"SM1","text":"é"}'));
    await expectVerified(signed);
    await expectAllRefused(changes(signed), bodyChanges(signed));
  });

  // Of a GET Twilio signs the URL alone: a body, which it does not send, is not covered, and nothing may read it.
  it("refuses a call without a body that is changed anywhere", async () => {
    const signed = caseOf(receiver(to, token), signedForm({ token, url: at, method: "GET", pairs: [], body: "" }));
    await expectVerified(signed);
    await expectAllRefused(changes(signed));
  });
});

it("mistakes nothing that the library does not take: JSON without its digest", async () => {
  const token = "0123456789abcdef";
  const signature = twilio.getExpectedTwilioSignature(token, CALLBACK_URL, {});
  const headers = { "Content-Type": "application/json", [SIGNATURE]: signature };
  expect(twilio.validateRequestWithBody(token, signature, CALLBACK_URL, "{}")).toBe(false);
  const signed = caseOf(receiver("twilio-sms", token), { headers, body: "{}" });
  await expectAllRefused([["no digest", signed]]);
});
