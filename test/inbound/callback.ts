import { type BinaryToTextEncoding, createHmac } from "node:crypto";
import type { CallbackRequest, Surroundings } from "../../src/inbound/provider.ts";

/** Unix seconds. */
export const NOW = 1_700_000_000;
export const CALLBACK_URL = "https://hooks.example.com/in/provider/key";

/** A callback as a provider sends it, where nothing else is said by POST. */
export function callback(
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  more: { method?: string; url?: string } = {},
): CallbackRequest {
  return {
    method: "POST",
    url: CALLBACK_URL,
    headers: new Headers(headers),
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    ...more,
  };
}

/** As when nothing may be asked. */
export const surroundings = (more: Partial<Surroundings> = {}): Surroundings => ({
  now: NOW,
  fetchCertificate: async (url) => {
    throw new Error(`Nobody may fetch ${url}`);
  },
  seenBefore: async () => false,
  ...more,
});

/** An HMAC by another implementation than the one that is tested. */
export const mac = (hash: string, key: string, data: string | Uint8Array, encoding: BinaryToTextEncoding): string =>
  createHmac(hash, key).update(data).digest(encoding);
