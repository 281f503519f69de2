import { type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { header: "Authorization", value: KEY } }),
  vectors: {
    "static-credential": ({ secret_or_key: value, options: { header } = {} }) => ({ credentials: { header, value } }),
  },
};
