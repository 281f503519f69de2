import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { configPath, root, wrangler } from "../../src/local/wrangler.ts";

/** What came of a call. */
export interface SampleAnswer {
  value?: unknown;
  /** The message of the error that the caller saw. */
  error?: string;
  retryable?: boolean;
}

/** The model's own Worker (test/model/sample), running. */
export interface Sample {
  url: string;
  /** Has it do something: `object/NAME/METHOD`, `see/NAME`, `get` or `d1`. */
  call(path: string, ...args: unknown[]): Promise<SampleAnswer>;
  stop(): Promise<void>;
}

/** Builds and starts it with fresh state. */
export async function startSample(): Promise<Sample> {
  const config = readConfig({ config: configPath });
  const date = config.compatibility_date ?? "";
  const flags: string[] = config.compatibility_flags;
  const outDir = join(root, "dist/sample");
  await wrangler([
    ...["deploy", "--dry-run", "--config", join(root, "test/model/sample/wrangler.toml"), "--outdir", outDir],
    ...["--compatibility-date", date, ...flags.flatMap((flag) => ["--compatibility-flag", flag])],
  ]);
  const mf = new Miniflare(
    convertV4MiniflareOptions({
      name: "posthorn-model-sample",
      compatibilityDate: date,
      compatibilityFlags: flags,
      modules: true,
      scriptPath: join(outDir, "worker.js"),
      modulesRoot: outDir,
      durableObjects: { OBJECT: { className: "Sample", useSQLite: true } },
      d1Databases: ["DB"],
      host: "127.0.0.1",
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      log: new Log(LogLevel.NONE),
    }),
  );
  const url = (await mf.ready).origin;
  return {
    url,
    async call(path, ...args) {
      const response = await fetch(`${url}/${path}`, { method: "POST", body: JSON.stringify(args) });
      return (await response.json()) as SampleAnswer;
    },
    stop: () => mf.dispose(),
  };
}
