import { type OwnCase, standardSigned, WHSEC } from "../../../../test/support/provider-callbacks.ts";

const standardWebhooks: OwnCase = {
  name: "Standard Webhooks",
  credentials: { signing_secret: WHSEC },
  callback: () => standardSigned('{"type":"user.created","timestamp":"2026-03-27T09:00:00Z","data":{"id":7}}', "msg_1"),
  repeatsAnew: true,
  forge: ["body", '"id":7'],
  event: "standard-webhooks.user.created",
  data: { event: "user.created", occurred_at: "2026-03-27T09:00:00.000Z", payload: { data: { id: 7 } } },
};

export const cases: readonly OwnCase[] = [standardWebhooks];
