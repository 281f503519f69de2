import { join } from "node:path";
import { buildWorker } from "../../src/local/build.ts";
import { root } from "../../src/local/wrangler.ts";

/** Where the tests' Worker is built. */
export const builtDir = join(root, "dist/test");

const BUILT = "POSTHORN_TEST_BUILD";

/** Builds the Worker that {@link spawnService} starts: once a run, whatever number of files start it. */
export default async function build(): Promise<void> {
  // Several projects want it, and each of them asks.
  if (process.env[BUILT] === builtDir) return;
  process.env[BUILT] = builtDir;
  await buildWorker(builtDir);
}
