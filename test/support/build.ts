import { join } from "node:path";
import { buildWorker, MODEL_ENTRY } from "../../src/local/build.ts";
import { root } from "../../src/local/wrangler.ts";

/** Where the tests' Worker is built. */
export const builtDir = join(root, "dist/test");

/** Where the one on the model of the platform is. */
export const modelDir = join(root, "dist/model");

const BUILT = "POSTHORN_TEST_BUILD";

/** Builds the Workers that {@link spawnService} starts: once a run, whatever number of files start it. */
export default async function build(): Promise<void> {
  // Several projects want it, and each of them asks.
  if (process.env[BUILT] === builtDir) return;
  process.env[BUILT] = builtDir;
  await Promise.all([buildWorker(builtDir), buildWorker(modelDir, MODEL_ENTRY)]);
}
