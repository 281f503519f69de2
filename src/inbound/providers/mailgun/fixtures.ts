import { ageless, type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { signing_key: KEY } }),
  vectors: {
    mailgun: (vector) => ({ credentials: { signing_key: vector.secret_or_key }, options: ageless(vector) }),
  },
};
