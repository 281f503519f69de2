import { ageless, type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { signature_secret: KEY }, options: { scheme: "sig", algorithm: "sha256" } }),
  vectors: {
    "vonage-sig": (vector) => ({
      credentials: { signature_secret: vector.secret_or_key },
      options: { ...ageless(vector), scheme: "sig", algorithm: vector.options?.algorithm },
    }),
  },
};
