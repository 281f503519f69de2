import { hex, utf8 } from "../lib/bytes.ts";
import type { Dialect } from "./dialect.ts";
import { hmacSha256, isoSeconds, jsonObject } from "./wire.ts";

/** The helpdesk's webhooks: the body signed as it is, the digest in hex in a header of its own. */
export const gopimi: Dialect = {
  name: "gopimi",
  retryDelays: [30, 120, 480, 1920, 7680],
  timeoutMs: 10_000,
  secret: {
    required: true,
    generate: () => hex(crypto.getRandomValues(new Uint8Array(32))),
    complaint: (secret) =>
      secret.length >= 16 && secret.length <= 500 ? undefined : "A secret has 16 to 500 characters.",
  },
  body: (message) =>
    jsonObject({
      event: JSON.stringify(message.type),
      timestamp: JSON.stringify(isoSeconds(message.occurredAt)),
      workspace_id: String(message.workspace.id),
      data: message.data,
    }),
  // One signature fits the header, so the newest secret signs alone.
  sign: async ([newest], _message, _timestamp, body) => hex(await hmacSha256(utf8(newest ?? ""), body)),
  headers: (message, { signature }) => ({
    "content-type": "application/json",
    "x-webhook-event": message.type,
    "x-webhook-delivery": message.deliveryId,
    ...(signature === undefined ? {} : { "x-gopimi-signature": signature }),
  }),
};
