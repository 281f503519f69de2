import { JSON_TYPE, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const postmark: OwnCase = {
  name: "Postmark, events",
  credentials: { username: "postmark", password: SECRET },
  callback: () => ({
    method: "POST",
    headers: { ...JSON_TYPE, authorization: `Basic ${Buffer.from(`postmark:${SECRET}`).toString("base64")}` },
    body: sample("postmark", "Bounce SoftBounce"),
  }),
  forge: ["authorization", Buffer.from("postmark").toString("base64").slice(0, 10)],
  event: "email.bounced",
  data: {
    status: "bounced",
    soft: true,
    message_id: "883953f4-6105-42a2-a16a-77a8eac79483",
    recipient: "b@example.com",
    occurred_at: "2026-01-01T16:28:50.000Z",
  },
};

const postmarkInbound: OwnCase = {
  ...postmark,
  name: "Postmark, inbound mail",
  credentials: { header: "X-Postmark-Token", value: SECRET },
  callback: () => ({
    method: "POST",
    headers: { ...JSON_TYPE, "x-postmark-token": SECRET },
    body: sample("postmark", "Inbound"),
  }),
  forge: ["x-postmark-token", SECRET],
  event: "message.received",
  data: {
    channel: "email",
    from: "support@postmarkapp.com",
    to: ["mailbox+SampleHash@inbound.postmarkapp.com"],
    cc: ["firstcc@postmarkapp.com", "secondCc@postmarkapp.com"],
    subject: "Test subject",
    text: "This is a test text body.",
    media: [{ filename: "test.txt", content_type: "text/plain", size: 45 }],
  },
};

export const cases: readonly OwnCase[] = [postmark, postmarkInbound];
