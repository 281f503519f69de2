import type { OwnGuide } from "../../guide.ts";

export const guide: OwnGuide = {
  name: "Shopify",
  group: "events",
  brings: "Events of a shop, as `shopify.orders.create`.",
  steps: [
    "In your app's configuration, or by Shopify's API, add a webhook subscription for each topic that you want, with `{url}` as its address.",
    "Release the app's version, and have a topic happen: create an order in a test shop, say.",
  ],
  signed: "The whole body, by the app's client secret.",
  caution: "The topic and the ids stand in headers that Shopify does not sign. No time is signed either.",
  repeats: "After anything but 2xx within 5 s: eight times in four hours, after which it removes the subscription.",
  fields: {
    "credentials.client_secret": {
      label: "Client secret",
      hint: "Of the app that has the webhooks, in its settings at Shopify.",
    },
  },
};
