import { base64, fromBase64, fromCanonicalBase64 } from "../lib/bytes.ts";
import type { Dialect } from "./dialect.ts";
import { hmacSha256 } from "./wire.ts";

/**
 * Signature, secret and headers of the Standard Webhooks specification, version 1, symmetric signatures.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

const PREFIX = "whsec_";

/** The bytes of a stored secret. It may be from before a new one had to be canonical, and signs as it always did. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> | undefined {
  return secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : undefined;
}

/** Receivers' libraries refuse other base64 than canonical, or read other bytes out of it. */
function complaintAbout(secret: string): string | undefined {
  const key = secret.startsWith(PREFIX) ? fromCanonicalBase64(secret.slice(PREFIX.length)) : undefined;
  if (key && key.length >= 24 && key.length <= 64) return undefined;
  return "A secret is whsec_ and the canonical base64 of 24 to 64 random bytes: with its padding (=), without blanks.";
}

const HEADER = "webhook-signature";

export const standardSignature: Pick<Dialect, "signature" | "secret" | "sign" | "headers"> = {
  signature: { scheme: "standard", header: HEADER },
  secret: {
    required: true,
    overlaps: true,
    generate: () => PREFIX + base64(crypto.getRandomValues(new Uint8Array(32))),
    complaint: complaintAbout,
  },
  async sign(secrets, message, timestamp, body) {
    const content = `${message.deliveryId}.${timestamp}.${body}`;
    const signatures = secrets.map(async (secret) => {
      const key = keyOf(secret);
      if (!key) throw new TypeError("A stored secret is not of the whsec_ form");
      return `v1,${base64(await hmacSha256(key, content))}`;
    });
    return (await Promise.all(signatures)).join(" ");
  },
  headers: (message, { timestamp, signature }) => ({
    "content-type": "application/json",
    "webhook-id": message.deliveryId,
    "webhook-timestamp": String(timestamp),
    ...(signature === undefined ? {} : { [HEADER]: signature }),
  }),
};
