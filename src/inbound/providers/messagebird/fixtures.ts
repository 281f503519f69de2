import { ageless, type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { signing_key: KEY }, options: { generation: "hmac" } }),
  vectors: {
    "messagebird-hmac": (vector) => ({
      credentials: { signing_key: vector.secret_or_key },
      options: { ...ageless(vector), generation: "hmac" },
    }),
    "messagebird-jwt": ({ secret_or_key: signing_key }) => ({
      credentials: { signing_key },
      options: { generation: "jwt" },
    }),
  },
  takesNoJson: true,
};
