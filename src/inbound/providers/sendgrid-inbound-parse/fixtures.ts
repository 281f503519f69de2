import { ageless, type Fixtures, P256_PUBLIC } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { public_key: P256_PUBLIC } }),
  vectors: {
    "sendgrid-ecdsa": (vector) => ({ credentials: { public_key: vector.secret_or_key }, options: ageless(vector) }),
  },
  takesNoJson: true,
};
