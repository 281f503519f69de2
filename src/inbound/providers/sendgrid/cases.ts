import {
  JSON_TYPE,
  type OwnCase,
  SENDGRID_PUBLIC_KEY,
  sample,
  sendgridSigned,
} from "../../../../test/support/provider-callbacks.ts";

const sendgrid: OwnCase = {
  name: "SendGrid, events",
  credentials: { public_key: SENDGRID_PUBLIC_KEY },
  // With the line feed that SendGrid ends its bodies with, and signs.
  callback: () => sendgridSigned(`${sample("sendgrid", "bounce")}\r\n`, JSON_TYPE),
  forge: ["body", "example@test.com"],
  event: "email.bounced",
  data: {
    channel: "email",
    status: "bounced",
    soft: false,
    message_id: "14c5d75ce93",
    recipient: "example@test.com",
    error: { code: "5.0.0", text: "500 unknown recipient" },
    advanced: true,
    occurred_at: "2020-11-28T14:55:33.000Z",
  },
};

export const cases: readonly OwnCase[] = [sendgrid];
