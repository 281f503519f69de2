import { FORM_TYPE, glued, hmac, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const mandrillSigned = (body: string) => (url: string) => ({
  method: "POST" as const,
  headers: { ...FORM_TYPE, "x-mandrill-signature": hmac("sha1", SECRET, "base64", url + glued(body)) },
  body,
});

const mandrill: OwnCase = {
  name: "Mandrill, events",
  credentials: { webhook_key: SECRET },
  callback: mandrillSigned(sample("mandrill", "hard_bounce")),
  forge: ["body", "r%40example.com"],
  event: "email.bounced",
  data: {
    status: "bounced",
    soft: false,
    message_id: "abcdef012345789abcdef012345789",
    recipient: "r@example.com",
    occurred_at: "2016-04-19T19:47:26.000Z",
  },
};

const mandrillInbound: OwnCase = {
  ...mandrill,
  name: "Mandrill, inbound",
  callback: mandrillSigned(sample("mandrill", "inbound")),
  forge: ["body", "hello"],
  event: "message.received",
  data: {
    channel: "email",
    message_id: "<x@example.org>",
    from: "a@example.org",
    to: ["in@example.com"],
    text: "hello",
  },
};

export const cases: readonly OwnCase[] = [mandrill, mandrillInbound];
