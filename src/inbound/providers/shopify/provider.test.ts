import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, mac, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { shopify } from "./provider.ts";

const SECRET = "shop-secret";
const source = (client_secret: unknown = SECRET) => ({
  credentials: { client_secret },
  options: {},
  callbackUrl: CALLBACK_URL,
});
const verify = (body: string, signature?: string, from = source()) =>
  shopify.verify(callback(body, signature ? { "X-Shopify-Hmac-Sha256": signature } : {}), from, verifyContext());

/** Of a published test, as the secret above and the body are. */
const BODY = '{"id":1}';
const PUBLISHED = "plW8VGqq0nDMIEhDqaNNW99asdUCy7EIqLZVcQwtAZ0=";

describe("verification", () => {
  it("agrees with a published signature", async () => {
    expect(await verify(BODY, PUBLISHED)).toBe("verified");
    expect(await verify('{"id": 1}', PUBLISHED)).toBe("bad_signature");
    expect(await verify(BODY)).toBe("missing_signature");
    expect(await verify(BODY, mac("sha256", SECRET, BODY, "hex"))).toBe("bad_signature");
    expect(await verify(BODY, "*")).toBe("bad_signature");
  });

  it("takes no empty body, whoever signed it", async () => {
    expect(await verify("", mac("sha256", SECRET, "", "base64"))).toBe("malformed");
  });

  it("takes either of two secrets", async () => {
    expect(await verify(BODY, PUBLISHED, source(["new", SECRET]))).toBe("verified");
    expect(await verify(BODY, mac("sha256", "new", BODY, "base64"), source(["new", SECRET]))).toBe("verified");
  });
});

describe("normalisation", () => {
  const headers = { "X-Shopify-Topic": "orders/create", "X-Shopify-Webhook-Id": "webhook-1" };
  const normalise = (body: string, given: Record<string, string>) => shopify.normalise(callback(body, given), source());

  it("prefers the event's id, which all subscriptions share", async () => {
    const more = { "X-Shopify-Event-Id": "event-1", "X-Shopify-Triggered-At": "2026-01-02T03:04:05.678901234Z" };
    expect(await normalise(BODY, { ...headers, ...more })).toEqual([
      {
        type: "generic",
        event: "orders/create",
        dedup_key: "|orders/create|event-1",
        occurred_at: "2026-01-02T03:04:05.678Z",
        raw: { id: 1 },
      },
    ]);
    expect(await normalise(BODY, headers)).toMatchObject([
      { dedup_key: "|orders/create|webhook-1", occurred_at: null },
    ]);
  });

  it("makes nothing of a callback without a topic, an id or JSON", async () => {
    await expect(normalise(BODY, { ...headers, "X-Shopify-Topic": "" })).rejects.toThrow(MalformedCallback);
    await expect(normalise(BODY, { "X-Shopify-Topic": "a/b" })).rejects.toThrow(MalformedCallback);
    await expect(normalise("<a/>", headers)).rejects.toThrow(MalformedCallback);
  });
});

it("refuses as Shopify wants it", () => {
  expect(shopify.refuse("bad_signature").status).toBe(401);
  expect(shopify.refuse("missing_signature").status).toBe(401);
  expect(shopify.refuse("malformed").status).toBe(400);
});
