import { createHmac } from "node:crypto";
import { sign as githubSign, verify as githubVerify } from "@octokit/webhooks-methods";
import { LogSeverity, shopifyApi } from "@shopify/shopify-api";
import "@shopify/shopify-api/adapters/web-api";
import { isValidSlackRequest } from "@slack/bolt/dist/receivers/verify-request.js";
import fc from "fast-check";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { bodyChanges, expectAllRefused, headerChanges, withCredentials, withoutHeader } from "./changes.ts";
import { body, holdsFor, secret } from "./generate.ts";
import { CALLBACK_URL, caseOf, expectVerified, NOW } from "./verify.ts";

/** Providers that sign the body, or the body and a time, with a secret that is text. */
interface Scheme {
  provider: string;
  library: string;
  /** The header of the signature, what stands before it there, and how it is written. */
  header: string;
  prefix: string;
  form: "hex" | "base64";
  /** A header that is signed too. */
  timestamp?: string;
  credentials: (secret: string) => unknown;
  /** All headers, after the library has said that it believes them. */
  sign: (secret: string, content: string) => Promise<Record<string, string>>;
}

const shopify = async (apiSecretKey: string, content: string): Promise<Record<string, string>> => {
  const headers = {
    "X-Shopify-Hmac-Sha256": createHmac("sha256", apiSecretKey).update(content).digest("base64"),
    "X-Shopify-Topic": "orders/create",
    "X-Shopify-Shop-Domain": "shop.myshopify.com",
    "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    "X-Shopify-API-Version": "2025-01",
  };
  const { webhooks } = shopifyApi({
    apiSecretKey,
    apiKey: "key",
    hostName: "hooks.example.com",
    apiVersion: "2025-01" as Parameters<typeof shopifyApi>[0]["apiVersion"],
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error },
  });
  const rawRequest = new Request(CALLBACK_URL, { method: "POST", headers });
  expect(await webhooks.validate({ rawBody: content, rawRequest })).toMatchObject({ valid: true });
  return headers;
};

const hub = async (key: string, content: string): Promise<Record<string, string>> => {
  const signature = await githubSign(key, content);
  expect(await githubVerify(key, content, signature)).toBe(true);
  return { "X-Hub-Signature-256": signature };
};

const schemes: Scheme[] = [
  {
    provider: "github",
    library: "@octokit/webhooks-methods",
    header: "X-Hub-Signature-256",
    prefix: "sha256=",
    form: "hex",
    credentials: (key) => ({ secret: key }),
    sign: hub,
  },
  {
    // Meta signs as GitHub does.
    provider: "meta-whatsapp",
    library: "@octokit/webhooks-methods",
    header: "X-Hub-Signature-256",
    prefix: "sha256=",
    form: "hex",
    credentials: (key) => ({ app_secret: key, verify_token: "token" }),
    sign: hub,
  },
  {
    provider: "stripe",
    library: "stripe",
    header: "Stripe-Signature",
    prefix: `t=${NOW},v1=`,
    form: "hex",
    credentials: (key) => ({ signing_secret: key }),
    async sign(key, content) {
      const header = Stripe.webhooks.generateTestHeaderString({ payload: content, secret: key, timestamp: NOW });
      expect(Stripe.webhooks.signature?.verifyHeader(content, header, key, 300, undefined, NOW * 1000)).toBe(true);
      return { "Stripe-Signature": header };
    },
  },
  {
    provider: "slack",
    library: "@slack/bolt",
    header: "X-Slack-Signature",
    prefix: "v0=",
    form: "hex",
    timestamp: "X-Slack-Request-Timestamp",
    credentials: (key) => ({ signing_secret: key }),
    async sign(key, content) {
      const signature = `v0=${createHmac("sha256", key).update(`v0:${NOW}:${content}`).digest("hex")}`;
      const headers = { "x-slack-signature": signature, "x-slack-request-timestamp": NOW };
      const now = { nowMilliseconds: NOW * 1000 };
      expect(isValidSlackRequest({ signingSecret: key, body: content, headers, ...now })).toBe(true);
      return { "X-Slack-Signature": signature, "X-Slack-Request-Timestamp": `${NOW}` };
    },
  },
  {
    provider: "shopify",
    library: "@shopify/shopify-api",
    header: "X-Shopify-Hmac-Sha256",
    prefix: "",
    form: "base64",
    credentials: (key) => ({ client_secret: key }),
    sign: shopify,
  },
];

describe.each(schemes)("$provider, by $library", ({ provider, header, prefix, form, timestamp, credentials, sign }) => {
  const signed = async (key: string, content: string) =>
    caseOf(
      { provider, credentials: credentials(key) },
      { headers: { "Content-Type": "application/json", ...(await sign(key, content)) }, body: content },
    );

  it("takes what the library signs, or takes", async () => {
    await holdsFor(fc.record({ secret, body }), async (given) => {
      await expectVerified(await signed(given.secret, given.body));
    });
  });

  it("refuses what is changed anywhere", async () => {
    const each = await signed("whsec_key", '{"type":"é","text":"50% \\u00e9"}');
    await expectVerified(each);
    await expectAllRefused(
      bodyChanges(each),
      headerChanges(each, header, form, prefix),
      timestamp === undefined ? [] : headerChanges(each, timestamp, "text"),
      timestamp === undefined ? [] : withoutHeader(each, timestamp),
      withoutHeader(each, header),
      withCredentials(each, credentials("whsec_kez")),
    );
  });
});
