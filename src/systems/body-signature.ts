import { hex, utf8 } from "../lib/bytes.ts";
import type { Dialect } from "./dialect.ts";
import { hmacSha256 } from "./wire.ts";

/**
 * Signature, secret and headers of the systems that sign the body as it is: HMAC-SHA256 in hex, of which one fits the
 * header, so the newest secret signs alone.
 * @param header the signature's
 * @param prefix what stands before the digest
 */
export function bodySignature(
  header: string,
  prefix: string,
  secretRequired: boolean,
): Pick<Dialect, "signature" | "secret" | "sign" | "headers"> {
  return {
    signature: { scheme: "body", header, prefix },
    secret: {
      required: secretRequired,
      overlaps: false,
      generate: () => hex(crypto.getRandomValues(new Uint8Array(32))),
      complaint: (secret) =>
        secret.length >= 16 && secret.length <= 500
          ? undefined
          : `A secret has 16 to 500 characters, and this one ${secret.length}: choose another.`,
    },
    sign: async ([newest], _message, _timestamp, body) => prefix + hex(await hmacSha256(utf8(newest ?? ""), body)),
    headers: (message, { signature }) => ({
      "content-type": "application/json",
      "x-webhook-event": message.type,
      "x-webhook-delivery": message.deliveryId,
      ...(signature === undefined ? {} : { [header]: signature }),
    }),
  };
}
