import Stripe from "stripe";
import { JSON_TYPE, type OwnCase, sample, WHSEC } from "../../../../test/support/provider-callbacks.ts";

const stripe: OwnCase = {
  name: "Stripe",
  credentials: { signing_secret: WHSEC },
  callback: () => {
    const payload = sample("stripe", "event");
    const header = new Stripe("sk_test_unused").webhooks.generateTestHeaderString({ payload, secret: WHSEC });
    return { method: "POST", headers: { ...JSON_TYPE, "stripe-signature": header }, body: payload };
  },
  repeatsAnew: true,
  forge: ["body", "in_1"],
  event: "stripe.invoice.paid",
  data: {
    provider: "stripe",
    event: "invoice.paid",
    occurred_at: "2023-11-14T22:13:20.000Z",
    payload: { id: "evt_1" },
  },
};

export const cases: readonly OwnCase[] = [stripe];
