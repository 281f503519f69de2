import * as z from "zod";
import { at, jsonObjectOf, textAt } from "../../parsing/json.ts";
import { isoOf } from "../../parsing/times.ts";
import { defineProvider, MalformedCallback } from "../../provider.ts";
import { rotating, Secret, tolerance } from "../../settings.ts";
import { concat, signedByAny } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/**
 * Stripe's events. `Stripe-Signature: t=…,v1=…` holds in hex the HMAC-SHA256 of the time, a point and the body, once for
 * each secret that is valid while one is rotated.
 * https://docs.stripe.com/webhooks#verify-manually
 *
 * Two are the same that have one event `id` (https://docs.stripe.com/webhooks#handle-duplicate-events): two endpoints of one
 * account that call the same source tell of one event once.
 */
export const stripe = defineProvider({
  name: "stripe",
  guide,
  passesOn: true,
  bouncesLater: false,
  retriesFor: 3 * 86_400,
  /** The key is the text as it is shown, `whsec_` included: unlike elsewhere it is no base64. */
  credentials: z.strictObject({ signing_secret: rotating(Secret) }),
  options: z.strictObject({ tolerance: tolerance(300) }),

  async verify(request, { credentials, options }, { now }) {
    const header = request.headers.get("stripe-signature");
    if (!header) return "missing_signature";
    const parts = header.split(",").map((part) => {
      const cut = part.indexOf("=");
      return { name: part.slice(0, Math.max(cut, 0)).trim(), value: part.slice(cut + 1).trim() };
    });
    const of = (name: string) => parts.filter((part) => part.name === name).map((part) => part.value);
    const [time = "", ...more] = of("t");
    if (!/^\d{1,12}$/.test(time) || more.length > 0) return "bad_signature";
    const data = concat(`${time}.`, request.body);
    if (!(await signedByAny("SHA-256", credentials.signing_secret, data, of("v1"), "hex"))) return "bad_signature";
    // As Stripe's libraries do, a time ahead of ours is let pass.
    return options.tolerance > 0 && now - Number(time) > options.tolerance ? "stale" : "verified";
  },

  async normalise({ body }) {
    const callback = jsonObjectOf(body);
    const [id, event] = [textAt(callback, "id"), textAt(callback, "type")];
    if (id === null || event === null) throw new MalformedCallback("It is an event without an id or a type.");
    return [{ type: "generic", event, dedup_key: id, occurred_at: isoOf(at(callback, "created")), raw: callback }];
  },
});
