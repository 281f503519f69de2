import { existsSync } from "node:fs";
import { join, parse, resolve } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { configPath, root, wrangler } from "./wrangler.ts";

/** The entry of the Worker on the model of the platform, below the project's folder. */
export const MODEL_ENTRY = "test/model/worker.ts";

/**
 * Builds the Worker as a deployment would, without deploying it.
 * @param outDir where the script goes; created if missing
 * @param entry the entry, below the project's folder; that of wrangler.toml unless told
 * @returns the path of the built script
 * @throws Error with wrangler's output when the build fails
 */
export async function buildWorker(outDir: string, entry?: string): Promise<string> {
  const given = entry === undefined ? [] : [join(root, entry)];
  const output = await wrangler(["deploy", ...given, "--dry-run", "--outdir", resolve(outDir)]);
  const main = entry ?? readConfig({ config: configPath }).main;
  const script = join(resolve(outDir), `${parse(main ?? "index.ts").name}.js`);
  if (!existsSync(script)) throw new Error(`wrangler built no ${script}:\n${output}`);
  return script;
}
