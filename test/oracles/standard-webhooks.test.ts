import { generateKeyPairSync, sign as signWith } from "node:crypto";
import { BirdClient } from "@messagebird/sdk";
import fc from "fast-check";
import { Resend } from "resend";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bodyChanges, expectAllRefused, headerChanges, withCredentials, withoutHeader } from "./changes.ts";
import { body, holdsFor } from "./generate.ts";
import { type Callback, caseOf, expectVerified, NOW } from "./verify.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW * 1000 }));
afterEach(() => void vi.useRealTimers());

interface Signed {
  id: string;
  timestamp: string;
  signature: string;
}

interface Scheme {
  provider: string;
  library: string;
  prefix: "webhook" | "svix";
  credentials: (secret: string) => unknown;
  options?: unknown;
  sign: (secret: string, id: string, at: Date, content: string) => string;
  /** Throws where the library does not believe it. */
  confirm: (secret: string, content: string, signed: Signed) => unknown;
}

const headersOf = (prefix: string, { id, timestamp, signature }: Signed) => ({
  [`${prefix}-id`]: id,
  [`${prefix}-timestamp`]: timestamp,
  [`${prefix}-signature`]: signature,
});

const standard: Pick<Scheme, "sign" | "confirm"> = {
  sign: (secret, id, at, content) => new StandardWebhook(secret).sign(id, at, content),
  confirm: (secret, content, signed) =>
    verifyOnly(() => new StandardWebhook(secret).verify(content, headersOf("webhook", signed))),
};
const svix: Pick<Scheme, "sign" | "confirm"> = {
  sign: (secret, id, at, content) => new SvixWebhook(secret).sign(id, at, content),
  confirm: (secret, content, signed) =>
    verifyOnly(() => new SvixWebhook(secret).verify(content, headersOf("svix", signed))),
};

/** The libraries parse what they have verified: that a body is no JSON is nothing that a signature says. */
function verifyOnly(verify: () => unknown): void {
  try {
    verify();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}

const schemes: Scheme[] = [
  {
    provider: "standard-webhooks",
    library: "standardwebhooks",
    prefix: "webhook",
    credentials: (secret) => ({ signing_secret: secret }),
    ...standard,
  },
  {
    provider: "standard-webhooks",
    library: "svix",
    prefix: "svix",
    credentials: (secret) => ({ signing_secret: secret }),
    ...svix,
  },
  {
    provider: "resend",
    library: "resend",
    prefix: "svix",
    credentials: (secret) => ({ signing_secret: secret }),
    sign: svix.sign,
    confirm: (secret, content, headers) =>
      verifyOnly(() => new Resend("re_none").webhooks.verify({ payload: content, headers, webhookSecret: secret })),
  },
  {
    provider: "bird",
    library: "@messagebird/sdk",
    prefix: "webhook",
    credentials: (secret) => ({ signing_key: secret }),
    options: { generation: "standard-webhooks" },
    sign: standard.sign,
    // It tells of a body that is no JSON as of a bad signature.
    confirm: (secret, content, signed) => {
      if (isJson(content))
        new BirdClient({ webhooks: { secret } }).webhooks.unwrap(content, headersOf("webhook", signed));
    },
  },
];

function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

const secrets = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((key) => `whsec_${Buffer.from(key).toString("base64")}`);
const ids = fc.stringMatching(/^(msg|evt)_[A-Za-z0-9]{1,30}$/);
const ages = fc.integer({ min: -290, max: 290 });

describe.each(schemes)("$provider, by $library", ({ provider, prefix, credentials, options = {}, sign, confirm }) => {
  function signed(secret: string, id: string, age: number, content: string, more = "") {
    const at = new Date((NOW - age) * 1000);
    const fields = { id, timestamp: `${NOW - age}`, signature: sign(secret, id, at, content) + more };
    confirm(secret, content, fields);
    const callback: Callback = {
      headers: { "Content-Type": "application/json", ...headersOf(prefix, fields) },
      body: content,
    };
    return caseOf({ provider, credentials: credentials(secret), options }, callback);
  }

  it("takes what the library signs, or takes", async () => {
    const more = fc.constantFrom("", " v2,AAAA", " v1,AAAA", " v1a,AAAA");
    await holdsFor(fc.record({ secrets, ids, ages, body, more }), async (given) => {
      await expectVerified(signed(given.secrets, given.ids, given.ages, given.body, given.more));
    });
  });

  it("refuses what is changed anywhere", async () => {
    const each = signed("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_1", 1, '{"type":"é","data":{}}');
    await expectVerified(each);
    await expectAllRefused(
      bodyChanges(each),
      headerChanges(each, `${prefix}-id`, "text"),
      headerChanges(each, `${prefix}-timestamp`, "text"),
      headerChanges(each, `${prefix}-signature`, "base64", "v1,"),
      withoutHeader(each, `${prefix}-id`),
      withoutHeader(each, `${prefix}-timestamp`),
      withoutHeader(each, `${prefix}-signature`),
      withCredentials(each, credentials("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx")),
      [
        ["too old", { ...each, now: NOW + 400 }],
        ["of the future", { ...each, now: NOW - 400 }],
      ],
    );
  });
});

// The specification's other signature, `v1a` by Ed25519, which none of the libraries has: node:crypto signs.
describe("standard-webhooks, by a public key", () => {
  const newKeys = () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    // The key itself is the end of its wrapping.
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    return { privateKey, shown: `whpk_${raw.toString("base64")}` };
  };
  const keys = newKeys();

  function signed(id: string, content: string, more = "") {
    const signature = signWith(null, Buffer.from(`${id}.${NOW}.${content}`), keys.privateKey).toString("base64");
    const fields = { id, timestamp: `${NOW}`, signature: `v1a,${signature}${more}` };
    const receiver = { provider: "standard-webhooks", credentials: { signing_secret: keys.shown } };
    return caseOf(receiver, { headers: headersOf("webhook", fields), body: content });
  }

  it("takes what is signed", async () => {
    const more = fc.constantFrom("", " v1,AAAA", " v1a,AAAA");
    await holdsFor(fc.record({ ids, body, more }), async (given) => {
      await expectVerified(signed(given.ids, given.body, given.more));
    });
  });

  it("refuses what is changed anywhere", async () => {
    const each = signed("msg_1", '{"type":"é","data":{}}');
    await expectVerified(each);
    await expectAllRefused(
      bodyChanges(each),
      headerChanges(each, "webhook-id", "text"),
      headerChanges(each, "webhook-timestamp", "text"),
      headerChanges(each, "webhook-signature", "base64", "v1a,"),
      withoutHeader(each, "webhook-signature"),
      withCredentials(each, { signing_secret: newKeys().shown }),
    );
  });
});
