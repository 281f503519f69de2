import { type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { auth_token: KEY } }),
  vectors: {
    "plivo-v2": ({ secret_or_key: auth_token }) => ({ credentials: { auth_token } }),
    "plivo-v3": ({ secret_or_key: auth_token }) => ({ credentials: { auth_token } }),
  },
  takesNoJson: true,
};
