import { createHmac } from "node:crypto";
import { Webhook as StandardWebhook, WebhookVerificationError } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import type { Received } from "./receiver.ts";

/** What a signature is about. */
export type Signed = Pick<Received, "headers" | "body">;

/** The libraries that customers check Standard Webhooks signatures with. */
export const LIBRARIES = ["standardwebhooks", "svix"] as const;

const checks: Record<
  (typeof LIBRARIES)[number],
  (secret: string, body: string, headers: Record<string, string>) => void
> = {
  standardwebhooks: (secret, body, headers) => new StandardWebhook(secret).verify(body, headers),
  svix: (secret, body, headers) => new SvixWebhook(secret).verify(body, headers),
};

/**
 * The libraries that take a request for genuine: {@link LIBRARIES} or none, as far as they agree.
 * @throws Error what a library throws for anything but a signature that does not fit
 */
export function librariesAccepting(secret: string, { headers, body }: Signed): string[] {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return LIBRARIES.filter((library) => {
    try {
      checks[library](secret, body.toString(), given);
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  });
}

/** The hex digest that the documents of the systems without those libraries sign a body with. */
export const hexSignature = (secret: string, body: Buffer | string): string =>
  createHmac("sha256", secret).update(body).digest("hex");
