import { DatabaseAway } from "./away.ts";

/** What can go wrong with D1 and Durable Objects that a caller treats differently. Causes are followed: drizzle wraps. */

/** Cloudflare documents these words, not codes. https://developers.cloudflare.com/d1/observability/debug-d1/ */
const TRANSIENT =
  /network connection lost|storage caused object to be reset|reset because its code was updated|internal error|transient issue|cannot resolve d1 db/i;
const OVERLOADED = /overloaded|too many requests queued|requests queued for too long/i;

function chain(error: unknown): Error[] {
  const errors: Error[] = [];
  for (let each = error; each instanceof Error && errors.length < 5; each = each.cause) errors.push(each);
  return errors;
}

const flagged = (error: Error, flag: "retryable" | "overloaded"): boolean =>
  flag in error && (error as Error & Record<typeof flag, unknown>)[flag] === true;

/** Whether the platform had too much to do: trying again at once makes it worse. */
export function isOverload(error: unknown): boolean {
  return chain(error).some((each) => flagged(each, "overloaded") || OVERLOADED.test(each.message));
}

/** Whether the same call may well succeed a moment later, on a fresh stub or connection. */
export function isTransient(error: unknown): boolean {
  if (isOverload(error)) return false;
  return chain(error).some((each) => flagged(each, "retryable") || TRANSIENT.test(each.message));
}

/** Whether D1 did not answer, for whatever reason: nothing is said by that of what was asked for. */
export function isAway(error: unknown): boolean {
  return chain(error).some((each) => each instanceof DatabaseAway);
}

/** Whether a row was refused because `column`, written as `table.column`, has that value already. */
export function isDuplicate(error: unknown, column: string): boolean {
  return chain(error).some((each) => each.message.includes(`UNIQUE constraint failed: ${column}`));
}

/** Whether a row was refused because what it belongs to is gone: deleted while another isolate still remembered it. */
export function isOrphan(error: unknown): boolean {
  return chain(error).some((each) => each.message.includes("FOREIGN KEY constraint failed"));
}

/**
 * Runs a read, and once more if it failed for a moment. Never for writes: the first may have arrived.
 * @throws what the read throws
 */
export async function fromD1<T>(read: () => PromiseLike<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isTransient(error)) throw error;
    return await read();
  }
}
