import * as z from "zod";
import { fromBase64, fromCanonicalBase64 } from "../../lib/bytes.ts";
import { sameBytes } from "../../lib/constant-time.ts";
import type { CallbackRequest, ConfigIssue, Verdict } from "../provider.ts";
import { isStale } from "../settings.ts";
import { concat, hmac } from "./hmac.ts";

/**
 * Signatures by the Standard Webhooks specification
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), which is Svix's scheme:
 * over `id.timestamp.body`, `v1` by HMAC-SHA256 with what is base64 after `whsec_`, `v1a` by Ed25519 with the public key
 * that is base64 after `whpk_`. The headers are called `webhook-*`, or `svix-*` at Svix's customers.
 */
type Key = { version: "v1" | "v1a"; bytes: Uint8Array<ArrayBuffer> };

const PREFIX = /^wh(sec|pk|sk)_/;
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
/** More signatures than this are not looked at: during a rotation there are two. */
const MAX_SIGNATURES = 16;

/** A secret, `whsec_` before it or not, or a public key after `whpk_`. */
export const StandardSecret = z
  .string()
  .max(4096)
  .superRefine((text, context) => {
    const key = keyOf(text);
    if ("fault" in key) context.addIssue({ code: "custom", message: key.fault });
  });

/**
 * What is wrong with secrets that are given now, each of which {@link StandardSecret} accepts: one that is no canonical
 * base64 was not copied as its sender shows it. Those that are stored already are used on as they are.
 * @param name what the credentials call them
 */
export function misspelt(name: string, secrets: readonly string[]): ConfigIssue | null {
  const canonical = (secret: string) => fromCanonicalBase64(secret.replace(PREFIX, "")) !== undefined;
  if (secrets.every(canonical)) return null;
  const message = "It must be canonical base64: copy it whole, with its padding (=) and without blanks";
  return { path: `credentials.${name}`, message };
}

/**
 * Whether a callback is signed by any of the secrets, each of which {@link StandardSecret} accepts.
 * @param now in unix seconds
 * @param toleranceSeconds how far the signed time may be from now, before or after; 0 is as far as one likes
 */
export async function verifyStandardWebhooks(
  request: CallbackRequest,
  secrets: readonly string[],
  now: number,
  toleranceSeconds: number,
): Promise<Verdict> {
  const marks = marksOf(request.headers);
  if (!marks) return "missing_signature";
  const { id, timestamp, signature } = marks;
  // A dot in the id, or text after the digits, would let one signed text be cut in two ways.
  if (id.includes(".") || !/^\d+$/.test(timestamp)) return "malformed";
  const signatures = signature.split(" ").slice(0, MAX_SIGNATURES);
  const signed = concat(`${id}.${timestamp}.`, request.body);
  for (const secret of secrets) {
    const key = keyOf(secret);
    if ("fault" in key || !(await isSignedBy(key, signatures, signed))) continue;
    return isStale(Number(timestamp), now, toleranceSeconds) ? "stale" : "verified";
  }
  return "bad_signature";
}

/** The id of a callback, the same for every repetition; null where it has none. */
export const standardId = (headers: Headers): string | null => marksOf(headers)?.id ?? null;

/** The first family of headers that is complete. */
function marksOf(headers: Headers) {
  for (const family of ["webhook", "svix"]) {
    const id = headers.get(`${family}-id`);
    const timestamp = headers.get(`${family}-timestamp`);
    const signature = headers.get(`${family}-signature`);
    if (id && timestamp && signature) return { id, timestamp, signature };
  }
  return undefined;
}

async function isSignedBy(key: Key, signatures: readonly string[], signed: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const given = signatures.flatMap((each) => {
    const cut = each.indexOf(",");
    return each.slice(0, cut) === key.version ? (fromBase64(each.slice(cut + 1)) ?? []) : [];
  });
  if (given.length === 0) return false;
  if (key.version === "v1") {
    const expected = await hmac("SHA-256", key.bytes, signed);
    return given.some((signature) => sameBytes(signature, expected));
  }
  const publicKey = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
  // The runtime throws on other lengths.
  const whole = given.filter(({ length }) => length === ED25519_SIGNATURE_BYTES);
  const checks = whole.map((signature) => crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, signed));
  return (await Promise.all(checks)).includes(true);
}

function keyOf(secret: string): Key | { fault: string } {
  const prefix = PREFIX.exec(secret)?.[0] ?? "";
  const encoded = secret.slice(prefix.length);
  if (prefix === "whsk_") return { fault: "It must be the public key (whpk_), not the private one" };
  // The runtime's decoder forgives white space, which nobody means to be part of a secret.
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? fromBase64(encoded) : undefined;
  if (!bytes || bytes.length === 0) return { fault: "It must be base64, after whsec_ or whpk_ if it has one of them" };
  if (prefix !== "whpk_") return { version: "v1", bytes };
  return bytes.length === ED25519_KEY_BYTES
    ? { version: "v1a", bytes }
    : { fault: "A public key must be 32 bytes in base64 after whpk_" };
}
