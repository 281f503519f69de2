import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks again and again until what it sees holds.
 * @returns what it saw then
 * @throws Error after `timeoutMs` (10 000 unless told), with what it saw last
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  { timeoutMs = 10_000, everyMs = 40 } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline) {
      throw new Error(`Not within ${timeoutMs} ms; seen last: ${JSON.stringify(seen)?.slice(0, 2000)}`);
    }
    await sleep(everyMs);
  }
}
