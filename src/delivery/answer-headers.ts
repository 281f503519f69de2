import { maskHeader } from "../lib/mask-header.ts";

/** Of one answer. */
const MAX_HEADERS = 30;
/** Names and values together, in bytes of UTF-8. */
const MAX_BYTES = 2048;

const encoder = new TextEncoder();

/**
 * The headers of an answer as they are kept: names in lower case, several of one name joined, credentials masked. What
 * does not fit is left out whole: half a value would mislead.
 */
export function keptHeaders(headers: Headers): Record<string, string> {
  const kept = new Map<string, string>();
  let room = MAX_BYTES;
  for (const [name, value] of headers) {
    const shown = maskHeader(name, value);
    const before = kept.get(name);
    // The runtime joins all of one name but cookies, and those are masked.
    if (before !== undefined) continue;
    const bytes = encoder.encode(name + shown).length;
    if (kept.size === MAX_HEADERS || bytes > room) continue;
    kept.set(name, shown);
    room -= bytes;
  }
  return Object.fromEntries(kept);
}
