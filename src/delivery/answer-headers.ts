import { Buffer } from "node:buffer";
import { maskHeader } from "../lib/mask-header.ts";
import type { Redactor } from "../lib/redact.ts";

/** Of one answer. */
const MAX_HEADERS = 30;
/** Names and values together, in bytes of UTF-8. */
const MAX_BYTES = 2048;

/**
 * The headers of an answer as they are kept: names in lower case, several of one name joined, credentials masked. What
 * does not fit is left out whole: half a value would mislead. A secret that the receiver echoes is masked wherever it is;
 * a header whose very name holds one is left out.
 */
export function keptHeaders(headers: Headers, hidden: Redactor): Record<string, string> {
  const kept = new Map<string, string>();
  let room = MAX_BYTES;
  for (const [name, value] of headers) {
    // The runtime joins all of one name but cookies, and those are masked.
    if (kept.has(name) || hidden.touches(name)) continue;
    const unechoed = maskHeader(name, value);
    // What is too long as it came is not looked through.
    if (unechoed.length > MAX_BYTES) continue;
    const shown = hidden.hide(unechoed);
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(shown);
    if (kept.size === MAX_HEADERS || bytes > room) continue;
    kept.set(name, shown);
    room -= bytes;
  }
  return Object.fromEntries(kept);
}
