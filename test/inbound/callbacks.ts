import { createPrivateKey, sign } from "node:crypto";
import type { CallbackRequest, Source, Surroundings } from "../../src/inbound/provider.ts";
import { utf8 } from "../../src/lib/bytes.ts";

/** Callbacks, sources and surroundings for the tests of providers. */

export const CALLBACK_URL = "https://hooks.example.com/in/anything/src_1";

export const callback = (
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  more: Partial<CallbackRequest> = {},
): CallbackRequest => ({
  method: "POST",
  url: CALLBACK_URL,
  headers: new Headers(headers),
  body: typeof body === "string" ? utf8(body) : body,
  ...more,
});

export const jsonCallback = (value: unknown, headers: Record<string, string> = {}): CallbackRequest =>
  callback(JSON.stringify(value), { "Content-Type": "application/json", ...headers });

export const formCallback = (fields: [string, string][], headers: Record<string, string> = {}): CallbackRequest =>
  callback(new URLSearchParams(fields).toString(), {
    "Content-Type": "application/x-www-form-urlencoded",
    ...headers,
  });

export const sourceWith = (credentials: unknown, options: unknown = {}): Source => ({
  credentials,
  options,
  callbackUrl: CALLBACK_URL,
});

/** @param now in unix seconds */
export const at = (now: number, seen: readonly string[] = []): Surroundings => ({
  now,
  fetchCertificate: () => Promise.reject(new Error("No certificate is wanted here")),
  seenBefore: async (key) => seen.includes(key),
});

/** RFC 7515, A.3.1: a key pair on P-256; the public one as SubjectPublicKeyInfo. */
export const P256_PUBLIC =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==";
const P256_PRIVATE = createPrivateKey({
  format: "jwk",
  key: {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
  },
});

/** The headers with which SendGrid signs for {@link P256_PUBLIC}. */
export const sendgridHeaders = (body: string | Uint8Array, timestamp: string): Record<string, string> => ({
  "X-Twilio-Email-Event-Webhook-Signature": sign(
    "sha256",
    Buffer.concat([Buffer.from(timestamp), Buffer.from(body as Uint8Array)]),
    P256_PRIVATE,
  ).toString("base64"),
  "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
});

/** Bytes of a text of which each character is one (ISO 8859-1). */
export const latin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
