import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import type { TestProject } from "vitest/node";
import { unstable_readConfig as readConfig } from "wrangler";
import { configPath, root, wrangler } from "../../src/local/wrangler.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Worker takes cases. */
    verifier: string;
  }
}

/** Builds the Worker of this folder and starts it once for all files, on a free port of this machine. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const config = readConfig({ config: configPath });
  const date = config.compatibility_date ?? "";
  const flags: string[] = config.compatibility_flags;
  const outDir = join(root, "dist/oracles");
  await wrangler([
    ...["deploy", "--dry-run", "--config", join(import.meta.dirname, "wrangler.toml"), "--outdir", outDir],
    ...["--compatibility-date", date, ...flags.flatMap((flag) => ["--compatibility-flag", flag])],
  ]);
  const scriptPath = join(outDir, "worker.js");
  const mf = new Miniflare(
    convertV4MiniflareOptions({
      name: "posthorn-oracles",
      compatibilityDate: date,
      compatibilityFlags: flags,
      modules: true,
      scriptPath,
      modulesRoot: dirname(scriptPath),
      host: "127.0.0.1",
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      log: new Log(LogLevel.WARN),
    }),
  );
  project.provide("verifier", (await mf.ready).href);
  return () => mf.dispose();
}
