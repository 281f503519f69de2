import { env } from "cloudflare:test";
import { vi } from "vitest";
import { PATIENCE } from "../../src/config/away.ts";
import * as deadline from "../../src/lib/deadline.ts";

/** D1 as it is when it is away, for the Worker's own isolate. `vi.restoreAllMocks()` brings it back. */

/** Whatever runs does this in place of asking. @returns how many queries and batches have run since */
function inPlace(run: () => Promise<never>): () => number {
  let asked = 0;
  const instead = () => {
    asked++;
    return run();
  };
  const prepare = env.DB.prepare.bind(env.DB);
  vi.spyOn(env.DB, "prepare").mockImplementation((sql) => {
    const statement = prepare(sql);
    const bound = (each: D1PreparedStatement): D1PreparedStatement =>
      Object.assign(each, {
        first: instead,
        run: instead,
        all: instead,
        raw: instead,
        bind: (...values: unknown[]) => bound(Object.getPrototypeOf(each).bind.apply(each, values)),
      });
    return bound(statement);
  });
  vi.spyOn(env.DB, "batch").mockImplementation(instead);
  return () => asked;
}

/** D1 refuses every query, as it does while it is moved. */
export const refusing = () => inPlace(() => Promise.reject(new Error("D1_ERROR: Network connection lost.")));

/**
 * D1 takes queries and does not answer. Whoever waits for one of them is told at once that it was in vain, instead of after
 * as long as is waited for D1.
 */
export function hanging(): () => number {
  let waiting = 0;
  const asked = inPlace(() => {
    waiting++;
    return new Promise<never>(() => {});
  });
  const { afterAwake } = deadline;
  const waits: readonly number[] = Object.values(PATIENCE);
  vi.spyOn(deadline, "afterAwake").mockImplementation((ms, call) => {
    // The deadline of a query that hangs is the next that is set; what others wait for, the objects say, is not hurried.
    const isOurs = waits.includes(ms) && waiting > 0;
    if (isOurs) waiting--;
    return afterAwake(isOurs ? 0 : ms, call);
  });
  return asked;
}
