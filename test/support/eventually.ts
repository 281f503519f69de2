import { setTimeout as sleep } from "node:timers/promises";

/**
 * Where nothing has moved for this long, nothing ever will; in milliseconds. The one bound of all waits in the tests: it says
 * nothing of how fast anything is, and a machine that is busy with other things must not reach it.
 */
export const NEVER_MS = 120_000;

/**
 * Looks again and again until what it sees holds.
 * @param everyMs pause between two looks
 * @returns what it saw then
 * @throws Error with what it saw last, once that has stayed the same for {@link NEVER_MS}
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  { everyMs = 40 }: { everyMs?: number } = {},
): Promise<T> {
  let last: string | undefined;
  let movedAt = performance.now();
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    const text = JSON.stringify(seen);
    if (text !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > NEVER_MS) {
      throw new Error(`Nothing has moved for ${NEVER_MS} ms; seen last: ${text?.slice(0, 2000)}`);
    }
    last = text;
    await sleep(everyMs);
  }
}
