import { type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { secret: KEY } }),
  vectors: {
    "hub-sha256": ({ secret_or_key: secret }) => ({ credentials: { secret } }),
  },
  // A sample's kind begins with the event's name.
  headers: ({ kind }) => ({
    "X-GitHub-Event": kind.split(" ")[0] ?? "",
    "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  }),
};
