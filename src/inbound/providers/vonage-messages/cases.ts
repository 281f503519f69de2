import {
  JSON_TYPE,
  jwt,
  type Outgoing,
  type OwnCase,
  SECRET,
  sample,
  seconds,
  sha256,
} from "../../../../test/support/provider-callbacks.ts";

function vonageToken(body: string): Outgoing {
  const claims = {
    iat: seconds(),
    jti: crypto.randomUUID(),
    iss: "Vonage",
    payload_hash: sha256(body).toString("hex"),
    api_key: "a1234567",
  };
  return { method: "POST", headers: { ...JSON_TYPE, authorization: `Bearer ${jwt(claims, SECRET)}` }, body };
}

const vonageMessages: OwnCase = {
  name: "Vonage Messages, status",
  credentials: { signature_secret: SECRET },
  callback: () => vonageToken(sample("vonage-messages", "status submitted")),
  repeatsAnew: true,
  forge: ["body", "447700900000"],
  event: "sms.sent",
  data: {
    status: "sent",
    message_id: "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
    recipient: "447700900000",
    occurred_at: "2026-01-01T14:00:00.000Z",
  },
};

const vonageMessagesInbound: OwnCase = {
  ...vonageMessages,
  name: "Vonage Messages, inbound",
  callback: () => vonageToken(sample("vonage-messages", "inbound text")),
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ac",
    from: "447700900001",
    to: ["447700900000"],
    text: "Hello",
  },
};

export const cases: readonly OwnCase[] = [vonageMessages, vonageMessagesInbound];
