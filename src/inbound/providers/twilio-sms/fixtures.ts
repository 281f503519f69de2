import { type Fixtures, KEY } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: { auth_token: KEY } }),
  vectors: {
    // By which of its two ways it is signed, a header says: https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
    twilio: ({ headers, secret_or_key: secret }) => {
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      const isShared = names.includes("x-twilio-webhooks-signature-settings");
      return { credentials: isShared ? { shared_key: secret } : { auth_token: secret } };
    },
  },
  takesNoJson: true,
};
