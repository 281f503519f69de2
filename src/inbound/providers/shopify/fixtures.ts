import { type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { client_secret: KEY } }),
  vectors: {
    shopify: ({ secret_or_key: client_secret }) => ({ credentials: { client_secret } }),
  },
  // A sample's kind begins with the topic.
  headers: ({ kind }) => ({
    "X-Shopify-Topic": kind.split(" ")[0] ?? "",
    "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
    "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    "X-Shopify-Shop-Domain": "shop.myshopify.com",
    "X-Shopify-API-Version": "2025-01",
  }),
};
