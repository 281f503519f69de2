import {
  hmac,
  JSON_TYPE,
  type Outgoing,
  type OwnCase,
  SECRET,
  sample,
} from "../../../../test/support/provider-callbacks.ts";

const metaSigned = (body: string) => (): Outgoing => ({
  method: "POST",
  headers: { ...JSON_TYPE, "x-hub-signature-256": `sha256=${hmac("sha256", SECRET, "hex", body)}` },
  body,
});

const meta: OwnCase = {
  name: "Meta WhatsApp, status",
  credentials: { app_secret: SECRET, verify_token: "a-token" },
  callback: metaSigned(sample("meta-whatsapp", "status sent")),
  forge: ["body", "recipient_id"],
  event: "whatsapp.sent",
  data: {
    status: "sent",
    message_id: "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA",
    recipient: "16505551234",
    occurred_at: "2025-06-18T16:22:53.000Z",
  },
};

const metaInbound: OwnCase = {
  ...meta,
  name: "Meta WhatsApp, inbound",
  // As Meta writes what is not ASCII, and a slash: what is signed are these bytes.
  callback: metaSigned(
    sample("meta-whatsapp", "inbound text").replace("another color?", String.raw`schwarz\/wei\u00df?`),
  ),
  forge: ["body", String.raw`wei\u00df`],
  event: "message.received",
  data: {
    channel: "whatsapp",
    message_id: "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
    from: "16505551234",
    from_name: "Sheena Nelson",
    to: ["15550783881"],
    text: "Does it come in schwarz/weiß?",
  },
};

export const cases: readonly OwnCase[] = [meta, metaInbound];
