import { hmac, JSON_TYPE, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const shopify: OwnCase = {
  name: "Shopify",
  credentials: { client_secret: SECRET },
  callback: () => {
    const body = sample("shopify", "orders/create");
    return {
      method: "POST",
      headers: {
        ...JSON_TYPE,
        "x-shopify-topic": "orders/create",
        "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "x-shopify-triggered-at": "2026-03-29T18:00:27.877041743Z",
        "x-shopify-hmac-sha256": hmac("sha256", SECRET, "base64", body),
      },
      body,
    };
  },
  forge: ["body", "jon@example.com"],
  refuses: 401,
  event: "shopify.orders.create",
  data: {
    provider: "shopify",
    event: "orders/create",
    occurred_at: "2026-03-29T18:00:27.877Z",
    payload: { email: "jon@example.com" },
  },
};

export const cases: readonly OwnCase[] = [shopify];
