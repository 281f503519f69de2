import { type Fixtures, KEY } from "../fixtures.ts";
import { mixedStatuses, statusOf } from "../meta-whatsapp/fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { header: "Authorization", value: KEY } }),
  vectors: {
    "static-credential": ({ secret_or_key: value, options: { header } = {} }) => ({ credentials: { header, value } }),
  },
  mixed: mixedStatuses((n) => ({ ...statusOf(n), gs_id: `g${n}` })),
};
