import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Message } from "./dialect.ts";

/** What the tests know of a system by its own document: each folder has one, beside the request that it expects. */

export type Headers = Record<string, string>;

export interface Example {
  /** The event of the document's example, and the body that it shows (without its line breaks). */
  example: Partial<Message>;
  body: string;
  /** Accepts or refuses a request as that system's receivers do. */
  accepts: (headers: Headers, body: string, secret: string) => boolean;
  /** Names of its headers, in any order. */
  headers: string[];
  /** The header that is not there without a secret. */
  signature: string;
  /** Whether the header takes the signatures of several secrets. */
  rotates: boolean;
  /** What its webhook and its workspace are made with, beside what all have, for the request in `expected.http`. */
  webhook: Record<string, unknown>;
  workspace: Record<string, unknown>;
}

type BySignature = Pick<Example, "accepts" | "headers" | "signature" | "rotates">;

/** The body's HMAC-SHA256 in hex, behind a prefix. */
export function bodyExample(signature: string, prefix: string): BySignature {
  return {
    accepts: (headers, body, secret) =>
      headers[signature] === prefix + createHmac("sha256", secret).update(body).digest("hex"),
    headers: ["content-type", "x-webhook-event", "x-webhook-delivery", signature],
    signature,
    rotates: false,
  };
}

/** By the specification's own library. */
export const standardExample: BySignature = {
  accepts(headers, body, secret) {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  },
  headers: ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"],
  signature: "webhook-signature",
  rotates: true,
};

/** The example in the folder of a system that is registered. */
export async function exampleOf(name: string): Promise<Example> {
  const { example }: { example: Example } = await import(`./${name}/example.ts`);
  return example;
}
