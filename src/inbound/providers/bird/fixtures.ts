import { scalarsOf } from "../../../../test/inbound/sample-prose.ts";
import { ageless, type Fixtures, KEY, standardHeaders, WHSEC } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: ({ content }) =>
    // Of its two generations the older one wraps what it says in a `payload`.
    scalarsOf("service", content).length > 0
      ? { credentials: { signing_key: KEY }, options: { generation: "notifications" } }
      : { credentials: { signing_key: WHSEC }, options: { generation: "standard-webhooks" } },
  vectors: {
    "bird-hmac": (vector) => ({
      credentials: { signing_key: vector.secret_or_key },
      options: { ...ageless(vector), generation: "notifications" },
    }),
    "standard-webhooks": (vector) => ({
      credentials: { signing_key: vector.secret_or_key },
      options: { ...ageless(vector), generation: "standard-webhooks" },
    }),
  },
  headers: () => standardHeaders("webhook", "evt_made_up_1"),
};
