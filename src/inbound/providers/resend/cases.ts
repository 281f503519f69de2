import { type OwnCase, sample, standardSigned, WHSEC } from "../../../../test/support/provider-callbacks.ts";

const resend: OwnCase = {
  name: "Resend, events",
  credentials: { signing_secret: WHSEC },
  callback: () => standardSigned(sample("resend", "email.sent"), "msg_p5jXN8AQM9LWM0D4loKWxJek", "svix"),
  repeatsAnew: true,
  forge: ["body", "delivered@resend.dev"],
  event: "email.sent",
  data: {
    status: "sent",
    message_id: "56761188-7520-42d8-8898-ff6fc54ce618",
    recipient: "delivered@resend.dev",
    occurred_at: "2026-01-01T23:41:12.126Z",
  },
};

const resendInbound: OwnCase = {
  ...resend,
  name: "Resend, inbound",
  callback: () => standardSigned(sample("resend", "email.received"), "msg_2", "svix"),
  forge: ["body", "customer@example.com"],
  event: "message.received",
  data: {
    channel: "email",
    from: "customer@example.com",
    to: ["support@in.example.com"],
    subject: "Question",
    text: null,
    media: [{ provider_media_id: "att_1", filename: "r.pdf", content_type: "application/pdf" }],
  },
};

export const cases: readonly OwnCase[] = [resend, resendInbound];
