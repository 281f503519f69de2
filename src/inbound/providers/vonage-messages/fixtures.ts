import { ageless, type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { signature_secret: KEY } }),
  vectors: {
    "vonage-jwt": (vector) => ({
      credentials: { signature_secret: vector.secret_or_key },
      options: { ...ageless(vector), ...vector.options },
    }),
  },
};
