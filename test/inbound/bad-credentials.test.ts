import { describe, expect, it } from "vitest";
import type { Vector } from "../../src/inbound/providers/fixtures.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { callback, verifyContext } from "./callback.ts";
import { sourceOf, sourceOfVector, urlOf } from "./fixtures.ts";

/** What comes by Email Routing is verified by nothing that a source has. */
const named = Object.values(providers).filter(({ name }) => name !== "cloudflare-email");

/** Not of the form that any secret or public key has. */
const BAD = {
  "an empty one": "",
  "no base64": "whsec_%%%",
  "no PEM": "-----BEGIN PUBLIC KEY-----\nAA==",
  nothing: undefined,
};

describe.each(Object.entries(BAD))("of a secret that is %s", (_, bad) => {
  it.each(named.map((provider) => [provider.name, provider] as const))(
    "%s says what becomes",
    async (name, provider) => {
      const source = sourceOf(name);
      const credentials = Object.fromEntries(Object.keys(source.credentials as object).map((each) => [each, bad]));
      const request = callback("{}", { "Content-Type": "application/json" });
      const verdict = await provider.verify(request, { ...source, credentials }, verifyContext()).catch(thrown);
      expect(verdict).toMatch(/^(unsupported|missing_signature|malformed)$/);
    },
  );
});

/** A callback that cannot be read in order to be verified may say so by this one error. */
const thrown = (error: unknown) => (error instanceof Error && error.name === "MalformedCallback" ? "malformed" : error);

describe("a vector's query", () => {
  const url = "https://example.com/hook";

  it.each([
    [{ url: `${url}?a=1` }, `${url}?a=1`],
    [{ url, query: "a=%2B1&b=" }, `${url}?a=%2B1&b=`],
    [{ url, query: "?a=1" }, `${url}?a=1`],
    [{ url, params: { a: 1, to: "+12", list: ["x", "y"] } }, `${url}?a=1&to=%2B12&list=x&list=y`],
    [{ url: `${url}?a=1`, query: { b: "2" } }, `${url}?a=1&b=2`],
    [{ url, query: null, params: {} }, url],
    [{ url: `${url}?a=1`, params: { a: 1 } }, `${url}?a=1`],
    [{ url, method: "POST", params: { a: 1 } }, url],
    [{ url, method: "POST", query: "a=1" }, `${url}?a=1`],
  ])("of %j is its URL's", (vector, expected) => {
    expect(urlOf({ method: "GET", ...vector })).toBe(expected);
  });
});

it.each(["hmac", "basic", "header", "generic-hmac", "generic-basic", "generic-header", "static-credential", "twilio"])(
  "a vector of the scheme %s has a source",
  (scheme) => {
    const vector = { provider: "any", scheme, method: "GET", url: "https://example.com/", headers: {}, body: null };
    const { provider } = sourceOfVector({
      ...vector,
      secret_or_key: "a:b",
      expect: false,
      note: "",
      now: null,
    } as Vector);
    expect(Object.keys(providers)).toContain(provider);
  },
);
