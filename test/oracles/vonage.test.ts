import { createHash, createHmac, randomUUID } from "node:crypto";
import { AlgorithmTypes, Auth } from "@vonage/auth";
import { verifySignature } from "@vonage/jwt";
import { SMS } from "@vonage/sms";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bodyChanges,
  expectAllRefused,
  headerChanges,
  queryChanges,
  valueChanges,
  withCredentials,
  withoutHeader,
} from "./changes.ts";
import { body, encoded, encoder, holdsFor, type Pairs, secret, uniqueFields } from "./generate.ts";
import { CALLBACK_URL, type Callback, caseOf, expectVerified, NOW } from "./verify.ts";

describe("the signature among the parameters", () => {
  const library = new SMS(new Auth({ apiKey: "a1b2c3d4", apiSecret: "none" }));
  /** What an account's setting is called in its source's options and in the library; and how it is computed. */
  const ALGORITHMS = {
    md5hash: [AlgorithmTypes.md5hash, undefined],
    md5: [AlgorithmTypes.md5hmac, "md5"],
    sha1: [AlgorithmTypes.sha1hmac, "sha1"],
    sha256: [AlgorithmTypes.sha256hmac, "sha256"],
    sha512: [AlgorithmTypes.sha512hmac, "sha512"],
  } as const;
  type Algorithm = keyof typeof ALGORITHMS;
  const CARRIERS = ["query", "form", "json"] as const;
  type Carrier = (typeof CARRIERS)[number];

  // The `createSignatureHash` of @vonage/auth makes another signature than this library takes, and Vonage sends.
  function signatureOf(key: string, algorithm: Algorithm, pairs: Pairs): string {
    const [named, hash] = ALGORITHMS[algorithm];
    const parts = pairs
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `&${name}=${value.replaceAll(/[&=]/g, "_")}`)
      .join("");
    const signature =
      hash === undefined
        ? createHash("md5").update(`${parts}${key}`).digest("hex")
        : createHmac(hash, key).update(parts).digest("hex");
    expect(library.verifySignature(signature, Object.fromEntries(pairs), key, named)).toBe(true);
    return signature;
  }

  function callbackOf(pairs: Pairs, carrier: Carrier, encode: (text: string) => string): Callback {
    if (carrier === "query") return { method: "GET", url: `${CALLBACK_URL}?${encoded(pairs, encode)}`, headers: {} };
    if (carrier === "json") {
      return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(Object.fromEntries(pairs)) };
    }
    return { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: encoded(pairs, encode) };
  }

  function signed(
    key: string,
    algorithm: Algorithm,
    fields: Pairs,
    carrier: Carrier,
    { encode, upperCase }: { encode: (text: string) => string; upperCase: boolean },
  ) {
    // What is signed could not tell a name with `&` or `=` from two parameters. Vonage has no such names.
    const named = fields.filter(([name]) => name !== "sig" && !/[&=]/.test(name));
    const pairs = [...new Map([...named, ["timestamp", `${NOW}`]])] as Pairs;
    const signature = signatureOf(key, algorithm, pairs);
    const sent = [...pairs, ["sig", upperCase ? signature.toUpperCase() : signature]] as Pairs;
    return {
      signature,
      each: caseOf(
        {
          provider: "vonage-sms",
          credentials: { signature_secret: key },
          options: { scheme: "sig", algorithm },
        },
        callbackOf(sent, carrier, encode),
      ),
    };
  }

  const algorithm = fc.constantFrom<Algorithm>("md5hash", "md5", "sha1", "sha256", "sha512");
  const carrier = fc.constantFrom(...CARRIERS);

  it("is taken where Vonage's library takes it", async () => {
    await holdsFor(
      fc.record({ secret, algorithm, carrier, fields: uniqueFields, encode: encoder, upperCase: fc.boolean() }),
      async ({ fields, ...given }) => {
        const short = given.carrier === "query" ? fields.filter(([, value]) => value.length < 2000) : fields;
        await expectVerified(signed(given.secret, given.algorithm, short, given.carrier, given).each);
      },
      120,
    );
  });

  // Vonage signs `_` for each `&` and `=` in a value: one of the three in place of another is not seen, and `_` is not
  // among the changes here.
  it.each(Object.keys(ALGORITHMS) as Algorithm[])("is refused where anything is changed: %s", async (algorithm) => {
    const fields: Pairs = [
      ["msisdn", "14845552121"],
      ["text", "50% + 1 é/x"],
    ];
    for (const carrier of CARRIERS) {
      const { each, signature } = signed("key", algorithm, fields, carrier, {
        encode: encodeURIComponent,
        upperCase: false,
      });
      await expectVerified(each);
      const inUrl = carrier === "query";
      const changes = inUrl
        ? // The signature stands at the end; one bit of a digit is another digit, or none.
          queryChanges(each)
        : [...bodyChanges(each, [signature]), ...valueChanges(each, signature, "hex")];
      await expectAllRefused(changes, withCredentials(each, { signature_secret: "kez" }));
    }
  });
});

describe("the token", () => {
  const PROVIDERS = ["vonage-messages", "vonage-sms"] as const;
  const AUTHORIZATION = "Authorization";
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  function signed(provider: string, key: string, content: string) {
    const claims = {
      iat: NOW,
      jti: randomUUID(),
      iss: "Vonage",
      payload_hash: createHash("sha256").update(content).digest("hex"),
      api_key: "a1b2c3d4",
      application_id: randomUUID(),
    };
    const start = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
    const token = `${start}.${createHmac("sha256", key).update(start).digest("base64url")}`;
    expect(verifySignature(token, key)).toBe(true);
    return caseOf(
      {
        provider,
        credentials: { signature_secret: key },
        options: provider === "vonage-sms" ? { scheme: "jwt" } : {},
      },
      { headers: { "Content-Type": "application/json", [AUTHORIZATION]: `Bearer ${token}` }, body: content },
    );
  }

  describe.each(PROVIDERS)("of %s", (provider) => {
    it("is taken where Vonage's library takes it", async () => {
      await holdsFor(fc.record({ secret, body }), async (given) => {
        await expectVerified(signed(provider, given.secret, given.body));
      });
    });

    // The library says nothing of the body: that it is covered is what Vonage documents of `payload_hash`.
    it("is refused where anything is changed", async () => {
      const each = signed(provider, "key", '{"message_uuid":"1","text":"é"}');
      const value = each.request.headers[AUTHORIZATION] ?? "";
      const prefix = value.slice("Bearer ".length, value.lastIndexOf(".") + 1);
      await expectVerified(each);
      await expectAllRefused(
        bodyChanges(each),
        headerChanges(each, AUTHORIZATION, "base64url", `Bearer ${prefix}`),
        withoutHeader(each, AUTHORIZATION),
        withCredentials(each, { signature_secret: "kez" }),
        [
          ["too old", { ...each, now: NOW + 400 }],
          ["of the future", { ...each, now: NOW - 400 }],
        ],
      );
    });
  });
});
