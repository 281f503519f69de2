import { ask, sourceObject } from "../../lib/objects.ts";

/**
 * Tells the object that holds a source's receipts, once the source is gone from D1, to forget everything. It may be called
 * twice for one source.
 */
export async function forgetSource(env: Env, id: string): Promise<void> {
  await ask(
    () => sourceObject(env, id),
    (source) => source.destroy(),
  );
}
