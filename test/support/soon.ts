import { vi } from "vitest";
import { NEVER_MS } from "./eventually.ts";

/**
 * Waits until an assertion holds; where the clock is a fake one, that goes on meanwhile.
 * @returns what it gives then
 * @throws what it threw last, after {@link NEVER_MS}
 */
export const soon = <T>(assertion: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(assertion, { timeout: NEVER_MS, interval: 20 });
