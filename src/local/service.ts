import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type Request, type Response } from "miniflare";
import { unstable_getMiniflareWorkerOptions as bindingsOf, unstable_readConfig as readConfig } from "wrangler";
import { type Keys, keysOf } from "./keys.ts";
import { migrate, migrationsIn, namesApplied } from "./migrate.ts";
import { configPath, root } from "./wrangler.ts";

export { buildWorker } from "./build.ts";

/** How to start a built Worker on this machine. */
export interface ServiceOptions {
  /** The TCP port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Where D1, the Durable Objects and generated keys stay between runs. */
  stateDir: string;
  /** Text bindings; they go before those of wrangler.toml. */
  vars: Record<string, string>;
  /** The built script, as {@link buildWorker} returns it. */
  scriptPath: string;
  /** Answers the requests that the Worker makes, in place of the network. */
  outbound?: (request: Request) => Promise<Response>;
  /** Other limits of the Rate Limiting bindings than those of wrangler.toml; null leaves a binding out. */
  rateLimits?: Record<string, number | null>;
  /** The TCP port on 127.0.0.1 at which a debugger or a profiler reaches the Worker; none unless told. */
  inspectorPort?: number;
}

/** A running Worker. */
export interface Service {
  /** Where it takes requests, without a trailing slash. */
  url: string;
  /** The token that may do everything. */
  adminToken: string;
  /** Whether that token was made by this start, so that nobody knows it yet. */
  madeKeys: boolean;
  /**
   * Runs now what Cloudflare runs by the clock.
   * @throws Error where the Worker says that it failed
   */
  runScheduled(): Promise<void>;
  /** Ends the Worker. What it stored stays in the state folder. */
  stop(): Promise<void>;
}

/** What Miniflare says goes to stderr: warnings, and where it has put an email that was to be sent. */
class StderrLog extends Log {
  override logWithLevel(level: LogLevel, message: string): void {
    super.logWithLevel(message.includes("send_email") ? LogLevel.WARN : level, message);
  }

  override log(message: string): void {
    process.stderr.write(`${message}\n`);
  }
}

/**
 * Starts a built Worker under Miniflare, with the bindings of wrangler.toml and its D1 migrations applied. The Worker's
 * console goes to stderr. Keys that are not among the vars belong to the state folder and are made once.
 * @throws Error when the runtime does not start (a port in use, say) or a migration fails; nothing is left running
 */
export async function startService({
  port,
  stateDir,
  vars,
  scriptPath,
  outbound,
  rateLimits = {},
  inspectorPort,
}: ServiceOptions): Promise<Service> {
  const config = readConfig({ config: configPath });
  const { keys, made } = await keysFor(vars, stateDir);
  const script = resolve(scriptPath);
  // Wrangler looks for a .dev.vars beside the configuration, and this start is about what its caller asks for only.
  const { workerOptions } = bindingsOf({ ...config, userConfigPath: resolve(stateDir, "wrangler.toml") });
  // The rules say how to treat a source's imports. A built script has none left, and the converter refuses them.
  const { modulesRules: _, ...bindings } = workerOptions;
  // Who asks a binding from here waits for the runtime, and hears nothing of its log meanwhile: where there are objects that
  // begin to work, and say much, both would wait for each other for ever.
  const current = await bringUpToDate(config, stateDir);
  const mf = new Miniflare(
    convertV4MiniflareOptions({
      ...bindings,
      ratelimits: limitsOf(config.ratelimits, rateLimits),
      rootPath: root,
      name: config.name ?? "posthorn",
      bindings: { ...config.vars, ...vars, ...keys },
      modules: await modulesOf(script),
      modulesRoot: dirname(script),
      host: "127.0.0.1",
      // Miniflare's own entry stays on a port that nobody is told: it costs as much again as many a request.
      port: 0,
      unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      resourcePersistencePath: resolve(stateDir),
      // Otherwise Miniflare asks the network what the request metadata of this machine would be.
      cf: false,
      telemetry: { enabled: false },
      ...(outbound ? { outboundService: outbound } : {}),
      ...(inspectorPort === undefined ? {} : { inspectorPort, inspectorHost: "127.0.0.1" }),
      logRequests: false,
      unsafeTriggerHandlers: true,
      log: new StderrLog(LogLevel.WARN),
      handleStructuredLogs: ({ message }) => process.stderr.write(`${message}\n`),
    }),
  );
  try {
    await mf.ready;
    const address = await mf.unsafeGetDirectURL();
    if (!current) await migrateAll(mf, config);
    const runScheduled = () => schedule(mf);
    const { ADMIN_TOKEN: adminToken } = keys;
    return { url: address.origin, adminToken, madeKeys: made, runScheduled, stop: () => mf.dispose() };
  } catch (error) {
    await mf.dispose();
    throw error;
  }
}

/** Miniflare's own path, which its own entry alone has. */
const SCHEDULED = "http://127.0.0.1/cdn-cgi/local/scheduled?cron=local";

async function schedule(mf: Miniflare): Promise<void> {
  const response = await mf.dispatchFetch(SCHEDULED);
  const outcome = await response.text();
  if (!response.ok) throw new Error(`What runs by the clock has failed (${outcome}): the Worker's log says why.`);
}

type Config = { d1_databases: readonly { binding: string; database_id?: string; migrations_dir?: string }[] };

async function migrateAll(mf: Miniflare, { d1_databases }: Config): Promise<void> {
  for (const { binding, migrations_dir: folder } of d1_databases) {
    await migrate(await mf.getD1Database(binding), resolve(root, folder ?? "migrations"));
  }
}

/**
 * Applies what the databases of a state lack, with nobody else there.
 * @returns false if there are none yet
 */
async function bringUpToDate(config: Config, stateDir: string): Promise<boolean> {
  const names = await namesApplied(stateDir);
  if (!names) return false;
  for (const { migrations_dir: folder } of config.d1_databases) {
    if ((await migrationsIn(resolve(root, folder ?? "migrations"))).every((name) => names.has(name))) continue;
    const mf = new Miniflare(
      convertV4MiniflareOptions({
        modules: true,
        script: "export default { fetch: () => new Response() }",
        d1Databases: Object.fromEntries(config.d1_databases.map((each) => [each.binding, each.database_id ?? ""])),
        resourcePersistencePath: resolve(stateDir),
        cf: false,
        telemetry: { enabled: false },
      }),
    );
    try {
      await migrateAll(mf, config);
    } finally {
      await mf.dispose();
    }
    break;
  }
  return true;
}

/**
 * The script and what it imports from beside it: texts (styles, what runs in browsers), where wrangler lays them, and other
 * built Workers.
 */
export async function modulesOf(script: string): Promise<{ type: "ESModule" | "Text"; path: string }[]> {
  const folder = dirname(script);
  const names = await readdir(folder);
  const texts = names.filter((name) => /^[0-9a-f]{40}-/.test(name));
  return [
    { type: "ESModule", path: script },
    ...names
      .filter((name) => name.endsWith(".mjs"))
      .map((name) => ({ type: "ESModule" as const, path: join(folder, name) })),
    ...texts.map((name) => ({ type: "Text" as const, path: join(folder, name) })),
  ];
}

/** As wrangler.toml has it. */
interface RateLimit {
  name: string;
  namespace_id: string;
  simple: { limit: number; period: 10 | 60 };
}

function limitsOf(configured: readonly RateLimit[], other: Record<string, number | null>) {
  const changed = configured.flatMap(({ name, simple, ...rest }) => {
    const limit = Object.hasOwn(other, name) ? other[name] : simple.limit;
    return typeof limit === "number" ? [[name, { ...rest, simple: { ...simple, limit } }] as const] : [];
  });
  return Object.fromEntries(changed);
}

async function keysFor(vars: Record<string, string>, stateDir: string): Promise<{ keys: Keys; made: boolean }> {
  const { ADMIN_TOKEN, ENCRYPTION_KEY, ENCRYPTION_KEYS } = vars;
  // Who names several names all that there are to be.
  const given = ENCRYPTION_KEY || (ENCRYPTION_KEYS ? "" : undefined);
  if (ADMIN_TOKEN && given !== undefined) return { keys: { ADMIN_TOKEN, ENCRYPTION_KEY: given }, made: false };
  const { keys, made } = await keysOf(stateDir);
  return {
    keys: { ADMIN_TOKEN: ADMIN_TOKEN || keys.ADMIN_TOKEN, ENCRYPTION_KEY: given ?? keys.ENCRYPTION_KEY },
    made: made && !ADMIN_TOKEN,
  };
}
