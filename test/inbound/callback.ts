import { type BinaryToTextEncoding, createHmac, createPrivateKey, sign } from "node:crypto";
import type { CallbackRequest, Source, VerifyContext } from "../../src/inbound/provider.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { FORM_TYPE, JSON_TYPE } from "../support/callback-forms.ts";

/** Callbacks, sources and contexts for the tests of providers. */

/** Unix seconds. */
export const NOW = 1_700_000_000;
export const CALLBACK_URL = "https://hooks.example.com/in/provider/key";

/** A callback as a provider sends it, where nothing else is said by POST. */
export const callback = (
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  more: { method?: string; url?: string } = {},
): CallbackRequest => ({
  method: "POST",
  url: CALLBACK_URL,
  headers: new Headers(headers),
  body: typeof body === "string" ? utf8(body) : body,
  ...more,
});

type Parts = { method?: string; url?: string; query?: string; headers?: Record<string, string>; body?: string };

/** The same by its parts: a POST where there is a body, and else a GET. */
export const called = ({ method, url = CALLBACK_URL, query, headers, body }: Parts): CallbackRequest =>
  callback(body ?? "", headers, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    url: query === undefined ? url : `${url}?${query}`,
  });

export const jsonCallback = (value: unknown, headers: Record<string, string> = {}): CallbackRequest =>
  callback(JSON.stringify(value), { ...JSON_TYPE, ...headers });

export const formCallback = (fields: [string, string][], headers: Record<string, string> = {}): CallbackRequest =>
  callback(new URLSearchParams(fields).toString(), { ...FORM_TYPE, ...headers });

export const sourceWith = (credentials: unknown, options: unknown = {}, callbackUrl = CALLBACK_URL): Source => ({
  credentials,
  options,
  callbackUrl,
});

/** As when nothing may be asked. */
export const verifyContext = (more: Partial<VerifyContext> = {}): VerifyContext => ({
  now: NOW,
  fetchCertificate: async (url) => {
    throw new Error(`Nobody may fetch ${url}`);
  },
  seenBefore: async () => false,
  ...more,
});

/**
 * The same at another time.
 * @param now in unix seconds
 * @param taken keys of what was taken before; what is asked for is added to it
 */
export const at = (now: number, taken: Set<string> = new Set()): VerifyContext =>
  verifyContext({ now, seenBefore: async (key) => taken.has(key) || !taken.add(key) });

/** An HMAC by another implementation than the one that is tested. */
export const mac = (hash: string, key: string, data: string | Uint8Array, encoding: BinaryToTextEncoding): string =>
  createHmac(hash, key).update(data).digest(encoding);

/** RFC 7515, A.3.1: the private half of the key in `providers/fixtures.ts`. */
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

/** The headers with which SendGrid signs by that key. */
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
