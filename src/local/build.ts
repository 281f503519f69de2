import { existsSync } from "node:fs";
import { join, parse, resolve } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { configPath, wrangler } from "./wrangler.ts";

/**
 * Builds the Worker as a deployment would, without deploying it.
 * @param outDir where the script goes; created if missing
 * @returns the path of the built script
 * @throws Error with wrangler's output when the build fails
 */
export async function buildWorker(outDir: string): Promise<string> {
  const output = await wrangler(["deploy", "--dry-run", "--outdir", resolve(outDir)]);
  const { main } = readConfig({ config: configPath });
  const script = join(resolve(outDir), `${parse(main ?? "index.ts").name}.js`);
  if (!existsSync(script)) throw new Error(`wrangler built no ${script}:\n${output}`);
  return script;
}
