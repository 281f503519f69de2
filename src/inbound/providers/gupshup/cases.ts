import { JSON_TYPE, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const gupshup: OwnCase = {
  name: "Gupshup",
  credentials: { header: "X-Callback-Token", value: SECRET },
  callback: () => ({
    method: "POST",
    headers: { ...JSON_TYPE, "x-callback-token": SECRET, "user-agent": "Gupshup" },
    body: sample("gupshup", "message-event delivered"),
  }),
  forge: ["x-callback-token", SECRET],
  event: "whatsapp.delivered",
  data: {
    status: "delivered",
    message_id: "59f8db90-c37e-4408-90ab-cc54ef8246ad",
    recipient: "919850000001",
    occurred_at: "2020-02-01T08:44:37.000Z",
  },
};

export const cases: readonly OwnCase[] = [gupshup];
