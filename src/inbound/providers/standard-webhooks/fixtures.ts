import { ageless, type Fixtures, standardHeaders, WHSEC } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { signing_secret: WHSEC } }),
  vectors: {
    "standard-webhooks": (vector) => ({
      credentials: { signing_secret: vector.secret_or_key },
      options: ageless(vector),
    }),
  },
  headers: () => standardHeaders("webhook", "msg_made_up_2"),
};
