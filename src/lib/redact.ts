import { fromBase64 } from "./bytes.ts";
import { isCredential, MASK } from "./mask-header.ts";

/** What is shorter stands in many a text by chance, and is no secret to speak of. */
const LEAST = 6;

/** A text that others wrote, with what must not be shown masked: receivers echo what they are sent. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, () => MASK), text);
}

/** What {@link redact} is to look for, of secrets in the clear: the longest first, as one may be part of another. */
export const redactable = (secrets: readonly string[]): string[] =>
  [...new Set(secrets)].filter(({ length }) => length >= LEAST).sort((a, b) => b.length - a.length);

/** The secrets in headers that are credentials: their values, also without the scheme, and what Basic wraps. */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!isCredential(name, value)) return [];
    const [, scheme = "", bare = ""] = /^(\S+)\s+(\S.*)$/.exec(value) ?? [];
    return [value, bare, ...(scheme.toLowerCase() === "basic" ? basic(bare) : [])];
  });
}

/** RFC 7617: user and password, apart by the first colon. */
function basic(encoded: string): string[] {
  const bytes = fromBase64(encoded);
  if (!bytes) return [];
  const pair = new TextDecoder().decode(bytes);
  return [pair, pair.slice(pair.indexOf(":") + 1)];
}
