import { ageless, type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { signing_secret: KEY } }),
  vectors: {
    stripe: (vector) => ({ credentials: { signing_secret: vector.secret_or_key }, options: ageless(vector) }),
  },
};
