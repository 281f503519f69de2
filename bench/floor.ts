import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { watchWorkerd } from "../src/local/watchdog.ts";
import { wrangler } from "../src/local/wrangler.ts";
import { offer } from "./peer.ts";

/** The floor, in a process of its own and under the runtime that the service has. */

const configPath = join(import.meta.dirname, "floor.toml");

const methods = {
  /** @param outDir where the built script goes */
  start: async ({ receiver, outDir }: { receiver: string; outDir: string }): Promise<string> => {
    await wrangler(["deploy", "--config", configPath, "--dry-run", "--outdir", outDir]);
    const config = readConfig({ config: configPath });
    const mf = new Miniflare(
      convertV4MiniflareOptions({
        name: config.name ?? "floor",
        compatibilityDate: config.compatibility_date,
        compatibilityFlags: config.compatibility_flags,
        bindings: { RECEIVER: receiver, SECRET: "a secret for the benchmark and nothing else" },
        modules: true,
        modulesRoot: outDir,
        scriptPath: join(outDir, "floor-worker.js"),
        host: "127.0.0.1",
        port: 0,
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        cf: false,
        telemetry: { enabled: false },
        logRequests: false,
        log: new Log(LogLevel.WARN),
      }),
    );
    await mf.ready;
    return (await mf.unsafeGetDirectURL()).origin;
  },
};
export type FloorMethods = typeof methods;

watchWorkerd();
offer(methods);
