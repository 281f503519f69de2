import { type OwnCase, sample, standardSigned, WHSEC } from "../../../../test/support/provider-callbacks.ts";

const bird: OwnCase = {
  name: "Bird",
  credentials: { signing_key: WHSEC },
  callback: () => standardSigned(sample("bird", "sms.sent"), "whm_01krdgeqcxet5s7t44vh8rt9mg"),
  repeatsAnew: true,
  forge: ["body", "+14155552671"],
  event: "sms.sent",
  data: {
    status: "sent",
    message_id: "sms_01krdgeqcxet5s7t44vh8rt9mg",
    recipient: "+14155552671",
    occurred_at: "2026-01-01T00:00:00.000Z",
  },
};

export const cases: readonly OwnCase[] = [bird];
