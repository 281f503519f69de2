import { resolve } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { configPath } from "../../src/local/wrangler.ts";

/** A D1 database, as Miniflare hands it to Node. */
export type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

/**
 * Opens the database of a service that is stopped.
 * @param stateDir where the service keeps what it stores
 * @throws Error if the configuration has no database
 */
export async function editDatabase<T>(stateDir: string, edit: (db: Database) => Promise<T>): Promise<T> {
  const [config] = readConfig({ config: configPath }).d1_databases;
  if (!config?.database_id) throw new Error("There is no database");
  const mf = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default { fetch: () => new Response() }",
      d1Databases: { [config.binding]: config.database_id },
      resourcePersistencePath: resolve(stateDir),
      cf: false,
      telemetry: { enabled: false },
    }),
  );
  try {
    return await edit(await mf.getD1Database(config.binding));
  } finally {
    await mf.dispose();
  }
}
