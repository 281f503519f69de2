import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import { jsonOf } from "../../parsing/json.ts";
import { isoOf } from "../../parsing/times.ts";
import { defineProvider, MalformedCallback, usualRefusal } from "../../provider.ts";
import { rotating, Secret } from "../../settings.ts";
import { concat, signedByAny } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/**
 * Shopify's events. `X-Shopify-Hmac-Sha256` is in base64 the HMAC-SHA256 of the body, with the app's client secret; the
 * topic and the ids stand in headers that it does not cover.
 * https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 *
 * Two are the same that come of one shop, under one topic, with one event id
 * (https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates): one change of a product may raise several topics.
 */
export const shopify = defineProvider({
  name: "shopify",
  guide,
  passesOn: true,
  bouncesLater: false,
  /** Today it comes again over 4 hours, formerly over 48. */
  retriesFor: 2 * 86_400,
  credentials: z.strictObject({ client_secret: rotating(Secret) }),
  options: z.strictObject({}),

  async verify({ headers, body }, { credentials }) {
    const signature = headers.get("x-shopify-hmac-sha256");
    if (!signature) return "missing_signature";
    // Shopify's own library takes none without a body, whoever signed it.
    if (body.length === 0) return "malformed";
    const signed = await signedByAny("SHA-256", credentials.client_secret, concat(body), [signature], "base64");
    return signed ? "verified" : "bad_signature";
  },

  async normalise({ headers, body }) {
    const event = headers.get("x-shopify-topic");
    // An event's id comes with each topic that one change raises; a webhook's is another for each subscription.
    const id = headers.get("x-shopify-event-id") ?? headers.get("x-shopify-webhook-id");
    if (!event || !id) throw new MalformedCallback("Its headers name no topic or no id.");
    const occurred_at = isoOf(headers.get("x-shopify-triggered-at"));
    const dedup_key = joined([headers.get("x-shopify-shop-domain"), event, id]);
    return [{ type: "generic", event, dedup_key, occurred_at, raw: jsonOf(body) }];
  },

  /** Apps are reviewed for this status. https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance */
  refuse: (verdict) => (verdict === "bad_signature" ? { status: 401 } : usualRefusal(verdict)),
});
